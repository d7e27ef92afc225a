import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { Flujo, type JournalStore, pipeline, step } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import { ManualClock } from "../../src/testing/manual-clock.ts";

const folder = mkdtempSync(join(tmpdir(), "flujo-resume-"));
afterAll(() => rmSync(folder, { recursive: true }));

const twice = pipeline({ name: "twice", input: z.number() }).human("first", { answer: z.string() }).human("second", { answer: z.string() });

/** The store as it is for somebody who is slow: others get in between its decision and its claim. */
function slowTo(store: JournalStore, meanwhile: () => Promise<unknown>): JournalStore {
  const claimRun: JournalStore["claimRun"] = async (request) => {
    await meanwhile();
    return store.claimRun(request);
  };
  return new Proxy(store, {
    get: (target, name) => {
      const own: unknown = Reflect.get(target, name);
      if (name === "claimRun") return claimRun;
      return typeof own === "function" ? own.bind(target) : own;
    },
  });
}

test("an answer that comes too late is refused by name, and the run waits where it waited", async () => {
  const store = memoryStore();
  const quick = new Flujo({ state: store });
  const paused = await quick.run(twice, 1);
  const slow = new Flujo({ state: slowTo(store, () => quick.answer(twice, paused.runId, { value: "quick" })) });
  await expect(slow.answer(twice, paused.runId, { pause: "first", value: "slow" })).rejects.toMatchObject({ code: "pause_not_found" });
  expect(await quick.find(paused.runId)).toMatchObject({ status: "paused", owner: null, pauses: [{ name: "second" }] });
  const done = await quick.answer(twice, paused.runId, { value: "last" });
  expect(done.unwrap()).toMatchObject({ input: { answer: "quick" }, answer: "last" });
});

test("a run that has ended gives its result, whatever became of its code", async () => {
  const flujo = new Flujo();
  const before = pipeline({ name: "p" }).step(step("s", () => "then"));
  const after = pipeline({ name: "p" }).step(step("s", () => "now"));
  const { runId } = await flujo.run(before, undefined);
  expect((await flujo.resume(after, runId)).unwrap()).toBe("then");
});

test("a run that waits is refused to other code than it began with, by the step that changed", async () => {
  const flujo = new Flujo();
  const asking = (say: () => string) => pipeline({ name: "p" }).step("say", say).human("ask", { answer: z.boolean() });
  const { runId } = await flujo.run(
    asking(() => "then"),
    undefined,
  );
  const refusal = expect(
    flujo.answer(
      asking(() => "now"),
      runId,
      { value: true },
    ),
  ).rejects;
  await refusal.toMatchObject({ code: "plan_changed", message: expect.stringContaining("p/say") });
  expect(await flujo.find(runId)).toMatchObject({ status: "paused" });
});

test("a deciding function that never settles fails after a minute, and is named", async () => {
  const clock = new ManualClock();
  const flujo = new Flujo({ clock });
  const stuck = pipeline({ name: "p", input: z.number() }).branch(() => new Promise<boolean>(() => undefined) as never as boolean, {
    true: step("yes", () => 1),
    false: step("no", () => 2),
  });
  const running = flujo.run(stuck, 1);
  await clock.advance(60_000);
  expect(await running).toMatchObject({ status: "failed", failure: { code: "timeout", path: "p/branch/?key" } });
});

test("a place where no folder can be made is told of at once", async () => {
  const flujo = new Flujo({ state: "sqlite:/proc/nowhere/state.db" });
  await expect(
    flujo.run(
      step("s", () => 1),
      undefined,
    ),
  ).rejects.toMatchObject({ code: "state_unreadable" });
  await flujo.close();
});

test("two that go on with one run in one process: the second is told who has it", async () => {
  const flujo = new Flujo({ state: `sqlite:${join(folder, "state.db")}`, durability: "normal" });
  const { runId } = await flujo.run(twice, 1);
  const both = await Promise.allSettled([flujo.resume(twice, runId), flujo.resume(twice, runId)]);
  expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  expect(both[1]).toMatchObject({ reason: { code: "run_owned", details: { pid: process.pid } } });
  await flujo.close();
});

test("two that answer one pause in one process: the second is told that it was answered", async () => {
  const flujo = new Flujo({ state: `sqlite:${join(folder, "state.db")}`, durability: "normal" });
  const { runId } = await flujo.run(twice, 1);
  const both = await Promise.allSettled([flujo.answer(twice, runId, { value: "a" }), flujo.answer(twice, runId, { value: "b" })]);
  expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  expect(both[1]).toMatchObject({ reason: { code: "pause_not_found" } });
  await flujo.close();
});
