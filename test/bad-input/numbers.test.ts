import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { AnyStep } from "../../src/index.ts";
import { Flujo, pipeline, step, withPolicy } from "../../src/index.ts";
import { ManualClock } from "../../src/testing/index.ts";

/** Options as a file without types would give them. */
interface Loose {
  readonly timeoutMs?: unknown;
  readonly [option: string]: unknown;
}

const id = step("id", (value: unknown) => value);
const start = pipeline({ name: "p" });
const loose = <T>(options: Loose): T => options as T;

type Place = readonly [name: string, make: (bad: unknown) => AnyStep];

/** Where milliseconds can be given, and what is no time there. */
const TIMES: readonly Place[] = [
  ["timeoutMs of a step", (bad) => step(loose<{ name: "id"; run: () => number }>({ name: "id", run: () => 1, timeoutMs: bad }))],
  ["timeoutMs of a policy", (bad) => withPolicy(id, loose<object>({ timeoutMs: bad }))],
  ["totalTimeoutMs of a policy", (bad) => withPolicy(id, loose<object>({ totalTimeoutMs: bad }))],
  ["timeoutMs of a question", (bad) => start.human("id", loose<{ answer: z.ZodString }>({ answer: z.string(), timeoutMs: bad }))],
  ["timeout of a question", (bad) => start.human("id", loose<{ answer: z.ZodString }>({ answer: z.string(), timeout: bad }))],
  ["timeoutMs of a wait", (bad) => start.waitFor("id", loose<{ schema: z.ZodString }>({ schema: z.string(), timeoutMs: bad }))],
  ["a sleep", (bad) => start.sleep("id", bad as number)],
  ["a delay", (bad) => withPolicy(id, { retry: loose<{ retries: number }>({ retries: 1, firstDelayMs: bad }) })],
  ["the longest delay", (bad) => withPolicy(id, { retry: loose<{ retries: number }>({ retries: 1, maxDelayMs: bad }) })],
];

const NO_TIME: readonly (readonly [string, unknown])[] = [
  ["below zero", -1],
  ["NaN", Number.NaN],
  ["minus infinity", Number.NEGATIVE_INFINITY],
  ["beyond all dates", 1e300],
  ["no words for a time", "soon"],
  ["an empty text", ""],
  ["an object", {}],
  ["a list", []],
  ["true", true],
  ["a bigint", 5n],
  ["a symbol", Symbol("five")],
];

/** Where a whole number of at least 1 is wanted. */
const COUNTS: readonly Place[] = [
  ["maxIterations", (bad) => start.loop(id, loose<{ maxIterations: number }>({ maxIterations: bad }))],
  ["maxIterations beside an until", (bad) => start.loop(id, loose<{ until: () => boolean }>({ until: () => true, maxIterations: bad }))],
  ["a quorum", (bad) => start.parallel({ id, other: id }, { join: bad as number })],
  ["a concurrency", (bad) => start.parallel({ id }, { concurrency: bad as number })],
];

const NO_COUNT: readonly (readonly [string, unknown])[] = [...NO_TIME, ["zero", 0], ["half", 0.5], ["a number as text", "5"]];

async function refusal(make: () => AnyStep): Promise<unknown> {
  await using flujo = new Flujo({ clock: new ManualClock() });
  try {
    return await flujo.check(make());
  } catch (error) {
    return error;
  }
}

/** One refusal, in one sentence that names the place, and what to do about it. */
const REFUSED = {
  name: "FlujoError",
  code: "pipeline_invalid",
  summary: expect.stringMatching(/^[^\n]*\b(id|loop|parallel)\b[^\n]*\.$/),
  remedy: expect.stringMatching(/\.$/),
};

describe("no time", () => {
  test.each(TIMES.flatMap(([place, make]) => NO_TIME.map(([what, bad]) => ({ place, what, make, bad }))))(
    "$place: $what is refused",
    async ({ make, bad }) => expect(await refusal(() => make(bad))).toMatchObject(REFUSED),
  );
});

describe("no count", () => {
  test.each(COUNTS.flatMap(([place, make]) => NO_COUNT.map(([what, bad]) => ({ place, what, make, bad }))))(
    "$place: $what is refused",
    async ({ make, bad }) => expect(await refusal(() => make(bad))).toMatchObject(REFUSED),
  );

  test("a quorum of more branches than there are is refused", async () => {
    expect(await refusal(() => start.parallel({ id, other: id }, { join: 3 }))).toMatchObject(REFUSED);
  });

  test.each([{}, { next: (value: unknown) => value }, { onExhausted: "return" }])(
    "a loop that nothing ends is refused: %o",
    async (options) => {
      expect(await refusal(() => start.loop(id, options as never))).toMatchObject({
        ...REFUSED,
        summary: expect.stringContaining("nothing ends it"),
      });
    },
  );
});

describe("the options of a Flujo", () => {
  test.each([
    ["graceMs", -1],
    ["graceMs", Number.NaN],
    ["graceMs", Number.POSITIVE_INFINITY],
    ["graceMs", 2_147_483_648], // such a timer would go off at once
    ["graceMs", "5s"],
    ["holdMs", -1],
    ["holdMs", Number.NaN],
    ["holdMs", "1 day"],
    ["maxLiveRuns", 0],
    ["maxLiveRuns", 1.5],
  ])("%s: %s is refused, by its name", (option, value) => {
    expect(() => new Flujo({ [option]: value })).toThrow(
      expect.objectContaining({ code: "usage_invalid", summary: expect.stringContaining(option) }),
    );
  });

  test("to hold a run for ever, and to give no grace at all, is none of that", async () => {
    await using flujo = new Flujo({ holdMs: Number.POSITIVE_INFINITY, graceMs: 0 });
    expect(await flujo.run(id, 1)).toMatchObject({ output: 1 });
  });
});
