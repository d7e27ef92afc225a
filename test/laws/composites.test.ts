import { describe, expect, test } from "vitest";
import { z } from "zod";
import { agent, pipeline, step } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { Lab, RUN } from "./support/lab.ts";

const fails = <Name extends string>(name: Name) =>
  step(name, (): string => {
    throw new Error(`${name} fails`);
  });
const echo = <Name extends string>(name: Name) => step(name, (value: unknown) => `${name} ${String(value)}`);
const costs = (name: string, tokens: number) =>
  agent({ name, instructions: "", model: scriptedModel(() => ({ text: "said", usage: { inputTokens: tokens, outputTokens: 1 } })) });

/** Counts how many of its steps run at the same time. */
function gauge() {
  let running = 0;
  const gauged = {
    most: 0,
    step: step("gauged", async (value: unknown) => {
      running++;
      gauged.most = Math.max(gauged.most, running);
      for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
      running--;
      return value;
    }),
  };
  return gauged;
}

describe("sequence", () => {
  test("each output is the next input; a failed step ends it, and later steps do not appear in the history", async () => {
    const done = await new Lab().flujo().run(pipeline({ name: "p" }).step(echo("a")).step(echo("b")), "in");
    expect(done).toMatchObject({ status: "succeeded", output: "b a in" });
    const failed = await new Lab().flujo().run(pipeline({ name: "p" }).step(echo("a")).step(fails("b")).step(echo("c")), "in");
    expect(failed).toMatchObject({ status: "failed", failure: { code: "step_failed", message: "p/b: b fails", path: "p/b" } });
    expect(failed.steps.map(({ name, status }) => [name, status])).toEqual([
      ["a", "succeeded"],
      ["b", "failed"],
    ]);
    expect(() => failed.unwrap()).toThrow(expect.objectContaining({ code: "step_failed" }));
  });
});

describe("branch", () => {
  const take = async (key: unknown, other?: "default") => {
    const branches = { yes: echo("yes"), true: echo("truth"), "1": echo("one") };
    const options = other === undefined ? {} : { default: echo("default") };
    return new Lab()
      .flujo()
      .run(pipeline({ name: "p" }).branch((() => key) as never, branches as never, options as never) as never, "in" as never);
  };

  test.each([
    ["the exact key", "yes", "yes in", "yes"],
    ["a boolean by its text", true, "truth in", "true"],
    ["a number by its text", 1, "one in", "1"],
  ])("%s is taken, and the key is in the metadata", async (_what, key, output, noted) => {
    expect(await take(key)).toMatchObject({ status: "succeeded", output, steps: [{ metadata: { key: noted } }] });
  });

  test.each(["no", false, null, 2, { toString: 1 }, "constructor"])(
    "without a branch for %j it takes the default, and without one it fails and names the keys there are",
    async (key) => {
      expect(await take(key, "default")).toMatchObject({
        status: "succeeded",
        output: "default in",
        steps: [{ metadata: { key: "default" } }],
      });
      const failed = await take(key);
      expect(failed).toMatchObject({
        status: "failed",
        failure: { code: "branch_key_unknown", retryable: false, message: expect.stringContaining("there are 1, yes, true") },
      });
    },
  );

  test("a branch of several steps threads its data, stops at the first failure and sums all costs", async () => {
    const long = pipeline().step(costs("one", 10)).step(costs("two", 5)).step(echo("three"));
    const result = await new Lab().flujo().run(
      pipeline({ name: "p" }).branch(() => "k" as const, { k: long }),
      "in",
    );
    expect(result).toMatchObject({
      output: "three said",
      usage: { inputTokens: 15, modelCalls: 2 },
      steps: [{ usage: { inputTokens: 15, modelCalls: 2 }, cost: { kind: "unknown" } }],
    });
    const stops = await new Lab().flujo().run(
      pipeline({ name: "p" }).branch(() => "k" as const, { k: pipeline().step(costs("one", 10)).step(fails("two")).step(echo("three")) }),
      "in",
    );
    expect(stops).toMatchObject({
      status: "failed",
      failure: { path: "p/branch/k/two" },
      usage: { inputTokens: 10 },
      steps: [{ usage: { inputTokens: 10 }, metadata: { key: "k" } }],
    });
  });
});

describe("map", () => {
  test("results are in the order of the items, whoever ends first; an empty list is an empty result", async () => {
    const slowFirst = step("slow", async (value: number) => {
      for (let turn = 0; turn < 10 - value; turn++) await new Promise(setImmediate);
      return value * 2;
    });
    const program = pipeline({ name: "p" }).map(slowFirst);
    expect(await new Lab().flujo().run(program, [1, 5, 9])).toMatchObject({
      status: "succeeded",
      output: [2, 10, 18],
      steps: [{ metadata: { items: 3 } }],
    });
    expect(await new Lab().flujo().run(program, [])).toMatchObject({ status: "succeeded", output: [] });
  });

  test.each([1, 3, 8])("no more than %d items run at the same time, and that many do", async (concurrency) => {
    const gauged = gauge();
    const items = Array.from({ length: 20 }, (_, index) => index);
    expect(await new Lab().flujo().run(pipeline({ name: "p" }).map(gauged.step, { concurrency }), items)).toMatchObject({ output: items });
    expect(gauged.most).toBe(concurrency);
  });

  test("propagate: the first failure fails the map and cancels the rest; items not yet begun never begin", async () => {
    const lab = new Lab();
    const item = step("item", async (value: number, { signal }) => {
      lab.note(`begins ${value}`);
      if (value === 1) throw new Error("no");
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return value;
    });
    const result = await lab.flujo().run(pipeline({ name: "p" }).map(item, { concurrency: 2 }), [0, 1, 2, 3], RUN);
    expect(result).toMatchObject({ status: "failed", failure: { code: "step_failed", path: "p/map[1]" } });
    expect(lab.log.filter((line) => line.startsWith("begins"))).toEqual(["begins 0", "begins 1"]);
  });

  test("collect: the output says of every item how it went, and all are run", async () => {
    const odd = step("odd", (value: number) => {
      if (value % 2 === 0) throw new Error(`${value} is even`);
      return value;
    });
    const result = await new Lab().flujo().run(pipeline({ name: "p" }).map(odd, { onFailure: "collect", concurrency: 2 }), [1, 2, 3]);
    expect(result).toMatchObject({
      status: "succeeded",
      output: [
        { status: "succeeded", output: 1 },
        { status: "failed", failure: { message: "p/map[1]: 2 is even" } },
        { status: "succeeded", output: 3 },
      ],
    });
  });

  test("what is no list is a failure that says so", async () => {
    expect(
      await new Lab().flujo().run(
        pipeline({ name: "p" })
          .step("s", () => 7 as never)
          .map(echo("x")),
        "in",
      ),
    ).toMatchObject({ status: "failed", failure: { code: "input_invalid", path: "p/map" } });
  });

  test("two hundred thousand items may run at the same time", { timeout: 60_000 }, async () => {
    const items = Array.from({ length: 200_000 }, (_, index) => index);
    const program = pipeline({ name: "p" }).map(
      step("next", (value: number) => value + 1),
      { concurrency: Number.POSITIVE_INFINITY },
    );
    const result = await new Lab().flujo({ strict: false }).run(program, items);
    expect(result.status === "succeeded" && result.output.at(-1)).toBe(200_000);
  });
});

describe("parallel", () => {
  test("every branch is given the same input; the output has what each gave under its key, in declared order", async () => {
    const result = await new Lab()
      .flujo()
      .run(pipeline({ name: "p" }).parallel({ b: echo("b"), a: pipeline().step(echo("x")).step(echo("y")) }), "in");
    expect(result).toMatchObject({ status: "succeeded", output: { b: "b in", a: "y x in" } });
    expect(Object.keys(result.unwrap())).toEqual(["b", "a"]);
  });

  test.each([1, 2])("no more than %d branches run at the same time, and that many do", async (concurrency) => {
    const gauged = gauge();
    await new Lab()
      .flujo()
      .run(pipeline({ name: "p" }).parallel({ a: gauged.step, b: gauged.step, c: gauged.step }, { concurrency }), "in");
    expect(gauged.most).toBe(concurrency);
  });

  test("propagate: the failure that ended it is told, not those of the branches that were cancelled because of it; all costs count", async () => {
    const patient = step("patient", (_: unknown, { signal }) => new Promise((resolve) => signal.addEventListener("abort", resolve)));
    const late = pipeline().step(costs("paid", 10)).step(fails("late"));
    const result = await new Lab().flujo().run(pipeline({ name: "p" }).parallel({ patient, late }), "in");
    expect(result).toMatchObject({
      status: "failed",
      failure: { message: "p/parallel/late/late: late fails" },
      usage: { inputTokens: 10 },
      steps: [{ usage: { inputTokens: 10 } }],
    });
  });

  test("ignore: failed branches are absent and named in the metadata, their costs count, the others go on", async () => {
    const paysAndFails = pipeline().step(costs("paid", 10)).step(fails("late"));
    const result = await new Lab()
      .flujo()
      .run(pipeline({ name: "p" }).parallel({ a: paysAndFails, b: echo("b") }, { onFailure: "ignore" }), "in");
    expect(result).toMatchObject({
      status: "succeeded",
      output: { b: "b in" },
      usage: { inputTokens: 10 },
      steps: [{ metadata: { ignored: ["a"] } }],
    });
    expect(Object.keys(result.unwrap())).toEqual(["b"]);
  });
});

describe("pipeline as step", () => {
  test("REQ-CTX-002: the runner fills initialPrompt from the run's input: text as it is, everything else as JSON", async () => {
    const ask = step("ask", (_: unknown, { initialPrompt }) => initialPrompt);
    expect(await new Lab().flujo().run(pipeline({ name: "p" }).step(ask), "hello")).toMatchObject({ output: "hello" });
    expect(await new Lab().flujo().run(pipeline({ name: "p" }).step(ask), { a: [1] })).toMatchObject({ output: '{"a":[1]}' });
  });

  test("REQ-CTX-002: a nested pipeline has the initialPrompt too, whatever context is declared, also after a resume and in decisions", async () => {
    const lab = new Lab();
    const Shared = z.object({ initialPrompt: z.string().default("the user's own field") });
    const prompts: string[] = [];
    const ask = (name: string) =>
      step(name, (_: unknown, { initialPrompt }) => {
        prompts.push(initialPrompt);
        return [initialPrompt];
      });
    const nested = pipeline({ context: Shared })
      .step(ask("a"))
      .map(pipeline().step(ask("deep")))
      .branch((_, { initialPrompt }) => (initialPrompt === "the ticket" ? ("right" as const) : ("wrong" as const)), {
        right: ask("b"),
        wrong: fails("c"),
      });
    const program = pipeline({ name: "p", context: Shared })
      .step("other", () => "another value")
      .human("wait", { answer: z.string() })
      .step(nested);
    await lab.flujo().run(program, "the ticket", RUN);
    expect(await lab.flujo().answer(program, RUN.runId, { value: "go" })).toMatchObject({
      status: "succeeded",
      context: { initialPrompt: "the user's own field" },
    });
    expect(prompts).toEqual(["the ticket", "the ticket", "the ticket"]);
  });

  test("an input that has no text is refused before there is a run", async () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    const lab = new Lab();
    const going = lab.flujo({ strict: false }).run(pipeline({ name: "p" }).step(step("s", () => 1)), circle, RUN);
    await expect(going).rejects.toMatchObject({ code: "value_unstorable" });
    expect(await lab.inner.findRun(RUN.runId)).toBeNull();
  });
});
