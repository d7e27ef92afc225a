import type { Entry, EntryType } from "../model/entry.ts";

/** What has to be known of a `frame-done` entry to say what it covers. */
export interface DoneSpan {
  readonly key: string;
  /** Entries it covers have a seq from here on … */
  readonly fromSeq: number;
  /** … and below this one, its own. */
  readonly seq: number;
}

/** A place in the journal: an entry's, or that of one decision in a `decisions-made` entry. */
export interface JournalPlace {
  readonly key: string;
  readonly seq: number;
}

/** What a first attempt's done entry ends in; keys of other entries leave it out. */
const FIRST_ATTEMPT = "#1";

interface Span extends Omit<DoneSpan, "key"> {
  /** Whether it is an attempt at a node, and not the node with all its attempts. */
  readonly isAttempt: boolean;
}

/** Says of a place whether some done frame covers it. */
export type IsCovered = (place: JournalPlace) => boolean;

const SEPARATORS = new Set(["/", "#", "["]);

/** What is asked around an attempt under its key, and is none of its own: its delay, the time it has, whether it will do, what then. */
const AROUND_AN_ATTEMPT = /^\/\?(?:delay|time|total|plugin(?:-\d+)? .*|validate .*|retryOn|failed|default)$/;

/**
 * A done frame covers what lies at its key or below it (`key/…`, `key#…`, `key[…`) and came between its first entry and
 * its own. That of a first attempt is called `key#1`, to tell it from that of the node with all its attempts, and covers
 * what one at `key` does: a first attempt leaves its number out of the keys below it. An attempt does not cover what is asked
 * around it: the end of its time is recorded before it has ended, and decides what came of it. Asked of any number of places;
 * each answer costs as much as the key is long, however many frames are done.
 */
export function coverOf(dones: readonly DoneSpan[]): IsCovered {
  const byKey = new Map<string, Span[]>();
  for (const { key: doneKey, fromSeq, seq } of dones) {
    const key = doneKey.endsWith(FIRST_ATTEMPT) ? doneKey.slice(0, -FIRST_ATTEMPT.length) : doneKey;
    const span: Span = { fromSeq, seq, isAttempt: /#\d+$/.test(doneKey) };
    const spans = byKey.get(key);
    if (spans === undefined) byKey.set(key, [span]);
    else spans.push(span);
  }
  if (byKey.size === 0) return () => false;
  return ({ key, seq }) => {
    for (let end = 1; end <= key.length; end++) {
      if (end < key.length && !SEPARATORS.has(key.charAt(end))) continue;
      const spans = byKey.get(end === key.length ? key : key.slice(0, end));
      if (
        spans?.some((span) => span.fromSeq <= seq && seq < span.seq && !(span.isAttempt && AROUND_AN_ATTEMPT.test(key.slice(end)))) === true
      )
        return true;
    }
    return false;
  };
}

/** The places an entry stands for: its own, or those of its decisions, each of which may belong to another frame. */
export function placesOf(entry: Entry): readonly JournalPlace[] {
  return entry.type === "decisions-made" && entry.decisions.length > 0 ? entry.decisions : [entry];
}

/**
 * Whether an entry is about the run itself. No frame covers it, not even the root's, which has the same key: a process
 * may die after the root is done and before the run is finished, and the resume still begins with how the run started.
 */
export function isOfRun(type: EntryType): boolean {
  return OF_RUN.has(type);
}

const OF_RUN: ReadonlySet<EntryType> = new Set(["run-started", "cancel-requested", "code-accepted", "signal-taken", "run-finished"]);

/** The entries that a resume needs: those of the run itself, and those with a place that no done frame covers. In the order given. */
export function openEntriesOf(entries: readonly Entry[]): readonly Entry[] {
  const isCovered = coverOf(entries.filter((entry) => entry.type === "frame-done"));
  return entries.filter((entry) => isOfRun(entry.type) || !placesOf(entry).every(isCovered));
}
