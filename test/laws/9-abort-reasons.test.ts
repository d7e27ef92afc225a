import { NO_DELAY } from "../../src/resilience/decide-retry.ts";
import { expect, test } from "vitest";
import type { AbortReason, JournalStore } from "../../src/index.ts";
import { Flujo, FlujoError, pipeline, step } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import { leavesOutcome } from "../../src/model/failure.ts";
import type { Op } from "../../src/core/program.ts";
import { Operations } from "../../src/runtime/operations.ts";
import { Replay } from "../../src/runtime/replay.ts";
import { RunJournal } from "../../src/runtime/run-journal.ts";
import { Scheduler } from "../../src/runtime/scheduler.ts";
import { perform } from "../../src/core/program.ts";
import type { Program } from "../../src/core/program.ts";
import { ExecutorCore } from "../../src/core/executor-core.ts";
import type { StepResult } from "../../src/model/step-result.ts";
import { parseInstancePath, rootPath } from "../../src/model/path.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { outcomesOf } from "./support/comparable.ts";
import { Lab, RUN } from "./support/lab.ts";

/** A step that waits for its signal, and says why it was told to stop. */
function patient(lab: Lab, name = "patient") {
  return step(name, (_: unknown, { signal }) => {
    lab.note("waits");
    return new Promise<string>((resolve) => {
      signal.addEventListener("abort", () => {
        lab.note(`told ${String(signal.reason)}`);
        resolve("too late");
      });
    });
  });
}

test("law 9, abort reasons: there are six, and only timeout, lost-race and cancelled leave an outcome", () => {
  const all: readonly AbortReason[] = ["timeout", "lost-race", "cancelled", "drain", "lease-lost", "limit"];
  expect(all.filter(leavesOutcome)).toEqual(["timeout", "lost-race", "cancelled"]);
});

test("law 9, abort reasons: timeout leaves a failed outcome", async () => {
  const lab = new Lab();
  const clock = new ManualClock();
  const slow = step({
    name: "slow",
    timeoutMs: 10,
    run: async (_: string, { signal }) => {
      await clock.sleep(50);
      return String(signal.aborted);
    },
  });
  expect(await clock.until(lab.flujo({ clock }).run(pipeline({ name: "p" }).step(slow), "in", RUN))).toMatchObject({
    status: "failed",
    failure: { code: "timeout", path: "p/slow" },
  });
  expect(outcomesOf(await lab.journal())).toMatchObject([{ key: "p/slow", outcome: { status: "failed", failure: { code: "timeout" } } }]);
});

test("law 9, abort reasons: lost-race leaves an outcome for every loser, and its late result is nobody's", async () => {
  const lab = new Lab();
  const fails = step("fails", async (): Promise<string> => {
    await Promise.resolve();
    throw new Error("no");
  });
  const program = pipeline({ name: "p" }).parallel({ fails, loser: patient(lab), deep: pipeline().step(patient(lab)) });
  const result = await lab.flujo().run(program, "in", RUN);
  expect(result).toMatchObject({ status: "failed", failure: { code: "step_failed", path: "p/parallel/fails" } });
  expect(lab.log.filter((line) => line === "told lost-race")).toHaveLength(2);
  const outcomes = outcomesOf(await lab.journal()).map(({ key, outcome }) => [
    key,
    outcome.status === "failed" ? outcome.failure.code : "ok",
  ]);
  expect(outcomes).toEqual([
    ["p/parallel/fails", "step_failed"],
    ["p/parallel/loser", "cancelled"],
    ["p/parallel/deep/patient", "cancelled"],
  ]);
  expect(await lab.flujo().result(RUN.runId)).toEqual(result);
});

test("law 9, abort reasons: cancelled leaves an outcome, the run ends as cancelled and is read as cancelled", async () => {
  const lab = new Lab();
  const abort = new AbortController();
  const program = pipeline({ name: "p" })
    .map(patient(lab), { concurrency: 2, onFailure: "collect" })
    .step("never", () => lab.note("never runs"));
  const going = lab.flujo().run(program, [1, 2, 3], { ...RUN, signal: abort.signal });
  await expect.poll(() => lab.log.filter((line) => line === "waits")).toHaveLength(2);
  abort.abort();
  const result = await going;
  expect(result).toMatchObject({ status: "cancelled" });
  expect(() => result.unwrap()).toThrow(expect.objectContaining({ code: "cancelled" }));
  expect(lab.log.filter((line) => line.startsWith("told"))).toEqual(["told cancelled", "told cancelled"]);
  expect((await lab.keys()).toSorted()).toEqual(["p/map[0]", "p/map[1]"]);
  expect(lab.log).not.toContain("never runs");
  expect(await lab.flujo().result(RUN.runId)).toEqual(result);
  expect(await lab.flujo().resume(program, RUN.runId)).toEqual(result);
});

test("law 9, abort reasons: a signal that is aborted already starts nothing", async () => {
  const lab = new Lab();
  const result = await lab.flujo().run(pipeline({ name: "p" }).step(patient(lab)), "in", { ...RUN, signal: AbortSignal.abort() });
  expect(result.status).toBe("cancelled");
  expect(lab.log).not.toContain("waits");
});

test("law 9, abort reasons: drain leaves no outcome; the operation counts as never finished and runs again", async () => {
  const lab = new Lab();
  let isPatient = true;
  const program = pipeline({ name: "p" })
    .step("a", () => 1)
    .step("b", (_: number, { signal }) => {
      if (!isPatient) return "done";
      return new Promise<string>((resolve) => {
        signal.addEventListener("abort", () => resolve(`told ${String(signal.reason)}`));
      });
    });
  const flujo = lab.flujo();
  const going = flujo.run(program, "in", RUN);
  await expect.poll(() => lab.keys()).toEqual(["p/a"]);
  await flujo.close();
  expect(await going).toMatchObject({ status: "stopped", reason: "drain" });
  expect(await lab.keys()).toEqual(["p/a"]);
  expect(await lab.inner.findRun(RUN.runId)).toMatchObject({ status: "stopped", owner: null });
  isPatient = false;
  expect(await lab.flujo().resume(program, RUN.runId)).toMatchObject({ status: "succeeded", output: "done" });
});

test("law 9, abort reasons: a run that is parked while its intent is being written starts nothing any more", async () => {
  const inner = memoryStore();
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const { promise: asked, resolve: tellAsked } = Promise.withResolvers<void>();
  const slowly = async (write: () => void | Promise<void>): Promise<void> => {
    tellAsked();
    await held;
    await write();
  };
  const store: JournalStore = {
    name: "slow",
    record: (entry) => inner.record(entry),
    createRun: (run, rows) => inner.createRun(run, rows),
    claimRun: (request) => inner.claimRun(request),
    commit: (request) => slowly(() => inner.commit(request)),
    openEntries: (runId) => inner.openEntries(runId),
    entries: (query) => inner.entries(query),
    entriesAt: (runId, seqs) => inner.entriesAt(runId, seqs),
    findRun: (runId) => inner.findRun(runId),
    listRuns: (query) => inner.listRuns(query),
    planOf: (runId) => inner.planOf(runId),
    appendToThread: (exchange) => inner.appendToThread(exchange),
    readThread: (thread) => inner.readThread(thread),
    post: (letter) => inner.post(letter),
    letters: (runId, afterId) => inner.letters(runId, afterId),
    newestLetter: () => inner.newestLetter(),
    close: () => undefined,
  };
  let payments = 0;
  const program = pipeline({ name: "p" }).step(step({ name: "pay", effect: "once", run: () => ++payments }));
  const flujo = new Flujo({ state: store });
  const going = flujo.run(program, "in", RUN);
  await asked;
  const closing = flujo.close();
  release();
  await closing;
  expect((await going).status).toBe("stopped");
  await new Promise(setImmediate);
  expect(payments).toBe(0);
  expect(await new Flujo({ state: inner }).resume(program, RUN.runId)).toMatchObject({ status: "succeeded", output: 1 });
});

test("law 9, abort reasons: lease-lost leaves no outcome, and nothing is written after it", async () => {
  const lab = new Lab();
  let finish = (): void => undefined;
  const program = pipeline({ name: "p" }).parallel({
    quick: step(
      "quick",
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    ),
    patient: patient(lab),
  });
  const going = lab.flujo().run(program, "in", RUN);
  await expect.poll(() => lab.log).toContain("waits");
  const owner = { host: "other", bootId: "b", pid: 1, processStart: "1", instance: "i" };
  await lab.inner.claimRun({ ...RUN, owner, atMs: 1, isAlive: () => false });
  finish();
  await expect(going).rejects.toMatchObject({ code: "lease_lost" });
  expect(lab.log.filter((line) => line.startsWith("told"))).toEqual(["told lease-lost"]);
  expect((await lab.journal()).map(({ type }) => type)).toEqual(["run-started"]);
  expect(await lab.inner.findRun(RUN.runId)).toMatchObject({ status: "running", owner });
});

test.each(["limit", "drain", "lease-lost"] as const)(
  "law 9, abort reasons: stopped by %s, what is in flight hears the reason and no outcome is added",
  async (reason) => {
    const store = memoryStore();
    const op = {
      kind: "step",
      key: parseInstancePath("p"),
      fingerprint: "f",
      name: "p",
      node: { timeoutMs: null, effect: "none" },
      input: null,
      delay: NO_DELAY,
    } as unknown as Op;
    function* program(): Program<StepResult> {
      yield* perform(op);
      throw new FlujoError("step_failed", "It went on.");
    }
    const heard: unknown[] = [];
    const lease = await store.createRun(
      { ...RUN, plan: { name: "p", version: "1", hash: "h" } as never, source: null, owner: {} as never, createdAtMs: 0, lineage: null },
      [],
    );
    const journal = new RunJournal({ store, lease, nextSeq: 1, roundTrip: null, onEntries: null });
    const performer = {
      attemptEnded: () => undefined,
      release: () => undefined,
      intentOf: () => null,
      perform: (_op: Op, { signal }: { readonly signal: AbortSignal }) =>
        new Promise<{ readonly status: "succeeded"; readonly value: null }>((resolve) => {
          signal.addEventListener("abort", () => {
            heard.push(signal.reason);
            resolve({ status: "succeeded", value: null });
          });
        }),
    };
    const clock = new ManualClock();
    const operations = new Operations({
      ...RUN,
      journal,
      replay: new Replay([]),
      performer,
      clock,
      answers: new Map(),
      onProgress: null,
      watch: null,
      onWait: null,
      graceMs: 0,
      holdMs: 0,
      onArrival: () => scheduler.drive(),
    });
    const scheduler = new Scheduler({
      key: rootPath("p"),
      core: new ExecutorCore(),
      operations,
      clock,
      onTopResult: () => undefined,
      log: null,
      isReading: false,
    });
    const going = scheduler.run(program());
    scheduler.stop(reason);
    expect(await going).toEqual({ kind: "stopped", reason });
    await new Promise(setImmediate);
    expect(heard).toEqual([reason]);
    expect(journal.isDue).toBe(false);
    expect(await store.entries(RUN)).toEqual([]);
  },
);

test("law 9, abort reasons: what was asked for and not yet started when the race was lost never starts, and the run ends", async () => {
  const lab = new Lab();
  const fails = step("fails", (): string => {
    throw new Error("no");
  });
  const loser = pipeline()
    .step("first", () => 1)
    .step("second", () => lab.note("second runs"));
  const result = await lab.flujo().run(pipeline({ name: "p" }).parallel({ loser, fails }), "in", RUN);
  expect(result).toMatchObject({ status: "failed", failure: { path: "p/parallel/fails" } });
  expect(lab.log).not.toContain("second runs");
  expect(await lab.flujo().result(RUN.runId)).toEqual(result);
});
