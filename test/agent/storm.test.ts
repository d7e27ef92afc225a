import { APICallError } from "@ai-sdk/provider";
import { expect, test } from "vitest";
import { agent, pipeline } from "../../src/index.ts";
import { ManualClock, scriptedModel } from "../../src/testing/index.ts";
import { Lab, RUN } from "../laws/support/lab.ts";

const CALLS = 20;
const WINDOW_MS = 1_000;
const PER_WINDOW = 4;

/** What a provider says that takes four calls a second: to come back after the second is over. */
function tooMany(retryAfterMs = WINDOW_MS): Error {
  const about = { message: "Too many requests", url: "http://model", requestBodyValues: {}, statusCode: 429, isRetryable: true };
  return new APICallError({ ...about, responseHeaders: { "retry-after-ms": String(retryAfterMs) } });
}

test("a storm of 429 over 20 parallel calls settles: nobody comes back before the time, nor all at the same", async () => {
  const clock = new ManualClock();
  const flujo = new Lab().flujo({ clock });
  await flujo.run(agent({ name: "first", model: scriptedModel(["ok"]), instructions: "" }), ""); // what calls models is loaded with the first call, which takes real time
  const beganMs = clock.now();
  const arrivals: number[] = [];
  const refusals = new Map<string, number[]>();
  const model = scriptedModel(({ lastUserText }) => {
    const atMs = clock.now() - beganMs;
    const windowStart = Math.floor(atMs / WINDOW_MS) * WINDOW_MS;
    const taken = arrivals.filter((at) => at >= windowStart).length;
    arrivals.push(atMs);
    if (taken < PER_WINDOW) return `served ${lastUserText}`;
    refusals.set(lastUserText, [...(refusals.get(lastUserText) ?? []), atMs]);
    return tooMany();
  });
  const ask = agent({ name: "ask", model, instructions: "", retry: { retries: 12, firstDelayMs: 500, maxDelayMs: 8_000 } });
  const program = pipeline({ name: "p" })
    .step("list", () => Array.from({ length: CALLS }, (_, index) => `call ${index}`))
    .map(ask, { concurrency: CALLS });
  const running = flujo.run(program, null, RUN);
  const isOver = running.then(() => true);
  const soon = () => new Promise<false>((resolve) => setImmediate(resolve, false));
  for (let step = 0; step < 20_000 && !(await Promise.race([isOver, soon()])); step++) {
    await soon();
    await soon();
    await clock.advance(50);
  }
  expect(await running).toMatchObject({ status: "succeeded" });

  const again = [...refusals].flatMap(([said, times]) => times.map((at) => ({ said, at })));
  expect(again.length).toBeGreaterThan(CALLS - PER_WINDOW - 1);
  const first = arrivals.slice(0, CALLS);
  expect(Math.max(...first)).toBe(0); // the storm: all at once
  const second = arrivals.slice(CALLS, CALLS + CALLS - PER_WINDOW);
  expect(Math.min(...second)).toBeGreaterThanOrEqual(WINDOW_MS); // retry-after is the least
  expect(new Set(second).size).toBeGreaterThan(5); // and they do not come as a herd (times are looked at every 50 ms)
  const perInstant = new Map<number, number>();
  for (const at of arrivals.slice(CALLS)) perInstant.set(at, (perInstant.get(at) ?? 0) + 1);
  expect(Math.max(...perInstant.values())).toBeLessThanOrEqual(6);
  expect(arrivals.length).toBeLessThan(CALLS * 5);
});

test("a run that is cancelled while it waits for its next attempt ends at once, and makes none", async () => {
  const clock = new ManualClock();
  const model = scriptedModel([tooMany(), "never"]);
  const controller = new AbortController();
  const running = new Lab()
    .flujo({ clock })
    .run(agent({ name: "a", model, instructions: "" }), "in", { ...RUN, signal: controller.signal });
  while (model.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  controller.abort();
  expect(await running).toMatchObject({ status: "cancelled" });
  await clock.advance(60_000);
  expect(model.calls).toHaveLength(1);
});

test("a provider that asks to be left alone for a year is not asked again, and the failure says why", async () => {
  const model = scriptedModel([tooMany(365 * 86_400_000), "never"]);
  const result = await new Lab().flujo().run(agent({ name: "a", model, instructions: "" }), "in", RUN);
  expect(result).toMatchObject({
    status: "failed",
    failure: { code: "rate_limited", message: expect.stringContaining("longer than 5 minutes, so it was not tried again") },
  });
  expect(model.calls).toHaveLength(1);
});
