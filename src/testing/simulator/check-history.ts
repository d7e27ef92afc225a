import { isDeepStrictEqual } from "node:util";
import type { Entry } from "../../model/entry.ts";
import type { RunResult } from "../../model/run-result.ts";
import { isTerminal } from "../../model/run-result.ts";
import type { ProcessPart } from "./history.ts";
import { endInWords, entryInWords, valueInWords } from "./words.ts";

/** What is held against the rules. */
export interface Evidence {
  /** The journal as the store has it at the end. */
  readonly entries: readonly Entry[];
  /** What was committed, in that order. */
  readonly committed: readonly Entry[];
  readonly processes: readonly ProcessPart[];
}

/**
 * The rules that every journal keeps, whatever its program: the first one that this one breaks, in a sentence; null where
 * it keeps them all.
 *
 * 1. The journal is what was committed, in the order in which it was: nothing is lost, changed, moved or made up.
 * 2. No operation has two outcomes, no decision two answers, no wait two beginnings.
 * 3. What a listener was told is in the journal; it is told once, and in the order of seq.
 * 4. What has an outcome on record is not done again by a process that goes on with the run.
 */
export function brokenRule(evidence: Evidence): string | null {
  return journalBroken(evidence) ?? twice(evidence.entries) ?? toldWrongly(evidence) ?? doneAgain(evidence);
}

function journalBroken({ entries, committed }: Evidence): string | null {
  for (let at = 0; at < Math.max(entries.length, committed.length); at++) {
    const there = entries[at];
    const written = committed[at];
    if (there === written || isDeepStrictEqual(there, written)) continue;
    return `the journal is not what was committed: at place ${at} there is ${lineOf(there)}, and it was ${lineOf(written)}`;
  }
  return null;
}

function lineOf(entry: Entry | undefined): string {
  return entry === undefined ? "nothing" : `"${entry.seq} ${entryInWords(entry)}"`;
}

function twice(entries: readonly Entry[]): string | null {
  const known = new Set<string>();
  for (const entry of entries) {
    for (const what of claimsOf(entry)) {
      if (known.has(what)) return `the journal has ${what} twice`;
      known.add(what);
    }
  }
  return null;
}

/** What an entry says that only one may say. */
function claimsOf(entry: Entry): readonly string[] {
  const { type, key } = entry;
  switch (type) {
    case "operation-finished":
      return [`an outcome of ${key}`];
    case "decisions-made":
      return entry.decisions.map(({ key }) => `an outcome of ${key}`);
    case "operation-intended":
    case "wait-opened":
    case "frame-done":
    case "run-finished":
      return [`${type} ${key}`];
    default:
      return [];
  }
}

function toldWrongly({ entries, processes }: Evidence): string | null {
  const bySeq = new Map(entries.map((entry) => [entry.seq, entry]));
  for (const [number, { told }] of processes.entries()) {
    let before = -1;
    for (const entry of told) {
      if (entry.seq <= before) return `process ${number} was told ${lineOf(entry)} after seq ${before}`;
      before = entry.seq;
      const there = bySeq.get(entry.seq);
      if (there !== entry && !isDeepStrictEqual(there, entry))
        return `process ${number} was told ${lineOf(entry)}, and the journal has ${lineOf(there)}`;
    }
  }
  return null;
}

function doneAgain({ committed, processes }: Evidence): string | null {
  const placeOf = new Map(committed.flatMap((entry, place) => outcomeKeysOf(entry).map((key) => [key, place] as const)));
  for (const [number, { started }] of processes.entries()) {
    const again = started.find(({ path, found }) => (placeOf.get(path) ?? found) < found);
    if (again !== undefined) return `process ${number} did ${again.path} again, although its outcome was on record`;
  }
  return null;
}

function outcomeKeysOf(entry: Entry): readonly string[] {
  if (entry.type === "operation-finished") return [entry.key];
  return entry.type === "decisions-made" ? entry.decisions.map(({ key }) => key) : [];
}

/** The last rule: what a caller was told when the run ended is what the journal gives whoever reads it later. */
export function readOtherwise(processes: readonly ProcessPart[], read: RunResult<unknown>): string | null {
  for (const [number, { results }] of processes.entries()) {
    for (const result of results) {
      if (!isTerminal(result.status)) continue;
      const differs = fieldThatDiffers(result, read);
      if (differs !== null)
        return `process ${number} was told ${endInWords(result)}, and the journal gives ${endInWords(read)}: ${differs}`;
    }
  }
  return null;
}

/** Everything of a result but its functions. */
function fieldThatDiffers(told: RunResult<unknown>, read: RunResult<unknown>): string | null {
  const [a, b] = [new Map<string, unknown>(Object.entries(told)), new Map<string, unknown>(Object.entries(read))];
  for (const field of new Set([...a.keys(), ...b.keys()])) {
    const [left, right] = [a.get(field), b.get(field)];
    if (typeof left !== "function" && left !== right && !isDeepStrictEqual(left, right))
      return `${field} is ${valueInWords(left)}, and ${valueInWords(right)}`;
  }
  return null;
}
