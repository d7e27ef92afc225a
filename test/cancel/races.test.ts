import { expect, test } from "vitest";
import { z } from "zod";
import { Flujo, pipeline, step } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import type { JournalStore } from "../../src/journal/port.ts";
import { watchedStore } from "../kill/killing-store.ts";
import { RUN_ID } from "../semantics/support/stage.ts";

const asks = pipeline({ name: "p" }).human("ask", { answer: z.string() });

/** A store that does something right before a run is claimed. */
function beforeClaim(inner: JournalStore, then: () => Promise<unknown>): JournalStore {
  return {
    ...watchedStore(inner, () => undefined),
    claimRun: async (request) => {
      await then();
      return inner.claimRun(request);
    },
  };
}

test("a resume of a run that somebody calls off at the same moment gives how it ended", async () => {
  const inner = memoryStore();
  const canceller = new Flujo({ state: inner });
  await canceller.run(asks, 1, { runId: RUN_ID });
  const late = new Flujo({ state: beforeClaim(inner, () => canceller.cancel(RUN_ID, "first")) });
  expect(await late.resume(asks, RUN_ID)).toMatchObject({ status: "cancelled", reason: "first" });
});

test("an answer to a run that somebody calls off at the same moment is refused", async () => {
  const inner = memoryStore();
  const canceller = new Flujo({ state: inner });
  await canceller.run(asks, 1, { runId: RUN_ID });
  const late = new Flujo({ state: beforeClaim(inner, () => canceller.cancel(RUN_ID)) });
  await expect(late.answer(asks, RUN_ID, { value: "yes" })).rejects.toMatchObject({
    code: "usage_invalid",
    details: { status: "cancelled" },
  });
});

test("a signal that is aborted while the run comes to rest calls it off", async () => {
  const abort = new AbortController();
  const store = watchedStore(memoryStore(), (when, { number }) => {
    if (when === "after" && number === 2) abort.abort(); // the commit with which it rests
  });
  const result = await new Flujo({ state: store }).run(asks, 1, { runId: RUN_ID, signal: abort.signal });
  expect(abort.signal.aborted).toBe(true);
  expect(result).toMatchObject({ status: "cancelled" });
});

test("of two who call a run off at the same time, one reason is on record, and both are told that it has ended", async () => {
  const inner = memoryStore();
  const [one, two] = [new Flujo({ state: inner }), new Flujo({ state: inner })];
  const waits = step(
    "waits",
    (_: unknown, { signal }) => new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("told")))),
  );
  const going = one.run(pipeline({ name: "p" }).step(waits), 1, { runId: RUN_ID });
  await new Promise(setImmediate);
  const records = await Promise.all([one.cancel(RUN_ID, "one"), two.cancel(RUN_ID, "two"), one.cancel(RUN_ID, "three")]);
  const { status, reason } = (await going) as { readonly status: string; readonly reason?: string };
  expect(status).toBe("cancelled");
  expect(["one", "two", "three"]).toContain(reason);
  for (const record of records) expect(["cancelled", "running"]).toContain(record.status); // another Flujo is told as soon as the word is left
  expect((await inner.entries({ runId: RUN_ID })).filter(({ type }) => type === "cancel-requested")).toHaveLength(1);
});
