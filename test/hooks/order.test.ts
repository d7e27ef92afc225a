import { expect, test } from "vitest";
import { z } from "zod";
import { agent, Flujo, pipeline, step, tool } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { lineOf, recorder, unpaired } from "./support/recorder.ts";

function program() {
  let looked = 0;
  const look = tool({
    name: "look",
    description: "Looks something up.",
    input: z.object({ what: z.string() }),
    retry: { retries: 1, firstDelayMs: 0, jitter: "none" },
    run: ({ what }) => {
      if (looked++ === 0) throw new Error("The line is busy.");
      return `${what} is open`;
    },
  });
  const ask = agent({
    name: "ask",
    model: scriptedModel([{ calls: [{ tool: "look", input: { what: "the shop" } }] }, "It is open."]),
    instructions: "Find out.",
    tools: [look],
  });
  const flaky = step({
    name: "flaky",
    retry: { retries: 1, firstDelayMs: 0, jitter: "none" },
    run: (text: string, { attempt }) => {
      if (attempt === 1) throw new Error("Not yet.");
      return text.length;
    },
  });
  const breaks = step("breaks", (_answered: { input: number; answer: boolean }): number => {
    throw new Error("The printer is on fire.");
  });
  return pipeline({ name: "day" }).step(ask).step(flaky).human("sure", { answer: z.boolean() }).step(breaks);
}

test("the order of a run with an agent, a tool, two retries, a person and a failure is the one that is documented", async () => {
  const first = recorder();
  const flujo = new Flujo({ hooks: first.hooks });
  const day = program();
  const paused = await flujo.run(day, "Is it open?");
  expect(first.calls.map(lineOf)).toEqual([
    "onRunStart",
    "onStepStart day",
    "onStepStart day/ask",
    "onModelStart day/ask/turn[0]",
    "onModelEnd day/ask/turn[0] tool-calls",
    "onToolStart day/ask/turn[0]/tool[0]",
    "onToolEnd day/ask/turn[0]/tool[0] failed",
    "onFailure day/ask/turn[0]/tool[0] tool_failed, again",
    "onToolStart day/ask/turn[0]/tool[0]#2",
    "onToolEnd day/ask/turn[0]/tool[0]#2",
    "onModelStart day/ask/turn[1]",
    "onModelEnd day/ask/turn[1] stop",
    "onStepEnd day/ask succeeded",
    "onStepStart day/flaky",
    "onFailure day/flaky step_failed, again",
    "onStepEnd day/flaky succeeded",
    "onStepStart day/sure",
    "onPause day/sure",
    "onRunEnd paused",
  ]);

  const second = recorder();
  const failed = await flujo.answer(day, paused.runId, { value: true, options: { hooks: second.hooks } });
  expect(failed.status).toBe("failed");
  expect(second.calls.map(lineOf)).toEqual([
    "onRunStart resumed",
    "onStepStart day resumed",
    "onStepStart day/sure resumed",
    "onStepEnd day/sure succeeded",
    "onStepStart day/breaks",
    "onFailure day/breaks step_failed",
    "onStepEnd day/breaks failed",
    "onStepEnd day failed",
    "onRunEnd failed",
  ]);
  expect(unpaired(second.calls)).toEqual([]);
  expect(first.calls.slice(19).map(lineOf), "the Flujo's hooks are told as well").toEqual(second.calls.map(lineOf));
});

test("each is told what it is about, and all of it is the run's own", async () => {
  const { calls, hooks } = recorder();
  const flujo = new Flujo({ hooks });
  const paused = await flujo.run(program(), "Is it open?", { runId: "day-1" });
  for (const { event } of calls) {
    expect(event).toMatchObject({ runId: "day-1", pipeline: "day" });
    expect(Object.isFrozen(event)).toBe(true);
  }
  const told = (line: string) => calls.find((call) => lineOf(call) === line)?.event;
  expect(told("onRunStart")).toMatchObject({ input: "Is it open?", isResumed: false });
  expect(told("onStepStart day/ask")).toMatchObject({ name: "ask", kind: "agent", input: "Is it open?" });
  expect(told("onModelStart day/ask/turn[0]")).toMatchObject({
    name: "ask",
    attempt: 1,
    asks: "turn",
    instructions: "Find out.",
    input: "Is it open?",
    transcript: [],
    tools: ["look"],
  });
  expect(told("onModelEnd day/ask/turn[0] tool-calls")).toMatchObject({
    finish: "tool-calls",
    toolCalls: [{ name: "look", input: { what: "the shop" } }],
    failure: null,
    usage: { inputTokens: 100, outputTokens: 20, modelCalls: 1 },
  });
  expect(told("onToolStart day/ask/turn[0]/tool[0]")).toMatchObject({
    name: "look",
    agent: "ask",
    attempt: 1,
    input: { what: "the shop" },
  });
  expect(told("onToolEnd day/ask/turn[0]/tool[0] failed")).toMatchObject({ output: undefined, failure: { code: "tool_failed" } });
  expect(told("onToolEnd day/ask/turn[0]/tool[0]#2")).toMatchObject({ output: "the shop is open", failure: null, attempt: 2 });
  expect(told("onStepEnd day/ask succeeded")).toMatchObject({
    output: "It is open.",
    failure: null,
    usage: { inputTokens: 200, modelCalls: 2, toolCalls: 2 },
  });
  expect(told("onFailure day/flaky step_failed, again")).toMatchObject({
    kind: "step",
    attempt: 1,
    failure: { message: "day/flaky: Not yet." },
  });
  expect(told("onPause day/sure")).toMatchObject({ name: "sure", waitsFor: "answer", answerSchema: { type: "boolean" } });
  expect(told("onRunEnd paused")).toMatchObject({ result: { status: "paused", runId: paused.runId }, error: null });
});

test("those of the Flujo are called before those of the run, each list in its order", async () => {
  const said: string[] = [];
  const say = (who: string) => ({ onRunStart: () => said.push(who) });
  const flujo = new Flujo({ hooks: [say("first"), say("second")] });
  await flujo.run(
    step("one", () => 1),
    null,
    { hooks: [say("third"), say("fourth")] },
  );
  expect(said).toEqual(["first", "second", "third", "fourth"]);
});

test("a hook that is a method keeps its object, and need not be the object's own", async () => {
  class Counter {
    steps = 0;
    onStepStart(): void {
      this.steps++;
    }
  }
  const counter = new Counter();
  await new Flujo({ hooks: counter }).run(
    step("one", () => 1),
    null,
  );
  expect(counter.steps).toBe(1);
});

test("branches start in their order, empty composites too; the failure that cancels the others is told once, and theirs are none", async () => {
  const { calls, hooks } = recorder();
  const slow = step({
    name: "slow",
    run: (_list: readonly number[], { signal }): Promise<number> =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("aborted")))),
  });
  const fails = step("fails", async (list: readonly number[]): Promise<number> => {
    throw new Error(`No ${list.length}.`);
  });
  const empty = pipeline({ name: "empty" }).map(step("each", (n: number) => n));
  const wide = pipeline({ name: "wide", input: z.array(z.number()) }).parallel({ slow, empty, fails });
  const result = await new Flujo({ hooks }).run(wide, []);
  expect(result.status).toBe("failed");
  expect(calls.map(lineOf)).toEqual([
    "onRunStart",
    "onStepStart wide",
    "onStepStart wide/parallel",
    "onStepStart wide/parallel/slow",
    "onStepStart wide/parallel/empty",
    "onStepStart wide/parallel/empty/map",
    "onStepEnd wide/parallel/empty/map succeeded",
    "onStepEnd wide/parallel/empty succeeded",
    "onStepStart wide/parallel/fails",
    "onFailure wide/parallel/fails step_failed",
    "onStepEnd wide/parallel/fails failed",
    "onStepEnd wide/parallel/slow failed",
    "onStepEnd wide/parallel failed",
    "onStepEnd wide failed",
    "onRunEnd failed",
  ]);
});

test("an answer that is declared to be tried again is a failure that is told with it, though the call succeeded", async () => {
  const { calls, hooks } = recorder();
  const ask = agent({
    name: "ask",
    model: scriptedModel(["no JSON at all", { json: { n: 1 } }]),
    instructions: "",
    output: z.object({ n: z.number() }),
    endings: { malformed: "retry" },
    retry: { retries: 2, firstDelayMs: 0, jitter: "none" },
  });
  expect((await new Flujo({ hooks }).run(ask, "x")).unwrap()).toEqual({ n: 1 });
  expect(calls.map(lineOf).slice(2)).toEqual([
    "onModelStart ask/turn[0]",
    "onModelEnd ask/turn[0] stop",
    "onFailure ask/turn[0] output_malformed, again",
    "onModelStart ask/turn[0]#2",
    "onModelEnd ask/turn[0]#2 stop",
    "onStepEnd ask succeeded",
    "onRunEnd succeeded",
  ]);
});

test("a name that no hook has, and a hook that is no function, are refused", async () => {
  const refused = (hooks: object) =>
    expect.objectContaining({ code: "usage_invalid", summary: expect.stringContaining(Object.keys(hooks)[0] ?? "") });
  expect(() => new Flujo({ hooks: { onStepStrat: () => 1 } as never })).toThrow(refused({ onStepStrat: 1 }));
  expect(() => new Flujo({ hooks: { onStepStrat: () => 1 } as never })).toThrow('Did you mean "onStepStart"');
  expect(() => new Flujo({ hooks: [{}, { onRunEnd: "log" } as never] })).toThrow(refused({ onRunEnd: 1 }));
  expect(() => new Flujo({ hooks: null as never })).toThrow("no object");
  await expect(
    new Flujo().run(
      step("one", () => 1),
      null,
      { runId: "r", hooks: { onToolStrat: 1 } as never },
    ),
  ).rejects.toMatchObject({
    code: "usage_invalid",
  });
});
