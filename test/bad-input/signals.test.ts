import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { Flujo, pipeline, step } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { RUN_ID } from "../semantics/support/stage.ts";

const Paid = z.object({ cents: z.number() });
const program = pipeline({ name: "p" })
  .human("ask", { answer: z.string() })
  .waitFor("paid", { schema: Paid })
  .step("done", ({ signal }) => signal.cents);

let warnings: string[] = [];
const note = (warning: Error): void => void warnings.push(warning.message);
beforeEach(() => {
  warnings = [];
  process.on("warning", note);
});
afterEach(() => void process.off("warning", note));

async function waiting() {
  const clock = new ManualClock();
  const flujo = new Flujo({ state: memoryStore(), clock });
  await clock.until(flujo.run(program, "in", { runId: RUN_ID }));
  return { flujo, clock };
}

test("a signal that nobody waits for yet is kept, and whoever sends it is told so", async () => {
  const { flujo, clock } = await waiting();
  expect(await flujo.signal(RUN_ID, "paid", { cents: 5 })).toMatchObject({ isAwaited: false, status: "paused" });
  expect(await flujo.signal(RUN_ID, "ask", "yes")).toMatchObject({ isAwaited: true });
  expect(await clock.until(flujo.resume(program, RUN_ID))).toMatchObject({ status: "succeeded", output: 5 });
});

test("one that nothing in the program ever waits for is refused, naming what there is", async () => {
  const { flujo } = await waiting();
  await expect(flujo.signal(RUN_ID, "piad", { cents: 5 })).rejects.toMatchObject({
    code: "pause_not_found",
    message: expect.stringContaining("paid"),
  });
});

test("one of the wrong shape is refused where it is waited for, in a sentence that says what is wrong with it", async () => {
  const { flujo } = await waiting();
  await expect(flujo.signal(RUN_ID, "ask", 7)).rejects.toMatchObject({
    code: "answer_invalid",
    summary: expect.stringMatching(/^The signal "ask" does not fit what is waited for at p\/ask: .+\.$/),
  });
  expect(await flujo.find(RUN_ID)).toMatchObject({ status: "paused", pauses: [{ id: "p/ask" }] });
});

test("one of the wrong shape that came early is dropped when it is its turn, the process is warned, and the next one counts", async () => {
  const { flujo, clock } = await waiting();
  const early = pipeline({ name: "q" })
    .human("ask", { answer: z.string() })
    .waitFor("paid", { schema: z.object({ cents: z.number().refine((cents) => cents > 0, "not above zero") }) });
  await clock.until(flujo.run(early, "in", { runId: "run-2" }));
  await flujo.signal("run-2", "paid", { cents: -5 });
  await flujo.signal("run-2", "paid", { cents: 5 });
  const result = await clock.until(flujo.answer(early, "run-2", { value: "go" }));
  expect(result).toMatchObject({ status: "succeeded", output: { signal: { cents: 5 } } });
  await new Promise(setImmediate);
  expect(warnings).toEqual([expect.stringMatching(/run-2 has dropped the signal "paid": .*not above zero/)]);
});

test.each([
  ["a function", () => 1],
  ["a symbol", Symbol("s")],
  ["an instance of a class", new (class Account {})()],
])("one that brings %s, which cannot be stored, is refused", async (_what, value) => {
  const { flujo } = await waiting();
  await expect(flujo.signal(RUN_ID, "paid", value)).rejects.toMatchObject({ name: "FlujoError" });
  expect(await flujo.find(RUN_ID)).toMatchObject({ status: "paused" });
});

test.each([
  ["no name", ""],
  ["a name that is none", 7],
])("one with %s is refused", async (_what, name) => {
  const { flujo } = await waiting();
  await expect(flujo.signal(RUN_ID, name as string, 1)).rejects.toMatchObject({ code: "usage_invalid" });
});

test("one to a run that there is not, or that has ended, is refused by that", async () => {
  const flujo = new Flujo({ clock: new ManualClock() });
  await expect(flujo.signal("run-9", "paid", 1)).rejects.toMatchObject({ code: "run_not_found" });
  await flujo.run(
    step("one", () => 1),
    "in",
    { runId: RUN_ID },
  );
  await expect(flujo.signal(RUN_ID, "paid", 1)).rejects.toMatchObject({ code: "usage_invalid", details: { status: "succeeded" } });
});
