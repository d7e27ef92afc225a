import { expect, test } from "vitest";
import { z } from "zod";
import { Flujo, pipeline, withPolicy } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import { ManualClock } from "../../src/testing/index.ts";

// A run rests while the time of a policy runs out. What was sent to it in time is found by the resume beside the deadline.

const MINUTE_MS = 60_000;

/** Checks as a schema that has to ask somebody. */
const paid = z.number().refine(async (cents) => {
  await new Promise((resolve) => setTimeout(resolve, 10));
  return cents > 0;
});

test.each([
  ["timeoutMs", { timeoutMs: MINUTE_MS }],
  ["totalTimeoutMs", { totalTimeoutMs: MINUTE_MS }],
] as const)(
  "a signal that came before the %s of a policy around its wait wins, also where both are found by a resume",
  async (_, policy) => {
    const store = memoryStore();
    const clock = new ManualClock();
    const order = withPolicy(pipeline({ name: "order" }).waitFor("paid", { schema: paid }), policy);
    const first = new Flujo({ state: store, clock });
    await clock.until(first.run(order, "order 7", { runId: "run-1" }));
    await first.signal("run-1", "paid", 700);
    await clock.until(first.close());
    await clock.until(clock.sleep(2 * MINUTE_MS));
    const second = new Flujo({ state: store, clock });
    const result = await second.resume(order, "run-1");
    expect(result).toMatchObject({ status: "succeeded", output: { signal: 700 } });
    expect(await second.result("run-1")).toMatchObject({ status: "succeeded", output: { signal: 700 } });
  },
);

test("an answer that is taken is not thrown away for a deadline that nobody has noticed yet", async () => {
  const clock = new ManualClock();
  const flujo = new Flujo({ clock });
  const review = withPolicy(pipeline({ name: "review" }).human("sign", { answer: z.string() }), { timeoutMs: MINUTE_MS, retries: 1 });
  await clock.until(flujo.run(review, "text", { runId: "run-1" }));
  await clock.until(clock.sleep(2 * MINUTE_MS));
  expect(await clock.until(flujo.answer(review, "run-1", { value: "me" }))).toMatchObject({
    status: "succeeded",
    output: { answer: "me" },
  });
});

test("a deadline that nothing was sent before still ends the wait", async () => {
  const clock = new ManualClock();
  const flujo = new Flujo({ clock });
  const order = withPolicy(pipeline({ name: "order" }).waitFor("paid", { schema: paid }), { timeoutMs: MINUTE_MS });
  await clock.until(flujo.run(order, "order 7", { runId: "run-1" }));
  await clock.until(clock.sleep(2 * MINUTE_MS));
  expect(await clock.until(flujo.resume(order, "run-1"))).toMatchObject({ status: "failed", failure: { code: "timeout" } });
});
