import { describe, expect, it } from "vitest";
import { z } from "zod";
import { agent, Flujo, pipeline, step, tool, withPolicy } from "../../src/index.ts";
import type { Fault } from "../../src/testing/index.ts";
import { faults, memoryState, resumeForTest, runForTest, scriptedModel } from "../../src/testing/index.ts";

/** An order whose steps note that they were done. */
function shop(inDoubt: "fail" | "retry") {
  const done: string[] = [];
  const noting = (name: string, effect: "none" | "once" = "none") =>
    step({
      name,
      effect,
      inDoubt,
      retry: { retries: 2, firstDelayMs: 1_000 },
      run: (n: number) => {
        done.push(name);
        return n + 1;
      },
    });
  const order = pipeline({ name: "order", input: z.number() }).step(noting("reserve")).step(noting("charge", "once")).step(noting("ship"));
  return { order, done };
}

const run = async (list: readonly Fault[], inDoubt: "fail" | "retry" = "retry") => {
  const { order, done } = shop(inDoubt);
  const wrong = faults(list);
  return { ...(await runForTest(order, 1, { faults: wrong, runId: "o" })), wrong, done, order };
};

describe("fail", () => {
  it("takes the place of what the operation does, as often as it says", async () => {
    const { result, trace, done, wrong } = await run([{ at: "order/charge", attempt: 1, do: "fail", message: "the bank is closed" }]);
    expect(result.unwrap()).toBe(4);
    expect(done).toStrictEqual(["reserve", "charge", "ship"]);
    expect(trace.find(({ name }) => name === "charge")?.attempts).toBe(2);
    expect(wrong.struck.map(({ path }) => path)).toStrictEqual(["order/charge"]);
    wrong.assertComplete();
  });

  it("strikes every time where it does not say which, with a code and whether it helps to try again", async () => {
    const every = await run([{ at: "order/charge", do: "fail" }]);
    expect(every.result).toMatchObject({
      status: "failed",
      failure: { code: "step_failed", message: "order/charge#3: a fault of the test", path: "order/charge#3", retryable: true },
    });
    expect(every.done).toStrictEqual(["reserve"]);
    const once = await run([{ at: "order/charge", do: "fail", code: "quota_exceeded", message: "no money", retryable: false }]);
    expect(once.result).toMatchObject({ failure: { code: "quota_exceeded", message: "order/charge: no money", retryable: false } });
    expect(once.wrong.struck).toHaveLength(1);
  });

  it("strikes models and tools too, and decisions where their kind is said", async () => {
    const model = () => scriptedModel([{ calls: [{ tool: "look", input: {} }] }, "found nothing"]);
    const look = tool({ name: "look", description: "Looks.", input: z.object({}), run: () => "there" });
    const asks = () => agent({ name: "asks", model: model(), instructions: "Look.", tools: [look], retry: { retries: 0 } });
    const ofTool = await runForTest(asks(), "x", { faults: faults([{ at: "**", kind: "tool", do: "fail", message: "broken" }]) });
    expect(ofTool.result.unwrap()).toBe("found nothing"); // the model is told
    expect(ofTool.trace.find(({ kind }) => kind === "tool")?.failure).toMatchObject({
      code: "tool_failed",
      message: expect.stringContaining("broken"),
    });
    expect(ofTool.result.usage.toolCalls).toBe(1);
    const ofModel = await runForTest(asks(), "x", { faults: faults([{ at: "asks/turn[*]", do: "fail", retryable: false }]) });
    expect(ofModel.result).toMatchObject({ failure: { code: "model_call_failed" } });
    const loops = pipeline({ name: "p" }).loop(
      step("add", (n: number) => n + 1),
      { until: (n) => n > 2, maxIterations: 9, name: "loop" },
    );
    const ofDecision = await runForTest(loops, 0, { faults: faults([{ at: "**/?until", kind: "decide", attempt: 1, do: "fail" }]) });
    expect(ofDecision.result).toMatchObject({ failure: { code: "decision_failed", retryable: false } });
    expect((await runForTest(loops, 0, { faults: faults([{ at: "**/?until", do: "fail" }]) })).result.unwrap()).toBe(3);
  });
});

describe("hang", () => {
  it("is ended by a limit of time, which takes none", async () => {
    const slow = withPolicy(
      step("slow", (n: number) => n),
      { timeoutMs: 3_600_000, retries: 1 },
    );
    const wrong = faults([{ at: "**/slow", attempt: 1, do: "hang" }]);
    const { result, clock } = await runForTest(pipeline({ name: "p" }).step(slow), 7, { faults: wrong });
    expect(result.unwrap()).toBe(7);
    expect(clock.now() - Date.UTC(2030, 0, 1)).toBeGreaterThanOrEqual(3_600_000);
    wrong.assertComplete();
  });

  it("is ended by a race that is lost", async () => {
    const both = pipeline({ name: "p" }).parallel({ a: step("a", (n: number) => n), b: step("b", (n: number) => n) }, { join: "any" });
    const { result } = await runForTest(both, 1, {
      faults: faults([
        { at: "p/parallel/a/**", do: "hang" },
        { at: "**/a", do: "hang" },
      ]),
    });
    expect(result.unwrap()).toStrictEqual({ branch: "b", output: 1 });
  });
});

describe("garble", () => {
  const Label = z.object({ area: z.enum(["bug", "billing"]) });
  const labelled = (garble: Fault, script: Parameters<typeof scriptedModel>[0]) => {
    const model = scriptedModel(script);
    const label = agent({ name: "label", model, instructions: "Classify.", output: Label });
    return { model, going: runForTest(label, "x", { faults: faults([garble]) }) };
  };

  it("makes no JSON of an answer, which the model is told", async () => {
    const { model, going } = labelled({ at: "label/turn[0]", do: "garble" }, [{ json: { area: "bug" } }, { json: { area: "billing" } }]);
    expect((await going).result.unwrap()).toStrictEqual({ area: "billing" });
    expect(model.calls[1]?.lastUserText).toMatch(/not JSON/);
    expect(JSON.stringify(model.calls[1]?.options.prompt)).not.toContain(String.raw`{\"area\":\"bug\"}`); // what it had said is what came
    model.assertComplete();
  });

  it("cuts an answer in the middle, as one that has become too long", async () => {
    const { model, going } = labelled({ at: "label/turn[0]", do: "garble", how: "cut" }, [
      { json: { area: "bug" } },
      { json: { area: "bug" } },
    ]);
    const { result, trace } = await going;
    expect(result.unwrap()).toStrictEqual({ area: "bug" });
    expect(trace.find(({ path }) => path.endsWith("turn[0]"))?.output).toMatchObject({ text: '{"area"', finish: "length" });
    expect(model.calls[1]?.lastUserText).toMatch(/cut off/);
  });

  it("changes a text that is no JSON, and the arguments of tool calls", async () => {
    const says = agent({ name: "says", model: scriptedModel(["plain words"]), instructions: "Speak." });
    const text = await runForTest(says, "x", { faults: faults([{ at: "says/turn[0]", do: "garble" }]) });
    expect(text.result.unwrap()).toBe("~plain words~");
    const look = tool({ name: "look", description: "Looks.", input: z.object({ at: z.string() }), run: ({ at }) => at });
    const model = scriptedModel([{ calls: [{ tool: "look", input: { at: "here" } }] }, "done"]);
    const uses = agent({ name: "uses", model, instructions: "Look.", tools: [look] });
    const { result, trace } = await runForTest(uses, "x", { faults: faults([{ at: "uses/turn[0]", do: "garble" }]) });
    expect(result.unwrap()).toBe("done");
    expect(trace.filter(({ kind, attempts }) => kind === "tool" && attempts > 0)).toStrictEqual([]);
    expect(JSON.stringify(model.calls[1]?.options.prompt)).toContain("not valid JSON");
  });
});

describe("crash", () => {
  it("leaves the run as a process that was killed would, so that a resume does the rest and nothing again", async () => {
    const { result, state, order, done, entries, wrong } = await run([{ at: "order/ship", do: "crash" }]);
    expect(result.status).toBe("stopped");
    expect(done).toStrictEqual(["reserve", "charge"]);
    expect(entries.some(({ type, key }) => type === "operation-finished" && key === "order/ship")).toBe(false);
    const after = await resumeForTest(order, "o", { state, faults: wrong });
    expect(after.result.unwrap()).toBe(4);
    expect(done).toStrictEqual(["reserve", "charge", "ship"]);
    wrong.assertComplete();
  });

  it("after an operation: it was done, and nobody knows; a step that is not to be done twice is in doubt", async () => {
    const { state, order, done, entries } = await run([{ at: "order/charge", do: "crash", when: "after" }], "fail");
    expect(done).toStrictEqual(["reserve", "charge"]);
    expect(entries.at(-1)).toMatchObject({ type: "operation-intended", key: "order/charge" });
    await using flujo = new Flujo({ state });
    expect(await flujo.resume(order, "o")).toMatchObject({ status: "failed", failure: { code: "in_doubt" } });
    const free = await run([{ at: "order/reserve", do: "crash", when: "after" }]);
    expect((await resumeForTest(free.order, "o", { state: free.state })).result.unwrap()).toBe(4);
    expect(free.done).toStrictEqual(["reserve", "reserve", "charge", "ship"]);
  });

  it("takes everything with it that goes on at the same time", async () => {
    const done: string[] = [];
    const noting = (name: string) =>
      step(name, async (n: number) => {
        await new Promise((resolve) => setTimeout(resolve, 2));
        done.push(name);
        return n;
      });
    const both = pipeline({ name: "p" }).parallel({ a: noting("a"), b: noting("b"), c: noting("c") });
    const state = memoryState();
    const { result } = await runForTest(both, 1, { state, runId: "r", faults: faults([{ at: "**/b", do: "crash" }]) });
    expect(result.status).toBe("stopped");
    expect((await resumeForTest(both, "r", { state })).result.unwrap()).toStrictEqual({ a: 1, b: 1, c: 1 });
    expect(done.filter((name) => name === "b")).toHaveLength(1);
  });

  it("may strike at every operation in turn, and the run ends as it would have", async () => {
    for (const at of ["order/reserve", "order/charge", "order/ship"]) {
      const { state, order, done } = await run([{ at, do: "crash" }]);
      expect((await resumeForTest(order, "o", { state })).result.unwrap()).toBe(4);
      expect(done).toStrictEqual(["reserve", "charge", "ship"]);
    }
  });
});

describe("a fault that never strikes", () => {
  it("is named, with the path that was perhaps meant, and those there were", async () => {
    const { wrong } = await run([{ at: "order/chage", attempt: 2, do: "fail" }]);
    expect(() => wrong.assertComplete()).toThrow(
      'The fault "fail" at order/chage, attempt 2 has never struck. Did you mean "order/charge"? Of all operations, these began: order/reserve, order/charge, order/ship.',
    );
    expect(() => faults([{ at: "x", do: "hang" }]).assertComplete()).toThrow(/Of all operations, none began\.$/);
  });

  it("a path may be of one attempt, and stand for many", async () => {
    const second = await run([
      { at: "order/charge#2", do: "fail" },
      { at: "order/charge", attempt: 1, do: "fail" },
    ]);
    expect(second.wrong.struck.map(({ path }) => path)).toStrictEqual(["order/charge", "order/charge#2"]);
    const many = await run([{ at: "order/*", attempt: 1, do: "fail" }]);
    expect(many.wrong.struck.map(({ path }) => path)).toStrictEqual(["order/reserve", "order/charge", "order/ship"]);
    const one = await run([{ at: "order/*ip", attempt: 1, do: "fail" }]);
    expect(one.wrong.struck.map(({ path }) => path)).toStrictEqual(["order/ship"]);
    expect((await run([{ at: "or.er/ship", do: "fail" }])).wrong.struck).toStrictEqual([]);
  });
});
