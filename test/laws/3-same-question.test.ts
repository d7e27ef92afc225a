import { expect, test } from "vitest";
import { z } from "zod";
import type { Entry } from "../../src/model/entry.ts";
import { parseInstancePath } from "../../src/model/path.ts";
import { FREE } from "../../src/model/cost.ts";
import { NO_USAGE } from "../../src/model/usage.ts";
import { pipeline } from "../../src/index.ts";
import { Replay } from "../../src/runtime/replay.ts";
import type { Op } from "../../src/core/program.ts";
import { Lab, RUN } from "./support/lab.ts";

const key = parseInstancePath("p/a");
const base = { seq: 1, atMs: 1, key } as const;
const finished: Entry = {
  ...base,
  type: "operation-finished",
  op: "step",
  name: "a",
  fingerprint: "f1",
  startedAtMs: 1,
  outcome: { status: "succeeded", value: 1 },
};
const decided: Entry = {
  ...base,
  type: "decisions-made",
  decisions: [{ seq: 1, key, fingerprint: "f1", atMs: 1, outcome: { status: "succeeded", value: 1 } }],
};

function opOf(kind: string, fingerprint: string): Op {
  return { kind, key, fingerprint } as Op; // what is compared is all that is there
}

test("law 3, same question: an outcome answers the operation it was recorded for", () => {
  expect(new Replay([finished]).outcomeOf(opOf("step", "f1"))).toMatchObject({ seq: 1 });
  expect(new Replay([decided]).outcomeOf(opOf("decide", "f1"))).toMatchObject({ seq: 1 });
});

test.each([
  ["another kind of operation", finished, opOf("tool", "f1")],
  ["a decision where work is on record", finished, opOf("decide", "f1")],
  ["work where a decision is on record", decided, opOf("step", "f1")],
  ["another fingerprint", finished, opOf("step", "f2")],
  ["a decision of another fingerprint", decided, opOf("decide", "f2")],
] as const)("law 3, same question: %s under the same key is journal_diverged, never an answer", (_what, entry, op) => {
  expect(() => new Replay([entry]).outcomeOf(op)).toThrow(expect.objectContaining({ code: "journal_diverged", details: { path: key } }));
});

test("law 3, same question: a done frame of another fingerprint is journal_diverged", () => {
  const done = { ...base, type: "frame-done", fingerprint: "f1", fromSeq: 0, result: {}, outputAt: null } as unknown as Entry;
  const frame = { key, doneKey: key, node: { fingerprint: "f2" } } as never;
  expect(() => new Replay([done]).doneOf(frame)).toThrow(expect.objectContaining({ code: "journal_diverged" }));
});

test("law 3, same question: what is on record and never asked for is journal_diverged, and the run stays as it was", async () => {
  const lab = new Lab();
  const { promise } = Promise.withResolvers<number>();
  const program = pipeline({ name: "p" })
    .step("a", () => 1)
    .step("b", () => promise);
  const first = lab.flujo();
  const going = first.run(program, "in", RUN);
  await expect.poll(() => lab.keys()).toEqual(["p/a"]);
  await first.close();
  expect((await going).status).toBe("stopped");
  const lease = await lab.inner.claimRun({
    ...RUN,
    owner: { host: "h", bootId: "b", pid: 1, processStart: "1", instance: "i" },
    atMs: 1,
    isAlive: () => false,
  });
  const stray: Entry = { ...finished, seq: 50, key: parseInstancePath("p/stray") };
  await lab.inner.commit({
    lease,
    rows: [lab.inner.record(stray)],
    rest: { status: "stopped", pauses: [], wakeAtMs: null, lastLetter: null, usage: NO_USAGE, cost: FREE, atMs: 1 },
  });
  const second = lab.flujo();
  await expect(second.resume(program, RUN.runId)).rejects.toMatchObject({ code: "journal_diverged", details: { path: "p/stray" } });
  expect(await lab.inner.findRun(RUN.runId)).toMatchObject({ status: "stopped", owner: null });
});

test("law 3, same question: code that has no such node is refused before anything is driven", async () => {
  const lab = new Lab();
  const before = pipeline({ name: "p" }).human("ask", { answer: z.string() });
  await lab.flujo().run(before, "in", RUN);
  const after = pipeline({ name: "p" }).human("inquire", { answer: z.string() });
  await expect(lab.flujo().resume(after, RUN.runId)).rejects.toMatchObject({
    code: "plan_changed",
    details: { changes: [{ path: "p/ask", says: "it is gone" }] },
  });
});
