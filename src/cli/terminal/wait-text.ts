import type { WaitKind } from "../../model/entry.ts";
import { isLate } from "../../model/in-time.ts";
import { callText, isApprovalRequest } from "./call-text.ts";
import { momentText } from "./moments.ts";
import { count, plural } from "./numbers.ts";
import { printableLine } from "./printable.ts";

/** Something that is waited for: a pause, the entry of its beginning. */
export interface Wait {
  readonly waitsFor: WaitKind;
  readonly name: string;
  readonly show: unknown;
  /** When it ends by itself; null or absent where it waits for as long as it takes. */
  readonly wakeAtMs?: number | null;
}

/** How a wait is put in words. */
export interface WaitTextOptions {
  readonly nowMs: number;
  /** @defaultValue 60 */
  readonly columns?: number;
}

/**
 * What is waited for, in words: `waits for approval of refund(order: 17)`, `waits for an answer`, `waits for signal paid,
 * until 2026-11-24 10:00 (in 3 d)`, `sleeps until 2026-11-24 10:00 (in 3 d)`; `has waited for signal paid until 2026-11-24 10:00
 * (1 d ago)` where its time is over and nobody has gone on with the run.
 */
export function waitText(wait: Wait, { nowMs, columns = 60 }: WaitTextOptions): string {
  const { wakeAtMs = null } = wait;
  if (wait.waitsFor === "time") return sleepText(wakeAtMs, nowMs);
  const isOver = isLate(nowMs, wait);
  const waits = isOver ? "has waited" : "waits";
  const end = wakeAtMs === null ? "" : `${isOver ? "" : ","} until ${momentText(wakeAtMs, nowMs)}`;
  if (wait.waitsFor === "answer") return `${waits} for an answer${end}`;
  if (wait.waitsFor === "signal") return `${waits} for signal ${printableLine(wait.name)}${end}`;
  const words = `${waits} for approval of `;
  const input = isApprovalRequest(wait.show) ? wait.show.input : undefined;
  return words + callText(wait.name, input, Math.max(16, columns - words.length)) + end;
}

function sleepText(wakeAtMs: number | null, nowMs: number): string {
  if (wakeAtMs === null) return "sleeps";
  return wakeAtMs > nowMs ? `sleeps until ${momentText(wakeAtMs, nowMs)}` : `has slept until ${momentText(wakeAtMs, nowMs)}`;
}

/** What a run waits for, and when it goes on by itself. */
export interface RunWaits {
  readonly pauses: readonly Wait[];
  readonly wakeAtMs: number | null;
}

/**
 * What a run waits for, in words: the one thing as {@link waitText} has it, of several how many and of what kind; and the
 * moment at which it goes on by itself, where it does.
 */
export function waitsText({ pauses, wakeAtMs }: RunWaits, options: WaitTextOptions): string {
  const [only, second] = pauses;
  const { nowMs } = options;
  const isAlone = only !== undefined && second === undefined;
  if (isAlone && (wakeAtMs === null || wakeAtMs === only.wakeAtMs)) return waitText(only, options);
  const asked = isAlone && only.waitsFor !== "time" ? [waitText({ ...only, wakeAtMs: null }, options)] : countsOf(pauses);
  if (asked.length === 0) return sleepText(wakeAtMs, nowMs);
  return [...asked, ...(wakeAtMs === null ? [] : [`goes on by itself ${momentText(wakeAtMs, nowMs)}`])].join("; ");
}

function countsOf(pauses: readonly Wait[]): readonly string[] {
  const counts = [
    countOf(pauses, "approval", ["an approval", "approvals"]),
    countOf(pauses, "answer", ["an answer", "answers"]),
    signalsOf(pauses),
  ].filter((part) => part !== "");
  const last = counts.pop();
  if (last === undefined) return [];
  return [`waits for ${counts.length === 0 ? last : `${counts.join(", ")} and ${last}`}`];
}

function countOf(pauses: readonly Wait[], kind: WaitKind, [one, many]: readonly [string, string]): string {
  const times = pauses.filter(({ waitsFor }) => waitsFor === kind).length;
  return times === 0 ? "" : times === 1 ? one : `${count(times)} ${many}`;
}

function signalsOf(pauses: readonly Wait[]): string {
  const signals = pauses.filter(({ waitsFor }) => waitsFor === "signal");
  const [only, second] = signals;
  if (only !== undefined && second === undefined) return `signal ${printableLine(only.name)}`;
  return signals.length === 0 ? "" : plural(signals.length, "signal", "signals");
}
