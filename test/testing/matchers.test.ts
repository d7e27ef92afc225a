import { describe, expect, it } from "vitest";
import { z } from "zod";
import { agent, Flujo, pipeline, step, tool } from "../../src/index.ts";
import type { FlujoMatchers } from "../../src/testing/index.ts";
import { flujoMatchers, runForTest, scriptedModel } from "../../src/testing/index.ts";

declare module "vitest" {
  interface Matchers<R extends void | Promise<void>, T> extends FlujoMatchers<R> {}
}

expect.extend(flujoMatchers);

const add = tool({
  name: "add",
  description: "Adds.",
  input: z.object({ a: z.number(), b: z.number(), note: z.string().optional() }),
  run: ({ a, b }) => a + b,
});
const sums = (options: Parameters<typeof scriptedModel>[1] = {}) => {
  const usage = { inputTokens: 1_000, outputTokens: 100 };
  const model = scriptedModel(
    [
      { calls: [{ tool: "add", input: { a: 1, b: 2, note: "x" } }], usage },
      { text: "3", usage },
    ],
    options,
  );
  return runForTest(
    pipeline({ name: "sums" })
      .step(agent({ name: "reckon", model, instructions: "Add.", tools: [add] }))
      .step("say", (text: string) => text),
    "1 + 2",
  );
};
const breaks = () =>
  runForTest(
    pipeline({ name: "p", input: z.string() })
      .step("first", (text: string) => text)
      .step("breaks", (_text: string): string => {
        throw new Error("the printer is on fire");
      }),
    "x",
  );

describe("toHaveRunStep", () => {
  it("holds for every node that began: composites, agents, turns, tools; by its path or a pattern", async () => {
    const run = await sums();
    for (const path of [
      "sums",
      "sums/reckon",
      "sums/reckon/turn[1]",
      "sums/reckon/turn[0]/tool[0]",
      "sums/say",
      "**/say",
      "sums/*/turn[*]",
    ])
      expect(run).toHaveRunStep(path);
    expect(run).not.toHaveRunStep("sums/sa");
    expect(run).not.toHaveRunStep("say");
  });

  it("says what ran instead, with what was perhaps meant", async () => {
    const run = await sums();
    expect(() => expect(run).toHaveRunStep("sums/recon")).toThrow(
      [
        'Nothing ran at sums/recon. Did you mean "sums/reckon"?',
        "These ran:",
        "  ✔ sums (group)",
        "  ✔ sums/reckon (agent)",
        "  ✔ sums/reckon/turn[0] (turn)",
        "  ✔ sums/reckon/turn[0]/tool[0] (tool)",
        "  ✔ sums/reckon/turn[1] (turn)",
        "  ✔ sums/say (step)",
      ].join("\n"),
    );
    expect(() => expect(run).not.toHaveRunStep("sums/say")).toThrow("sums/say ran, and was not to.");
  });
});

describe("toHaveCalledTool", () => {
  it("holds for a tool that was run, with arguments that have all that is named", async () => {
    const run = await sums();
    expect(run).toHaveCalledTool("add");
    expect(run).toHaveCalledTool("add", { a: 1, b: 2 });
    expect(run).toHaveCalledTool("add", { a: expect.any(Number), note: expect.stringMatching(/^x$/) });
    expect(run).not.toHaveCalledTool("add", { a: 2 });
    expect(run).not.toHaveCalledTool("add", { a: 1, c: undefined, d: 3 });
    expect(run).not.toHaveCalledTool("sub");
  });

  it("says with what it was run, or which were", async () => {
    const run = await sums();
    expect(() => expect(run).toHaveCalledTool("add", { a: 7 })).toThrow(
      "add was run, but never with { a: 7 }:\n  sums/reckon/turn[0]/tool[0]: add({ a: 1, b: 2, note: 'x' })",
    );
    expect(() => expect(run).toHaveCalledTool("ad")).toThrow(
      'No tool "ad" was run. Did you mean "add"?\nThese were:\n  sums/reckon/turn[0]/tool[0]: add(',
    );
    expect(() => expect(run).not.toHaveCalledTool("add")).toThrow(
      "add was run with { a: 1, b: 2, note: 'x' } at sums/reckon/turn[0]/tool[0], and was not to.",
    );
    const without = await breaks();
    expect(() => expect(without).toHaveCalledTool("add")).toThrow("None was run at all.");
  });

  it("does not hold for a call that was refused", async () => {
    const model = scriptedModel([{ calls: [{ tool: "ad", input: {} }] }, "no"]);
    const run = await runForTest(agent({ name: "asks", model, instructions: "Add.", tools: [add] }), "x");
    expect(run).not.toHaveCalledTool("ad");
  });
});

describe("toHaveCostBelow", () => {
  it("holds for what costs less, and for what costs nothing", async () => {
    const run = await sums({ provider: "openai.chat", modelId: "gpt-4o" });
    expect(run.result.cost).toMatchObject({ kind: "exact" });
    expect(run).toHaveCostBelow(0.01);
    expect(run.result).toHaveCostBelow(0.01);
    expect(() => expect(run).toHaveCostBelow(0.001)).toThrow("The run cost $0.007, which is not below $0.001.");
    expect(() => expect(run).not.toHaveCostBelow(1)).toThrow("The run cost $0.007, which is below $1.");
    expect(await breaks()).toHaveCostBelow(0.000_001);
    expect(await breaks()).not.toHaveCostBelow(0);
  });

  it("never holds where a price is not known", async () => {
    const run = await sums();
    expect(() => expect(run).toHaveCostBelow(1_000)).toThrow(
      "What the run cost is not known: no price is known for a model of its 2 calls.",
    );
  });
});

describe("toHaveSucceeded", () => {
  it("holds for a run, and for the result of any other", async () => {
    expect(await sums()).toHaveSucceeded();
    await using flujo = new Flujo();
    expect(
      await flujo.run(
        step("s", (n: number) => n),
        1,
      ),
    ).toHaveSucceeded();
    expect(await breaks()).not.toHaveSucceeded();
  });

  it("says what came of it instead, and what ran", async () => {
    const run = await breaks();
    expect(() => expect(run).toHaveSucceeded()).toThrow(
      [
        "It failed with `step_failed`: p/breaks: the printer is on fire. `flujo trace RUN` shows every step.",
        "These ran:",
        "  ✘ p (group)",
        "  ✔ p/first (step)",
        "  ✘ p/breaks (step)",
      ].join("\n"),
    );
    const sum = await sums();
    expect(() => expect(sum).not.toHaveSucceeded()).toThrow("It succeeded with '3'.");
    const asks = await runForTest(pipeline({ name: "asks" }).human("ok", { answer: z.boolean() }), 1);
    expect(() => expect(asks).toHaveSucceeded()).toThrow("It is paused, and waits for asks/ok (answer).");
    const off = await runForTest(
      step("s", (n: number) => n),
      1,
      { signal: AbortSignal.abort("enough") },
    );
    expect(() => expect(off.result).toHaveSucceeded()).toThrow("It was cancelled: enough.");
  });
});

it("what is no run is refused, whatever is asked of it", () => {
  expect(() => expect("text").toHaveRunStep("p")).toThrow("toHaveRunStep looks at what runForTest or resumeForTest gives; this is 'text'.");
  expect(() => expect({}).toHaveSucceeded()).toThrow("toHaveSucceeded looks at a run or its result; this is {}.");
});
