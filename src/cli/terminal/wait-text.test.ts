import { afterAll, beforeAll, expect, test } from "vitest";
import { clockTime, momentText, span } from "./moments.ts";
import { waitsText, waitText } from "./wait-text.ts";

const zone = process.env["TZ"];
beforeAll(() => {
  process.env["TZ"] = "Europe/Berlin";
});
afterAll(() => {
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
});

const NOW = Date.UTC(2026, 10, 21, 9, 0, 0);
const DAY = 86_400_000;
const about = { name: "paid", show: null };

test("moments are told by the clock here, with seconds where they are near", () => {
  expect(clockTime(NOW + 3 * DAY, NOW)).toBe("2026-11-24 10:00");
  expect(clockTime(NOW + 5_000, NOW)).toBe("2026-11-21 10:00:05");
  expect(momentText(NOW + 3 * DAY - 20_000, NOW)).toBe("2026-11-24 09:59 (in 3 d)");
  expect(momentText(NOW - 300_000, NOW)).toBe("2026-11-21 09:55:00 (5 m ago)");
});

test.each([
  [5, "5 ms"],
  [1_500, "1.5 s"],
  [5_000, "5 s"],
  [90_000, "1 m 30 s"],
  [3_600_000, "1 h"],
  [3 * DAY - 20_000, "3 d"],
  [2 * DAY + 7 * 3_600_000, "2 d 7 h"],
])("%d ms are %s", (ms, words) => {
  expect(span(ms)).toBe(words);
});

test.each([
  [{ ...about, waitsFor: "answer" }, "waits for an answer"],
  [{ ...about, waitsFor: "answer", wakeAtMs: NOW + DAY }, "waits for an answer, until 2026-11-22 10:00 (in 1 d)"],
  [{ ...about, waitsFor: "signal", wakeAtMs: null }, "waits for signal paid"],
  [{ ...about, waitsFor: "signal", wakeAtMs: NOW + 3 * DAY }, "waits for signal paid, until 2026-11-24 10:00 (in 3 d)"],
  [{ ...about, waitsFor: "time", wakeAtMs: NOW + 3 * DAY }, "sleeps until 2026-11-24 10:00 (in 3 d)"],
  [{ ...about, waitsFor: "time", wakeAtMs: NOW - 3_600_000 }, "has slept until 2026-11-21 09:00 (1 h ago)"],
  [{ ...about, waitsFor: "answer", wakeAtMs: NOW - 3_600_000 }, "has waited for an answer until 2026-11-21 09:00 (1 h ago)"],
  [{ ...about, waitsFor: "approval", wakeAtMs: NOW - 3_600_000 }, "has waited for approval of paid() until 2026-11-21 09:00 (1 h ago)"],
  [{ ...about, waitsFor: "signal", wakeAtMs: NOW - 3_600_000 }, "has waited for signal paid until 2026-11-21 09:00 (1 h ago)"],
  [{ ...about, waitsFor: "signal", wakeAtMs: NOW }, "waits for signal paid, until 2026-11-21 10:00:00 (just now)"],
  [{ ...about, name: "a\u001B[31mb", waitsFor: "signal" }, "waits for signal ab"],
] as const)("%j: %s", (wait, words) => {
  expect(waitText(wait, { nowMs: NOW })).toBe(words);
});

test("of a run that waits for several things, how many of which kind, and when it goes on by itself", () => {
  const answer = { ...about, waitsFor: "answer", wakeAtMs: null } as const;
  const signal = { ...about, waitsFor: "signal", wakeAtMs: NOW + 3 * DAY } as const;
  const time = { ...about, waitsFor: "time", wakeAtMs: NOW + 2 * DAY } as const;
  const said = (pauses: Parameters<typeof waitsText>[0]["pauses"], wakeAtMs: number | null): string =>
    waitsText({ pauses, wakeAtMs }, { nowMs: NOW });
  expect(said([answer], null)).toBe("waits for an answer");
  expect(said([time], NOW + 2 * DAY)).toBe("sleeps until 2026-11-23 10:00 (in 2 d)");
  expect(said([answer, answer, signal, time], NOW + 2 * DAY)).toBe(
    "waits for 2 answers and signal paid; goes on by itself 2026-11-23 10:00 (in 2 d)",
  );
  expect(said([signal, signal], NOW + 3 * DAY)).toBe("waits for 2 signals; goes on by itself 2026-11-24 10:00 (in 3 d)");
  expect(said([time, { ...time, wakeAtMs: NOW + 9 * DAY }], NOW + 2 * DAY)).toBe("sleeps until 2026-11-23 10:00 (in 2 d)");
  expect(said([answer], NOW + DAY)).toBe("waits for an answer; goes on by itself 2026-11-22 10:00 (in 1 d)"); // the time of what is around it
  expect(said([], NOW + DAY)).toBe("sleeps until 2026-11-22 10:00 (in 1 d)"); // before another attempt
});
