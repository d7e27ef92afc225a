import { expect, test } from "vitest";
import { z } from "zod";
import type { Entry, ToUndo } from "../../src/index.ts";
import { pipeline, saga, step, withPolicy } from "../../src/index.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { comparable, outcomesOf } from "./support/comparable.ts";
import { Lab, RUN } from "./support/lab.ts";

const order = z.object({ cents: z.number().default(1) });

/** Bookings in a sequence, a map, a race, an inner saga and a program with a context of its own; then something that fails for good. */
function trip(done: string[], clock: ManualClock) {
  const undo = (what: string, ms = 1) =>
    step(`undo ${what}`, async ({ input, output }: ToUndo, { idempotencyKey }) => {
      await clock.sleep(ms);
      done.push(`${idempotencyKey} undoes ${String(output)} of ${String(input)}`);
    });
  const book = (what: string, ms: (value: unknown) => number = () => 1) =>
    step(what, async (value: unknown, { idempotencyKey }): Promise<string> => {
      await clock.sleep(ms(value));
      done.push(`${idempotencyKey} of ${String(value)}`);
      return what;
    });
  const flaky = step("late", (_: ToUndo, { attempt }) => {
    if (attempt < 2) throw new Error("not yet");
    done.push("undone at the second attempt");
  });
  const rooms = pipeline({ name: "rooms" })
    .step("list", () => [3, 1])
    .map(
      pipeline()
        .step(
          book("room", (n) => Number(n) * 10),
          { compensate: undo("room") },
        )
        .step(
          book("key", (n) => 7 * String(n).length),
          { compensate: undo("key") },
        ),
    );
  const inner = saga(pipeline({ name: "car" }).step(book("car"), { compensate: undo("car") }));
  const paid = pipeline({ name: "paid", context: order }).step(book("payment"), { compensate: undo("payment") });
  const program = pipeline({ name: "trip" })
    .step(book("flight"), { compensate: withPolicy(flaky, { retry: { retries: 1, firstDelayMs: 1 } }) })
    .step(rooms)
    .step(inner)
    .step(paid, { context: {} })
    .parallel(
      {
        quick: book("quick", () => 3),
        slow: pipeline()
          .step(book("slow"), { compensate: undo("slow") })
          .step("never", () => clock.sleep(100_000)),
      },
      { join: "any" },
    )
    .step("fail", (): string => {
      throw new Error("nothing works");
    });
  return pipeline({ name: "p", input: z.string() }).step(saga(program));
}

/** The journal in words, and the order in which things were undone left out: what is done again after a cut is done later. */
function told(entries: readonly Entry[]): unknown {
  return JSON.parse(JSON.stringify(comparable(entries)), (key, value: unknown) =>
    key === "compensated" ? (value as string[]).toSorted() : value,
  );
}

/** When each of the things had been done that were undone, in the order in which they were undone. */
function momentsOfTheUndone(entries: readonly Entry[]): readonly number[] {
  const outcomes = outcomesOf(entries).filter(({ outcome }) => outcome.status === "succeeded");
  const doneAt = new Map(outcomes.map(({ key, atMs }) => [String(key), atMs]));
  return outcomes.flatMap(({ key }) => {
    const [, undone] = /^(.*)\/compensate(?:#\d+)?$/.exec(key) ?? [];
    return undone === undefined ? [] : [doneAt.get(undone) ?? Number.NaN];
  });
}

test("a saga that is cut off at any commit ends as one that nothing happened to, and does and undoes each thing under the same key", {
  timeout: 60_000,
}, async () => {
  const clock = new ManualClock();
  const undisturbed = new Lab();
  const expected: string[] = [];
  const whole = await clock.until(undisturbed.flujo({ clock }).run(trip(expected, clock), "in", RUN));
  expect(whole).toMatchObject({ status: "failed", failure: { code: "step_failed", message: expect.stringContaining("nothing works") } });
  expect(expected).toMatchInlineSnapshot(`
    [
      "run-1:p/trip/run/flight of in",
      "run-1:p/trip/run/rooms/map[1]/room of 1",
      "run-1:p/trip/run/rooms/map[0]/room of 3",
      "run-1:p/trip/run/rooms/map[1]/key of room",
      "run-1:p/trip/run/rooms/map[0]/key of room",
      "run-1:p/trip/run/car/run/car of key,key",
      "run-1:p/trip/run/paid/inner/payment of car",
      "run-1:p/trip/run/parallel/slow/slow of payment",
      "run-1:p/trip/run/parallel/quick of payment",
      "run-1:p/trip/run/parallel/slow/slow/compensate undoes slow of payment",
      "run-1:p/trip/run/paid/inner/payment/compensate undoes payment of car",
      "run-1:p/trip/run/car/run/car/compensate undoes car of key,key",
      "run-1:p/trip/run/rooms/map[0]/key/compensate undoes key of room",
      "run-1:p/trip/run/rooms/map[1]/key/compensate undoes key of room",
      "run-1:p/trip/run/rooms/map[0]/room/compensate undoes room of 3",
      "run-1:p/trip/run/rooms/map[1]/room/compensate undoes room of 1",
      "undone at the second attempt",
    ]
  `);
  const journal = told(await undisturbed.journal());
  const commits = undisturbed.log.length;
  for (let last = 0; last < commits; last++) {
    const lab = new Lab();
    const done: string[] = [];
    const { flujo, crashed } = lab.doomed(last, { clock });
    const going = flujo.run(trip(done, clock), "in", RUN);
    const came = await clock.until(Promise.race([going, crashed]));
    if (came !== "crashed") continue;
    const before = done.length;
    const resumed = await clock.until(lab.flujo({ clock }).resume(trip(done, clock), RUN.runId));
    expect(resumed.status === "failed" ? resumed.failure : resumed, `cut at commit ${last}, ${before} things done`).toEqual(
      whole.status === "failed" ? whole.failure : null,
    );
    const entries = await lab.journal();
    expect(told(entries), `cut at commit ${last}`).toEqual(journal);
    const undoneAt = momentsOfTheUndone(entries);
    expect(undoneAt.length).toBeGreaterThan(7);
    expect(undoneAt, `cut at commit ${last}`).toEqual(undoneAt.toSorted((a, b) => b - a));
    expect(new Set(done), `cut at commit ${last}`).toEqual(new Set(expected));
  }
});
