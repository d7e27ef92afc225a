import { describe, expect, test } from "vitest";
import { z } from "zod";
import { recordGolden } from "../../src/golden/record.ts";
import { pipeline, saga, step } from "../../src/index.ts";

// What a recording does with functions: for real, and once more to see that it does the same.

/** A trip that is undone, and how often its functions have run. */
function trip(say: () => string) {
  const ran: string[] = [];
  const note = (name: string): void => void ran.push(name);
  const book = step({ name: "book", effect: "once", run: (text: string) => (note("book"), text) });
  const tell = step("tell", (text: string) => (note("tell"), `${text} ${say()}`));
  const release = step("release", () => note("release"));
  const fail = step("fail", (text: string): string => {
    throw new RangeError(`${text} is full`);
  });
  const program = saga(pipeline({ name: "trip", input: z.string() }).step(book, { compensate: release }).step(tell).step(fail));
  return { program, times: (name: string) => ran.filter((each) => each === name).length };
}

describe("a recording", () => {
  test("runs what has an effect once, and other functions, compensations too, twice", async () => {
    const { program, times } = trip(() => "told");
    const { result } = await recordGolden(program, "in");
    expect(result.status).toBe("failed");
    expect([times("book"), times("tell"), times("release")]).toEqual([1, 2, 2]);
  });

  test("looks a third time where a function gave something else, and refuses what does so each time", async () => {
    let said = 0;
    const { program, times } = trip(() => `told ${said++}`);
    await expect(recordGolden(program, "in")).rejects.toMatchObject({ code: "golden_unsettled" });
    expect([times("book"), times("tell")]).toEqual([1, 3]);
  });
});
