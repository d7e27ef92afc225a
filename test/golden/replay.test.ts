import { expect, test } from "vitest";
import { z } from "zod";
import type { AnyStep } from "../../src/dsl/program.ts";
import { checkGolden } from "../../src/golden/check.ts";
import { recordGolden } from "../../src/golden/record.ts";
import { Flujo, pipeline, step } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import { goldenOf, replayed } from "./support/golden-of.ts";
import type { Shape } from "./support/shapes.ts";
import { MORE_SHAPES } from "./support/more-shapes.ts";
import { SHAPES } from "./support/shapes.ts";

const ALL = Object.entries({ ...SHAPES, ...MORE_SHAPES });
const line = (name: string) => pipeline({ name, input: z.string() });
const inMs = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms));

// Runs with real time, in which this or that is quicker, read as goldens; and what the same code makes of those, at once.

/** Until it has ended, with people who agree; who is late is late. */
async function runToItsEnd(flujo: Flujo, { program, input = "in", cancelsAfterMs, approves = { decision: "approve" } }: Shape) {
  const going = flujo.run(program, input as never, { runId: "r" });
  if (cancelsAfterMs !== undefined) {
    await inMs(cancelsAfterMs);
    await flujo.cancel("r", "enough");
  }
  let result = await going;
  while (result.status === "paused") {
    const [pause] = result.pauses;
    const { name = "", id = "", waitsFor = "time" } = pause ?? {};
    if (waitsFor === "time" || name === "late") {
      await inMs(40);
      result = await flujo.resume(program, "r");
    } else result = await flujo.answer(program, "r", { pause: id, value: waitsFor === "approval" ? approves : true });
  }
  return result;
}

test.each(ALL.filter(([, make]) => make().isRecorded !== true))(
  "%s: the code makes the very same golden of its answers",
  async (_name, make) => {
    const shape = make();
    const store = memoryStore();
    await using flujo = new Flujo({ state: store, holdMs: 0 });
    const result = await runToItsEnd(flujo, shape);
    const golden = await goldenOf(store, "r", result.context);
    expect(golden.operations.length).toBeGreaterThan(0);
    expect(golden.operations.some(({ nth }) => nth !== null)).toBe(shape.isRace === true);
    expect(await replayed(shape.program, golden)).toEqual(golden);
  },
);

test("a run of thousands of operations is recorded to its end", async () => {
  const program = Array.from({ length: 1_500 }, (_, at) => step(`s${at}`, (value: string) => value)).reduce<AnyStep>(
    (before, next) => (before as ReturnType<typeof line>).step(next),
    line("long"),
  );
  const golden = await recordGolden(program, "in" as never, { redact: false });
  expect(golden.operations).toHaveLength(1_500);
  expect(golden.result).toMatchObject({ status: "succeeded", output: "in" });
});

test("a loop that does not end any more ends the check, which says so", { timeout: 20_000 }, async () => {
  const turns = (until: (value: string) => boolean) =>
    line("p").loop(
      step("a", (value: string) => value),
      { until },
    );
  const golden = await recordGolden(
    turns(() => true),
    "in",
    { redact: false },
  );
  const { level, now } = await checkGolden(
    turns(() => false),
    golden,
  );
  expect(level).toBe("fail");
  expect(now.result).toMatchObject({ status: "cancelled", reason: expect.stringContaining("it does not end") });
});

test("a function that wants to reach a network is an error, also where it keeps that to itself", async () => {
  const asks = step("asks", async (value: string) => {
    const answer = await fetch("http://127.0.0.1:45999/").catch(() => null);
    return answer === null ? value : "answered";
  });
  const recording = recordGolden(line("p").step(asks), "in");
  await expect(recording).rejects.toMatchObject({
    code: "offline",
    summary: "p/asks wanted to reach 127.0.0.1:45999; while a golden is recorded or checked, the network is closed for functions.",
  });
});
