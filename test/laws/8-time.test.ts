import { expect, test } from "vitest";
import { pipeline, step } from "../../src/index.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { outcomesOf } from "./support/comparable.ts";
import { Lab, RUN } from "./support/lab.ts";

const START = Date.UTC(2030, 0, 1);

test("law 8, time: outcomes carry when they started and when they were consumed, by the runtime's clock", async () => {
  const lab = new Lab();
  const clock = new ManualClock(START);
  const wait = (name: string, ms: number) => step(name, () => clock.sleep(ms));
  const result = await clock.until(lab.flujo({ clock }).run(pipeline({ name: "p" }).step(wait("a", 10)).step(wait("b", 30)), "in", RUN));
  expect(outcomesOf(await lab.journal())).toMatchObject([
    { key: "p/a", startedAtMs: START, atMs: START + 10 },
    { key: "p/b", startedAtMs: START + 10, atMs: START + 40 },
  ]);
  expect(result.steps).toMatchObject([
    { startedAtMs: START, latencyMs: 10 },
    { startedAtMs: START + 10, latencyMs: 30 },
  ]);
});

test("law 8, time: a resumed run keeps the times that were recorded, however late it is", async () => {
  const lab = new Lab();
  const early = new ManualClock(START);
  const program = (clock: ManualClock) =>
    pipeline({ name: "p" })
      .step("a", () => clock.sleep(10))
      .step("b", () => clock.sleep(5));
  const { flujo, crashed } = lab.doomed(1, { clock: early });
  await early.until(Promise.race([flujo.run(program(early), "in", RUN), crashed]));
  const late = new ManualClock(START + 86_400_000);
  const result = await late.until(lab.flujo({ clock: late }).resume(program(late), RUN.runId));
  expect(result.steps).toMatchObject([
    { startedAtMs: START, latencyMs: 10 },
    { startedAtMs: START + 10, latencyMs: 86_400_000 + 5 - 10 },
  ]);
});

test("law 8, time: the delay before a retry is a field of the operation: it grows by the factor up to the bound, and no sooner is it tried", async () => {
  const lab = new Lab();
  const clock = new ManualClock(START);
  const flaky = step({
    name: "flaky",
    retry: { retries: 4, firstDelayMs: 100, factor: 3, maxDelayMs: 500 },
    run: (): never => {
      lab.note(String(clock.now() - START));
      throw new Error("no");
    },
  });
  const result = await clock.until(lab.flujo({ clock }).run(pipeline({ name: "p" }).step(flaky), "in", RUN));
  expect(result).toMatchObject({ status: "failed", steps: [{ attempts: 5, latencyMs: 1_400 }] });
  expect(lab.log.filter((line) => /^\d/.test(line))).toEqual(["0", "100", "400", "900", "1400"]);
});

test("law 8, time: an attempt that takes too long is a recorded failure that may be tried again, and its late result is nobody's", async () => {
  const lab = new Lab();
  const clock = new ManualClock(START);
  const slow = step({
    name: "slow",
    timeoutMs: 50,
    retry: { retries: 1, firstDelayMs: 0 },
    run: async (_: string, { attempt, signal }) => {
      await clock.sleep(attempt === 1 ? 80 : 20);
      lab.note(`attempt ${attempt} ends, ${String(signal.reason)}`);
      return attempt;
    },
  });
  const flujo = lab.flujo({ clock });
  const result = await clock.until(
    flujo.run(
      pipeline({ name: "p" })
        .step(slow)
        .step("after", (n: number) => clock.sleep(100).then(() => n)),
      "in",
      RUN,
    ),
  );
  expect(result).toMatchObject({ status: "succeeded", output: 2 });
  expect(outcomesOf(await lab.journal())).toMatchObject([
    { key: "p/slow", outcome: { status: "failed", failure: { code: "timeout", retryable: true } }, atMs: START + 50 },
    { key: "p/slow#2", outcome: { status: "succeeded", value: 2 } },
    { key: "p/after" },
  ]);
  expect(lab.log).toContain("attempt 1 ends, timeout");
});
