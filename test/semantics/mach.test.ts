import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { AnyStep, Step } from "../../src/index.ts";
import { agent, machine, pipeline, step } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { logs, looks, Shared, shared } from "./support/context.ts";
import { echo, fails, patient, RUN_ID, Stage, turns } from "./support/stage.ts";

interface Loose {
  readonly from: string | readonly string[];
  readonly when?: unknown;
  readonly if?: unknown;
  readonly to: string;
}

/** The builder with its types taken off. */
const loose = machine as unknown as (options: object) => Step<unknown, unknown>;

/** A machine as a test wants it, whatever the compiler would say. It begins in `a` and may make 9 transitions. */
function made(states: Readonly<Record<string, AnyStep>>, on: readonly Loose[], more: object = {}): Step<unknown, unknown> {
  return loose({ name: "m", initial: "a", states, on, ends: ["done"], maxHops: 9, ...more });
}

/** The same in a pipeline. */
function run(stage: Stage, states: Readonly<Record<string, AnyStep>>, on: readonly Loose[], more: object = {}) {
  return stage.run(pipeline({ name: "p" }).step(made(states, on, more)));
}

const count = step("count", (n: unknown) => (typeof n === "number" ? n + 1 : 1));

const paid = (tokens: number) =>
  agent({ name: "ask", instructions: "", model: scriptedModel(() => ({ text: "x", usage: { inputTokens: tokens, outputTokens: 1 } })) });

test("MACH-1: it begins in its initial state, each state is given what the one before gave, and it ends in one of its ends", async () => {
  const result = await run(new Stage(), { a: echo("a"), b: echo("b") }, [
    { from: "a", to: "b" },
    { from: "b", to: "done" },
  ]);
  expect(result.unwrap()).toEqual({ state: "done", output: "b a in", hops: 2 });
  expect(result).toMatchObject({ steps: [{ path: "p/m", metadata: { state: "done", hops: 2 } }] });
});

test("MACH-2: an end that has a program runs it last, and its output is what that gives", async () => {
  const result = await run(new Stage(), { a: echo("a"), done: echo("end") }, [{ from: "a", to: "done" }]);
  expect(result.unwrap()).toEqual({ state: "done", output: "end a in", hops: 1 });
});

test("MACH-3: a state runs below the machine, under how many transitions were made before it", async () => {
  const stage = new Stage();
  const path = step("path", (n: unknown, { path: at }) => {
    stage.note(at);
    return n;
  });
  await run(stage, { a: path, b: pipeline().step(path) }, [
    { from: "a", if: (_: unknown, { hops }: { hops: number }) => hops > 1, to: "done" },
    { from: "a", to: "b" },
    { from: "b", to: "a" },
  ]);
  expect(stage.notes).toEqual(["p/m[0]/a", "p/m[1]/b/path", "p/m[2]/a"]);
});

test("MACH-4: of the transitions that fit, the first is made; a guard is given the output, and the transitions made so far", async () => {
  const stage = new Stage();
  const asked = (says: boolean) => (value: unknown, about: { readonly hops: number }) => {
    stage.note(`${String(value)} ${about.hops}`);
    return says;
  };
  const result = await run(stage, { a: count, b: count, c: count }, [
    { from: "b", if: asked(true), to: "c" },
    { from: "a", if: asked(false), to: "c" },
    { from: "a", if: asked(true), to: "b" },
    { from: "a", if: asked(true), to: "done" },
    { from: "*", to: "done" },
  ]);
  expect(result.unwrap()).toEqual({ state: "done", output: 3, hops: 3 });
  expect(stage.notes).toEqual(["1 0", "1 0", "2 1"]);
});

test("MACH-5: `from` may be a list of states, and * stands for all that are no end", async () => {
  const result = await run(
    new Stage(),
    { a: echo("a"), b: echo("b"), c: echo("c"), done: fails("done") },
    [
      { from: "a", to: "b" },
      { from: ["a", "b"], to: "c" },
      { from: "*", when: "failure", to: "lost" },
      { from: "c", to: "done" },
    ],
    { ends: ["done", "lost"] },
  );
  expect(result).toMatchObject({ status: "failed", failure: { code: "step_failed", path: "p/m[3]/done" } });
});

describe("MACH-6", () => {
  test("MACH-6: a transition on failure gives the next state what the failed one was given, and tells it the failure as feedback", async () => {
    const mend = step("mend", (value: unknown, { feedback }) => `${String(value)}, ${feedback?.message ?? "nothing"}`);
    const after = step("after", (value: unknown, { feedback }) => `${String(value)}; ${feedback === null ? "fine" : "still told"}`);
    const result = await run(new Stage(), { a: echo("a"), b: fails("b"), mend, after }, [
      { from: "a", to: "b" },
      { from: "b", when: "failure", to: "mend" },
      { from: "b", to: "done" },
      { from: "mend", to: "after" },
      { from: "after", to: "done" },
    ]);
    expect(result.unwrap()).toEqual({ state: "done", output: "a in, p/m[1]/b: b fails; fine", hops: 4 });
  });

  test.each([
    ["failure", "rescued"],
    ["step_failed", "rescued"],
    [["timeout", "step_failed"], "rescued"],
    [["timeout"], "failed"],
    ["success", "failed"],
  ])("MACH-6, MACH-7: where a state fails with step_failed, a transition on %j makes the machine as good as %s", async (when, came) => {
    const otherwise = when === "success" ? [] : [{ from: "a", to: "done" }];
    const result = await run(new Stage(), { a: fails("a"), b: echo("b") }, [
      { from: "a", when, to: "b" },
      ...otherwise,
      { from: "b", to: "done" },
    ]);
    expect(result.status === "succeeded" ? "rescued" : result.status).toBe(came);
  });

  test("MACH-6: its guard is given the failure", async () => {
    const result = await run(new Stage(), { a: fails("a"), b: echo("b") }, [
      { from: "a", when: "failure", if: ({ message }: Error) => message.endsWith("never"), to: "done" },
      { from: "a", when: "failure", if: ({ message }: Error) => message.endsWith("a fails"), to: "b" },
      { from: "a", to: "b" },
      { from: "b", to: "done" },
    ]);
    expect(result.unwrap()).toEqual({ state: "done", output: "b in", hops: 2 });
  });
});

test("MACH-7: without a transition for it, a state's failure is the machine's", async () => {
  const result = await run(new Stage(), { a: echo("a"), b: fails("b") }, [
    { from: "a", to: "b" },
    { from: "b", to: "done" },
    { from: "b", when: "timeout", to: "done" },
  ]);
  expect(result).toMatchObject({
    status: "failed",
    failure: { code: "step_failed", path: "p/m[1]/b" },
    steps: [{ path: "p/m", metadata: { state: "b", hops: 1 } }],
  });
});

test("MACH-8: where no guard lets a state go on, the machine fails as machine_stuck, which says where it could go", async () => {
  const result = await run(new Stage(), { a: echo("a"), b: echo("b") }, [
    { from: "a", if: () => false, to: "b" },
    { from: "a", if: () => false, to: "done" },
    { from: "b", to: "done" },
  ]);
  expect(result).toMatchObject({
    status: "failed",
    failure: {
      code: "machine_stuck",
      path: "p/m",
      message: expect.stringContaining("go on to b, done"),
      details: { state: "a", ways: ["b", "done"] },
    },
  });
});

test("MACH-9: a guard that throws, or gives no boolean, fails the machine as decision_failed", async () => {
  const broken = (guard: () => unknown) =>
    run(new Stage(), { a: echo("a") }, [
      { from: "a", if: guard, to: "done" },
      { from: "a", to: "done" },
    ]);
  const throws = () => {
    throw new Error("lost");
  };
  expect(await broken(throws)).toMatchObject({
    status: "failed",
    failure: {
      code: "decision_failed",
      path: "p/m[0]/?guard 1",
      message: expect.stringContaining('whether a transition is taken of "m" threw: lost'),
    },
  });
  expect(await broken(() => 1)).toMatchObject({ failure: { code: "decision_failed", message: expect.stringContaining("a number") } });
});

test("MACH-10: it makes at most maxHops transitions; one more fails it as machine_hops_exceeded", async () => {
  const rules = [
    { from: "a", if: (n: number) => n >= 3, to: "done" },
    { from: "a", to: "a" },
  ];
  expect((await run(new Stage(), { a: count }, rules, { maxHops: 3 })).unwrap()).toEqual({ state: "done", output: 3, hops: 3 });
  const stage = new Stage();
  expect(await run(stage, { a: count }, rules, { maxHops: 2 })).toMatchObject({
    status: "failed",
    failure: { code: "machine_hops_exceeded", path: "p/m", details: { maxHops: 2, to: "done" } },
    steps: [{ metadata: { state: "a", hops: 2 } }],
  });
});

test("MACH-11: a state sees what those before it wrote, a guard also what its own state wrote; what a failed state wrote vanishes", async () => {
  const stage = new Stage();
  const program = shared().step(
    made({ a: logs("a"), b: pipeline({ context: Shared }).step(logs("lost")).step(fails("no")), c: looks("c") }, [
      {
        from: "a",
        if: (_: unknown, { context }: { context: { log: string[] } }) => {
          stage.note(context.log.join());
          return true;
        },
        to: "b",
      },
      { from: "b", to: "c" },
      { from: "b", when: "failure", to: "c" },
      { from: "c", to: "done" },
    ]),
  );
  expect(await stage.run(program)).toMatchObject({ output: { output: "nobody a" }, context: { log: ["a"], sum: 1 } });
  expect(stage.notes).toEqual(["a"]);
});

test("MACH-12: its usage and cost are those of all states that ran, failed ones too", async () => {
  const lost = pipeline().step(paid(10)).step(fails("no"));
  const result = await run(new Stage(), { a: paid(5), b: lost, c: paid(1) }, [
    { from: "a", to: "b" },
    { from: "b", to: "c" },
    { from: "b", when: "failure", to: "c" },
    { from: "c", to: "done" },
  ]);
  expect(result).toMatchObject({ status: "succeeded", steps: [{ usage: { inputTokens: 16, modelCalls: 3 } }] });
});

test("MACH-13: a cancellation ends the state under way, and no transition catches it", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).step(
    made({ a: patient(stage, "a"), b: step("b", () => stage.note("b")) }, [
      { from: "a", to: "b" },
      { from: "*", when: "failure", to: "b" },
      { from: "b", to: "done" },
    ]),
  );
  const flujo = stage.flujo();
  const going = flujo.run(program, "in", { runId: RUN_ID });
  await turns();
  await flujo.cancel(RUN_ID);
  expect(await going).toMatchObject({ status: "cancelled", steps: [{ status: "failed", failure: { code: "cancelled" } }] });
  expect(stage.notes).toEqual(["a begins", "a is told: cancelled"]);
});

test("MACH-14: a state that waits for a person holds it durably, and a resume runs no state and asks no guard again", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).step(
    made(
      {
        a: step("a", (value: unknown) => {
          stage.note("a");
          return value;
        }),
        b: pipeline().human("ask", { answer: z.string() }),
      },
      [
        {
          from: "a",
          if: () => {
            stage.note("guard");
            return true;
          },
          to: "b",
        },
        { from: "a", to: "done" },
        { from: "b", to: "done" },
      ],
    ),
  );
  expect(await stage.run(program)).toMatchObject({ status: "paused", pauses: [{ id: "p/m[1]/b/ask" }] });
  expect(await stage.answer(program, "yes")).toMatchObject({
    status: "succeeded",
    output: { state: "done", output: { input: "in", answer: "yes" }, hops: 2 },
  });
  expect(stage.notes).toEqual(["a", "guard"]);
});

test("MACH-15: a wait that is not answered in time fails as timeout, which a transition may be for", async () => {
  const stage = new Stage();
  const result = await run(stage, { a: pipeline().human("ask", { answer: z.string(), timeoutMs: 1_000 }), b: echo("nobody answered") }, [
    { from: "a", to: "done" },
    { from: "a", when: "timeout", to: "b" },
    { from: "b", to: "done" },
  ]);
  expect(result.unwrap()).toEqual({ state: "done", output: "nobody answered in", hops: 2 });
});
