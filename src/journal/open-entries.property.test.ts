import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import type { Entry, FrameDone } from "../model/entry.ts";
import {
  cancelRequested,
  codeAccepted,
  decided,
  done,
  finished,
  runStarted,
  signalTaken,
  started,
} from "../testing/journal-store-contract/samples.ts";
import { memoryStore } from "./memory/memory-store.ts";
import { openEntriesOf, placesOf } from "./open-entries.ts";
import { openSqliteStore } from "./sqlite/open-sqlite-store.ts";

const folder = mkdtempSync(join(tmpdir(), "flujo-open-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Few names, so that keys often lie below each other, and some that only begin alike. */
const key = fc
  .array(fc.tuple(fc.constantFrom("a", "ab", "b", "a.b"), fc.constantFrom("", "", "[0]", "[1]", "[10]", "#2", "[1]#2")), {
    minLength: 1,
    maxLength: 4,
  })
  .map((segments) => segments.map(([name, suffix]) => name + suffix).join("/"));

const draft = fc.oneof(
  fc.record({ type: fc.constant("finished" as const), key }),
  fc.record({ type: fc.constant("decided" as const), keys: fc.array(key, { minLength: 1, maxLength: 3 }) }),
  fc.record({ type: fc.constant("done" as const), key, isFirstAttempt: fc.boolean(), back: fc.nat({ max: 12 }) }),
  fc.record({ type: fc.constantFrom("signal-taken" as const, "cancel-requested" as const, "code-accepted" as const), key }),
);

/** Numbered as the runtime does it: every decision takes a seq, and its record has that of the last. */
const journal = fc.array(draft, { maxLength: 40 }).map((drafts) => {
  let seq = 0;
  return drafts.map((next): Entry => {
    if (next.type === "decided") return decided(...next.keys.map((at) => [seq++, at] as const));
    if (next.type === "done") return done(seq, doneKey(next), Math.max(0, seq++ - next.back));
    if (seq === 0) return { ...runStarted(next.key), seq: seq++ };
    if (next.type === "signal-taken") return signalTaken(seq++, next.key);
    if (next.type === "cancel-requested") return cancelRequested(seq++, next.key);
    if (next.type === "code-accepted") return codeAccepted(seq++, next.key);
    return finished(seq++, next.key);
  });
});

/** That of a first attempt says so; a key that names another attempt is not that of a first. */
function doneKey({ key: at, isFirstAttempt }: { readonly key: string; readonly isFirstAttempt: boolean }): string {
  return isFirstAttempt && !/#\d+$/.test(at) ? `${at}#1` : at;
}

const OF_THE_RUN: readonly string[] = ["run-started", "signal-taken", "cancel-requested", "code-accepted"];

/** Where what a done frame covers begins: a first attempt has the place of its node. */
function placeOf(frame: FrameDone): string {
  return frame.key.replace(/#1$/, "");
}

/** The rule in the words of the design, asked of every pair. */
function openByTheBook(entries: readonly Entry[]): readonly Entry[] {
  const dones = entries.filter((entry): entry is FrameDone => entry.type === "frame-done");
  const covers = (frame: FrameDone, at: { readonly key: string; readonly seq: number }): boolean =>
    (at.key === placeOf(frame) || ["/", "#", "["].some((separator) => at.key.startsWith(placeOf(frame) + separator))) &&
    frame.fromSeq <= at.seq &&
    at.seq < frame.seq;
  return entries.filter(
    (entry) => OF_THE_RUN.includes(entry.type) || placesOf(entry).some((place) => !dones.some((frame) => covers(frame, place))),
  );
}

test("what is open is what the design says", () => {
  fc.assert(
    fc.property(journal, (entries) => {
      expect(openEntriesOf(entries)).toEqual(openByTheBook(entries));
    }),
    { numRuns: 1_000 },
  );
});

test("every store says the same of any journal", async () => {
  const sqlite = await openSqliteStore(join(folder, "state.db"), { synchronous: "normal" });
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(journal, async (entries) => {
      const memory = memoryStore();
      const runId = `run-${++runs}`;
      await started(memory, runId, entries);
      await started(sqlite, runId, entries);
      expect(await memory.openEntries(runId)).toEqual(openByTheBook(entries));
      expect(await sqlite.openEntries(runId)).toEqual(openByTheBook(entries));
    }),
    { numRuns: 200 },
  );
  await sqlite.close();
});
