import { ago, duration } from "./numbers.ts";

const NEAR_MS = 600_000;

/** A moment as it is on the clock here: `2026-11-24 10:00`; with seconds where it is less than ten minutes away. */
export function clockTime(atMs: number, nowMs: number | null = null): string {
  const date = new Date(atMs);
  const two = (n: number): string => String(n).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const seconds = nowMs !== null && Math.abs(atMs - nowMs) < NEAR_MS ? `:${two(date.getSeconds())}` : "";
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}${seconds}`;
}

/** How far away a moment is: `in 3 d`, `5 m ago`. */
function farAway(atMs: number, nowMs: number): string {
  return atMs > nowMs ? `in ${span(atMs - nowMs)}` : ago(nowMs - atMs);
}

const UNITS = [1_000, 60_000, 3_600_000, 86_400_000];

/** A length of time in at most two units, rounded to the smaller: `3 d`, `2 d 7 h`, `5 m 30 s`. */
export function span(ms: number): string {
  const smaller = UNITS[UNITS.findLastIndex((unit) => ms >= unit) - 1];
  return duration(smaller === undefined ? ms : Math.round(ms / smaller) * smaller).replace(/ 0 [hms]$|\.0(?= s$)/, "");
}

/** `2026-11-24 10:00 (in 3 d)`. */
export function momentText(atMs: number, nowMs: number): string {
  return `${clockTime(atMs, nowMs)} (${farAway(atMs, nowMs)})`;
}
