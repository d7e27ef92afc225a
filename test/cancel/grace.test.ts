import { expect, test } from "vitest";
import { z } from "zod";
import type { Entry } from "../../src/index.ts";
import { agent, Flujo, pipeline, resource, step, tool, withPolicy } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import { ManualClock, scriptedModel } from "../../src/testing/index.ts";
import { decisionsOf, outcomesOf } from "../laws/support/comparable.ts";
import { RUN_ID, turns } from "../semantics/support/stage.ts";

const GRACE_MS = 5_000;

/** Never, whoever tells it to stop. */
function forever(): Promise<never> {
  return new Promise(() => undefined);
}

/** A run under way, called off after a moment, and what it noted. */
class Scene {
  readonly clock = new ManualClock();
  readonly store = memoryStore();
  readonly flujo = new Flujo({ state: this.store, clock: this.clock, graceMs: GRACE_MS });
  readonly notes: string[] = [];

  note(what: string): void {
    this.notes.push(what);
  }

  entries(): Promise<readonly Entry[]> {
    return this.flujo.entries(RUN_ID);
  }
}

test("what ignores its signal is left to itself after graceMs, wherever it is, and says so: a step, a tool, a model call, a decision, a resource that opens", async () => {
  const scene = new Scene();
  const deaf = step("deaf", () => {
    scene.note("step");
    return forever();
  });
  const hammer = tool({
    name: "hammer",
    description: "Hammers.",
    input: z.object({}),
    run: () => {
      scene.note("tool");
      return forever();
    },
  });
  const calls = scriptedModel([{ calls: [{ tool: "hammer", input: {} }] }]);
  const silent = scriptedModel(() => {
    scene.note("model");
    return forever();
  });
  const stuck = resource({
    open: () => {
      scene.note("open");
      return forever();
    },
  });
  const program = pipeline({ name: "p" })
    .parallel({
      deaf,
      nested: withPolicy(pipeline().map(step("item", () => forever())), {
        totalTimeoutMs: 3_600_000,
        retries: 3,
        onError: { default: "never" },
      }),
      tool: agent({ name: "t", instructions: "", model: calls, tools: [hammer] }),
      model: agent({ name: "m", instructions: "", model: silent }),
      decision: pipeline().branch(
        () => {
          scene.note("decision");
          return forever();
        },
        { never: deaf },
      ),
      opens: step({ name: "opens", resources: { stuck }, run: () => scene.note("never") }),
    })
    .step("next", () => scene.note("never"));
  const going = scene.flujo.run(program, ["one", "two"] as never, { runId: RUN_ID });
  await expect.poll(() => scene.notes.toSorted()).toEqual(["decision", "model", "open", "step", "tool"]);
  const before = scene.clock.now();
  const cancelling = scene.flujo.cancel(RUN_ID);
  await scene.clock.advance(GRACE_MS - 1);
  expect((await scene.flujo.find(RUN_ID))?.status).toBe("running");
  await scene.clock.advance(1);
  expect(scene.clock.now() - before).toBe(GRACE_MS);
  const entries = await scene.entries();
  const abandoned = [...outcomesOf(entries), ...decisionsOf(entries)].flatMap(({ key, outcome }) =>
    outcome.status === "failed" && outcome.failure.details !== undefined ? [[String(key), outcome.failure.details]] : [],
  );
  const left = { reason: "cancelled", abandoned: true, graceMs: GRACE_MS };
  expect(Object.fromEntries(abandoned)).toEqual({
    "p/parallel/deaf": left,
    "p/parallel/decision/branch/?key": left,
    "p/parallel/model/turn[0]": { reason: "cancelled" }, // the model's own code is deaf, the call of it is not
    "p/parallel/nested/map[0]": left,
    "p/parallel/nested/map[1]": left,
    "p/parallel/opens": left,
    "p/parallel/tool/turn[0]/tool[0]": left,
  });
  // The resource has not opened, so that it cannot be closed: the run does not wait for it for longer than for anything else.
  await scene.clock.advance(GRACE_MS);
  expect(await going).toMatchObject({ status: "cancelled" });
  await cancelling;
  expect(scene.clock.sleepers).toBe(0);
  expect(scene.notes).not.toContain("never");
});

test("what was left to itself and ends later is nobody's: it changes no record, and what it opened is closed when it has opened", async () => {
  const scene = new Scene();
  const { promise: door, resolve: open } = Promise.withResolvers<string>();
  const late = resource({ open: () => door, close: (opened) => scene.note(`closes ${opened}`) });
  const other = resource({ open: () => scene.note("opens another") });
  const slow = step("slow", () => door);
  const uses = step({ name: "uses", resources: { late, other }, run: () => scene.note("never") });
  const going = scene.flujo.run(pipeline({ name: "p" }).parallel({ slow, uses }), 1, { runId: RUN_ID });
  await turns();
  const cancelling = scene.flujo.cancel(RUN_ID);
  await scene.clock.advance(2 * GRACE_MS);
  const result = await going;
  expect(result).toMatchObject({ status: "cancelled" });
  await cancelling;
  const before = await scene.entries();
  open("late");
  await turns();
  expect(scene.notes).toEqual(["closes late"]);
  expect(await scene.entries()).toEqual(before);
  expect(await scene.flujo.result(RUN_ID)).toEqual(result);
});

test("a function whose resource was being opened, or whose input was being checked, when the run was called off is not called", async () => {
  const scene = new Scene();
  const { promise: door, resolve: open } = Promise.withResolvers<string>();
  const slow = resource({ open: () => door, close: (opened) => scene.note(`closes ${opened}`) });
  const patient = z.string().refine(async () => (await door) === "open");
  const program = pipeline({ name: "p" }).parallel({
    opens: step({ name: "opens", resources: { slow }, run: () => scene.note("called") }),
    checks: step({ name: "checks", input: patient, run: () => scene.note("called") }),
    group: withPolicy(pipeline().step(step({ name: "inner", resources: { slow }, run: () => scene.note("called") })), {
      resources: { slow },
    }),
  });
  const going = scene.flujo.run(program, "in", { runId: RUN_ID });
  await turns();
  const cancelling = scene.flujo.cancel(RUN_ID);
  await turns();
  open("open");
  expect(await going).toMatchObject({ status: "cancelled" });
  await cancelling;
  expect(scene.notes).toEqual(["closes open", "closes open"]);
  expect(outcomesOf(await scene.entries()).map(({ outcome }) => outcome.status === "failed" && outcome.failure.code)).toEqual([
    "cancelled",
    "cancelled",
    "cancelled",
  ]);
});

test.each([0, 1, GRACE_MS - 1])("what comes to its end %i ms after it was told has done what it did, in every branch", async (ms) => {
  const scene = new Scene();
  const slowly = (name: string) =>
    step(name, (_: unknown, { signal }) => {
      scene.note(name);
      return new Promise((resolve) => signal.addEventListener("abort", () => scene.clock.after(ms, () => resolve(name))));
    });
  const program = pipeline({ name: "p" }).map(
    pipeline()
      .step(slowly("a"))
      .step("b", () => scene.note("never")),
  );
  const going = scene.flujo.run(program, [1, 2] as never, { runId: RUN_ID });
  await turns();
  const cancelling = scene.flujo.cancel(RUN_ID);
  expect(await scene.clock.until(going)).toMatchObject({ status: "cancelled" });
  await cancelling;
  expect(scene.notes).toEqual(["a", "a"]);
  const outcomes = outcomesOf(await scene.entries()).map(({ key, outcome }) => [String(key), outcome.status]);
  expect(Object.fromEntries(outcomes)).toEqual({ "p/map[0]/a": "succeeded", "p/map[1]/a": "succeeded" });
});
