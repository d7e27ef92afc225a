import { hostname } from "node:os";
import { afterAll, expect, test } from "vitest";
import { openSqliteStore } from "../../src/journal/sqlite/open-sqlite-store.ts";
import { FREE } from "../../src/model/cost.ts";
import { NO_USAGE } from "../../src/model/usage.ts";
import { thisProcess } from "../../src/runtime/ownership.ts";
import type { ModelServerRequest } from "../../src/testing/index.ts";
import { startModelServer } from "../../src/testing/index.ts";
import { Processes, resultOf } from "./child-process.ts";
import { effectsIn, journalIn } from "./evidence.ts";
import { journeyScript } from "./model-script.ts";

const processes = new Processes();

afterAll(() => processes.end());

function scriptWith(hook: (request: ModelServerRequest) => Promise<void>) {
  return async (request: ModelServerRequest, index: number) => {
    await hook(request);
    if (typeof journeyScript !== "function") throw new TypeError("The journey's script is a function.");
    return journeyScript(request, index);
  };
}

test("the run of a dead owner is taken over at once, and its epoch goes up", { timeout: 60_000 }, async () => {
  await using server = await startModelServer(journeyScript);
  const order = processes.order("dead-owner", { program: "journey", env: server.env, kill: { when: "after", commit: 5 } });
  const dead = processes.next();
  await dead.obey(order);
  const store = await openSqliteStore(order.file);
  expect(await store.findRun(order.runId)).toMatchObject({ status: "running", epoch: 1, owner: { pid: dead.pid, host: hostname() } });
  await resultOf(processes.next(), { ...order, verb: "resume", kill: null });
  expect(await store.findRun(order.runId)).toMatchObject({ status: "succeeded", epoch: 2, owner: null });
  await store.close();
});

test("of two living processes on one run, the second is told the host and the process id of the first, and disturbs nothing", {
  timeout: 60_000,
}, async () => {
  const { promise: asked, resolve: tellAsked } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await using server = await startModelServer(
    scriptWith(async ({ index }) => {
      if (index !== 1) return;
      tellAsked();
      await released;
    }),
  );
  const order = processes.order("two-owners", { program: "journey", env: server.env });
  const first = processes.next();
  const running = resultOf(first, order);
  await asked;
  const before = await journalIn(order.file, order.runId);
  const refused = await processes.next().obey({ ...order, verb: "resume" });
  expect(refused).toMatchObject({ kind: "error", code: "run_owned", details: { host: hostname(), pid: first.pid } });
  expect(refused).toMatchObject({ message: expect.stringContaining(`process ${first.pid} on ${hostname()}`) });
  expect(await journalIn(order.file, order.runId)).toEqual(before);
  release();
  expect((await running).result).toMatchObject({ status: "succeeded", usage: { modelCalls: 8 } });
  expect(server.requests).toHaveLength(8);
});

test("an owner that slept while it was taken over is fenced by lease_lost when it wakes up, and writes and does nothing more", {
  timeout: 60_000,
}, async () => {
  const { promise: asleep, resolve: tellAsleep } = Promise.withResolvers<void>();
  const sleeper = processes.next();
  const hook = async ({ index }: ModelServerRequest): Promise<void> => {
    if (index !== 1) return;
    sleeper.send("SIGSTOP"); // it waits for this very answer, and can do nothing with it before SIGCONT
    tellAsleep();
  };
  await using server = await startModelServer(scriptWith(hook));
  const order = processes.order("sleeper", { program: "journey", env: server.env });
  await sleeper.ready;
  const sleeping = sleeper.obey(order);
  await asleep;

  const second = processes.next();
  expect(await second.obey({ ...order, verb: "resume" }), "asleep is not dead").toMatchObject({ kind: "error", code: "run_owned" });
  const store = await openSqliteStore(order.file);
  const owner = thisProcess("takeover-test");
  const lease = await store.claimRun({ runId: order.runId, owner, atMs: 1, isAlive: () => false });
  const before = await store.entries({ runId: order.runId });
  const effectsBefore = effectsIn(order.effects);

  sleeper.send("SIGCONT");
  expect(await sleeping).toMatchObject({ kind: "error", code: "lease_lost" });
  expect(await store.entries({ runId: order.runId })).toEqual(before);
  expect(effectsIn(order.effects)).toEqual(effectsBefore);
  expect(await store.findRun(order.runId)).toMatchObject({ status: "running", epoch: lease.epoch, owner });

  await store.commit({
    lease,
    rows: [],
    rest: { status: "stopped", atMs: 2, pauses: [], wakeAtMs: null, lastLetter: null, usage: NO_USAGE, cost: FREE },
  });
  await store.close();
  const { result } = await resultOf(second, { ...order, verb: "resume" });
  expect(result).toMatchObject({ status: "succeeded", output: { graded: 15 }, usage: { modelCalls: 8, toolCalls: 6 } });
  expect(server.requests, "only the call that slept is made twice").toHaveLength(9);
});
