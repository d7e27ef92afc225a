import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { AnyStep } from "../../src/index.ts";
import { agent, pipeline, step, tool } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import type { Kept } from "./support/workbench.ts";
import { KEPT, RUN_ID, Workbench } from "./support/workbench.ts";

const text = z.string();
const p = pipeline({ name: "p", input: text });
const take = step({ name: "take", version: "1", run: ({ input }: { readonly input: string }) => input });

function work(bench: Workbench, name: string, version = "1") {
  return step({ name, version, run: (value: string) => bench.call(name, `${value} ${name}`) });
}

/** Begins by one program, answers by another. */
async function across(kept: Kept, make: (bench: Workbench) => readonly [AnyStep, AnyStep]) {
  await using bench = new Workbench(kept);
  const [before, after] = make(bench);
  expect(await bench.run(before, "in")).toMatchObject({ status: "paused" });
  bench.called();
  const result = await bench.answer(after, "yes");
  return { output: result.unwrap(), called: bench.called(), types: (await bench.entries()).map(({ type }) => type) };
}

describe.each(KEPT)("what only the plan says is pinned and needs no word: a run in %s", (kept) => {
  test("does not see a node that was added, before its pause or after it", async () => {
    const { output, called, types } = await across(kept, (bench) => [
      p.step(work(bench, "a")).human("ask", { answer: text }).step(take).step(work(bench, "b")),
      p
        .step(work(bench, "new"))
        .step(work(bench, "a"))
        .human("ask", { answer: text })
        .step(take)
        .step(work(bench, "newer"))
        .step(work(bench, "b")),
    ]);
    expect({ output, called }).toEqual({ output: "in a b", called: ["b"] });
    expect(types).not.toContain("code-accepted");
  });

  test("keeps its order when members were moved", async () => {
    const { output, called } = await across(kept, (bench) => [
      p.human("ask", { answer: text }).step(take).step(work(bench, "a")).step(work(bench, "b")),
      p.human("ask", { answer: text }).step(take).step(work(bench, "b")).step(work(bench, "a")),
    ]);
    expect({ output, called }).toEqual({ output: "in a b", called: ["a", "b"] });
  });

  test("keeps retries, timeouts, effects, concurrency, limits and joins that were changed", async () => {
    const flaky = (bench: Workbench, retries: number) =>
      step({
        name: "flaky",
        version: "1",
        retry: { retries, firstDelayMs: 1 },
        run: (value: string, { attempt }) => {
          bench.call(`attempt ${attempt}`, null);
          if (attempt < 3) throw new Error("not yet");
          return value;
        },
      });
    const make = (bench: Workbench, isNew: boolean) =>
      p
        .human("ask", { answer: text, ...(isNew ? { timeoutMs: 1, default: "late" } : {}) })
        .step(take)
        .step(flaky(bench, isNew ? 0 : 2))
        .loop(work(bench, "round"), { maxIterations: isNew ? 5 : 2 })
        .parallel({ l: work(bench, "l"), r: work(bench, "r") }, { concurrency: isNew ? 1 : 2, merge: isNew ? "none" : "update" })
        .step("join", ({ l, r }: { readonly l: string; readonly r: string }) => `${l}|${r}`);
    const { output, called } = await across(kept, (bench) => [make(bench, false), make(bench, true)]);
    expect(output).toBe("in round round l|in round round r");
    expect(called).toEqual(["attempt 1", "attempt 2", "attempt 3", "round", "round", "l", "r"]);
  });

  test("keeps instructions, settings and the limit of turns of its agents; their model by its name", async () => {
    const asked: string[] = [];
    const model = scriptedModel(({ options }) => {
      asked.push(JSON.stringify(options.prompt[0]));
      return "fine";
    });
    const make = (instructions: string, other: object) =>
      p
        .human("ask", { answer: text })
        .step(take)
        .step(agent({ name: "say", model, instructions, ...other }));
    const { output } = await across(kept, () => [make("Be brief.", {}), make("Be long.", { maxTurns: 1, settings: { temperature: 1 } })]);
    expect(output).toBe("fine");
    expect(asked).toEqual([expect.stringContaining("Be brief.")]);
  });

  test("asks the model that its plan names, whatever model the code now gives", async () => {
    await using bench = new Workbench(kept);
    const models = {
      "acme:one": scriptedModel(["one"], { provider: "acme", modelId: "one" }),
      "acme:two": scriptedModel(["two"], { provider: "acme", modelId: "two" }),
    };
    const make = (model: string) =>
      p
        .human("ask", { answer: text })
        .step(take)
        .step(agent({ name: "say", model, instructions: "" }));
    const flujo = bench.flujo({ models });
    await flujo.run(make("acme:one"), "in", { runId: RUN_ID });
    expect((await flujo.answer(make("acme:two"), RUN_ID, { value: "yes" })).unwrap()).toBe("one");
  });

  test("is refused where its plan names a model that was given in code and is gone", async () => {
    await using bench = new Workbench(kept);
    const make = (modelId: string) =>
      p
        .human("ask", { answer: text })
        .step(take)
        .step(agent({ name: "say", model: scriptedModel(["x"], { modelId }), instructions: "" }));
    await bench.run(make("one"), "in");
    await expect(bench.answer(make("two"), "yes", { onCodeChange: "continue" })).rejects.toMatchObject({
      code: "plan_changed",
      message: expect.stringContaining("p/say: its model scripted:one, which was given in code, is gone"),
    });
  });

  test("keeps its version and its name for what a fork would see as changed", async () => {
    await using bench = new Workbench(kept);
    const before = pipeline({ name: "p", version: "1", input: text }).human("ask", { answer: text }).step(take).step(work(bench, "a"));
    const after = pipeline({ name: "p", version: "2", input: text })
      .human("ask", { answer: text })
      .step(take)
      .step(work(bench, "new"))
      .step(work(bench, "a"));
    await bench.run(before, "in");
    const result = await bench.answer(after, "yes", { onCodeChange: "fork" }); // nothing that it is bound to has changed: there is nothing to fork
    expect(result).toMatchObject({ runId: RUN_ID, output: "in a" });
    expect(await bench.flujo().find(RUN_ID)).toMatchObject({ version: "1" });
  });

  test("keeps what needs approval: a call that waits for it can be answered although the code asks nobody any more", async () => {
    await using bench = new Workbench(kept);
    const make = (needsApproval: boolean) => {
      const model = scriptedModel(({ turn }) => (turn === 0 ? { calls: [{ tool: "pay", input: {} }] } : "paid"));
      const pay = tool({
        name: "pay",
        description: "Pays.",
        version: "1",
        input: z.object({}),
        needsApproval,
        run: () => bench.call("pay", 1),
      });
      return p.step(agent({ name: "say", model, instructions: "", tools: [pay] }));
    };
    expect(await bench.run(make(true), "in")).toMatchObject({ status: "paused" });
    expect((await bench.answer(make(false), { decision: "approve" })).unwrap()).toBe("paid");
    expect(bench.called()).toEqual(["pay"]);
  });
});
