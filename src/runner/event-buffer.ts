import type { InstancePath } from "../model/path.ts";
import type { ProgressEvent, RunEvent } from "../model/run-event.ts";

/** This much progress may be unread; what does not fit is left out. */
export const MOST_PROGRESS = 1_000;

/** Events that were taken are let go of when there are so many, and no more are unread: so each is moved about once. */
const MOST_TAKEN = 1_000;

/**
 * Events on their way to one reader, in order. Entries are never left out. Unread pieces of one text are joined, so that
 * a slow reader gets all of it in fewer events. Progress beyond {@link MOST_PROGRESS} is left out, and then all that its
 * operation tells until its entry: what a reader has of a text is always a beginning of it, without holes.
 */
export class EventBuffer {
  #events: RunEvent[] = [];
  /** How many of them were taken. */
  #taken = 0;
  /** How many were let go of before: what is at index `i` is number `#base + i`. */
  #base = 0;
  #progress = 0;
  /** By path, the number of the last progress that is unread: what may be joined with more. */
  readonly #last = new Map<InstancePath, number>();
  /** What was left out, so that nothing more is told of it. */
  readonly #leftOut = new Set<InstancePath>();

  get unread(): number {
    return this.#events.length - this.#taken;
  }

  get unreadEntries(): number {
    return this.unread - this.#progress;
  }

  add(event: RunEvent): void {
    if (event.family === "progress") return this.#addProgress(event);
    this.#events.push(event);
    if (event.entry.type !== "operation-finished") return;
    this.#last.delete(event.entry.key);
    this.#leftOut.delete(event.entry.key);
  }

  /** The next event; undefined where none is unread. */
  take(): RunEvent | undefined {
    const event = this.#events[this.#taken];
    if (event === undefined) return undefined;
    if (event.family === "progress") {
      this.#progress--;
      if (this.#last.get(event.path) === this.#base + this.#taken) this.#last.delete(event.path);
    }
    this.#taken++;
    if (this.#taken >= Math.min(this.#events.length, MOST_TAKEN) && this.#taken * 2 >= this.#events.length) this.#letGo();
    return event;
  }

  clear(): void {
    this.#taken = this.#events.length;
    this.#letGo();
    this.#progress = 0;
    this.#last.clear();
    this.#leftOut.clear();
  }

  #addProgress(event: ProgressEvent): void {
    if (this.#join(event)) return;
    const isWhole = event.type === "work-reported"; // says all of it, so one may be missing
    if (!isWhole && this.#leftOut.size > 0 && this.#leftOut.has(event.path)) return;
    if (this.#progress >= MOST_PROGRESS) {
      if (!isWhole) this.#leftOut.add(event.path);
      return;
    }
    this.#progress++;
    this.#last.set(event.path, this.#base + this.#events.length);
    this.#events.push(event);
  }

  /** Makes one of this and the unread piece before it. */
  #join(event: ProgressEvent): boolean {
    const number = this.#last.get(event.path);
    if (number === undefined) return false;
    const before = this.#events[number - this.#base];
    if (before?.family !== "progress" || before.epoch !== event.epoch) return false;
    const joined = joinedPieces(before, event);
    if (joined === null) return false;
    this.#events[number - this.#base] = joined;
    return true;
  }

  #letGo(): void {
    this.#base += this.#taken;
    this.#events = this.#events.slice(this.#taken);
    this.#taken = 0;
  }
}

function joinedPieces(before: ProgressEvent, event: ProgressEvent): ProgressEvent | null {
  const { n, atMs } = event;
  switch (event.type) {
    case "text-delta":
    case "reasoning-delta":
      return before.type === event.type ? { ...before, n, atMs, delta: before.delta + event.delta } : null;
    case "tool-input-delta":
      return before.type === event.type && before.callId === event.callId
        ? { ...before, n, atMs, delta: before.delta + event.delta }
        : null;
    case "operation-started":
    case "work-reported":
      return null;
  }
}
