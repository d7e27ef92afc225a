import { afterAll, describe, expect, test } from "vitest";
import type { AnyStep, Pause } from "../../src/index.ts";
import { tally } from "../kill/evidence.ts";
import { comparable, withoutTimes } from "../laws/support/comparable.ts";
import type { Answered, Order } from "./support/answered-run.ts";
import { answeredRun, Ground, WAYS } from "./support/answered-run.ts";
import type { Around } from "./support/places.ts";
import { ASKS, lineOf, PLACES, programOf, severalAtOnce } from "./support/places.ts";

const ground = new Ground();
afterAll(() => ground[Symbol.dispose]());

/** Every order of up to three things; of more, which come in rounds, the same by their first three. */
const ORDERS: readonly (readonly number[])[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

function inOrder(permutation: readonly number[]): Order {
  return (pauses) => permutation.flatMap((index) => pauses[index] ?? []);
}

/** What holds of every run that was answered, however it was. */
function expectAnswered({ result, effects, pauses }: Answered, at: string): void {
  expect(result, at).toMatchObject({ status: "succeeded" });
  const twice = Object.entries(tally(effects)).filter(([line, count]) => count > 1 && line !== "a selector");
  expect(twice, `${at}: what was done twice`).toEqual([]);
  expect(effects.filter((line) => line.includes(" has ")).toSorted(), `${at}: which answer reached which place`).toEqual(
    pauses.map(lineOf).toSorted(),
  );
  expect(
    effects.filter((line) => line.endsWith("/wrong")),
    `${at}: the branch that was not taken`,
  ).toEqual([]);
}

/** The journal without the order in which signals were taken, and with selectors asked as often as they were. */
function told({ journal }: Answered): readonly unknown[] {
  return comparable(journal.filter(({ type }) => type !== "signal-taken"));
}

const names = Object.keys(PLACES) as (keyof typeof PLACES)[];

describe.each(Object.keys(ASKS) as (keyof typeof ASKS)[])("a run that asks %s", (asks) => {
  describe.each(names)("inside: %s", (name) => {
    const around: Around = PLACES[name];
    test.each([1, 2, 3])(
      "%i at once: answered in any order, by anybody, each answer reaches the place that asked, and nothing is done again",
      async (count) => {
        const program = programOf(around(severalAtOnce(ASKS[asks], count)));
        const orders = count === 1 ? ORDERS.slice(0, 1) : count === 2 ? [ORDERS[0], ORDERS[2]] : ORDERS;
        const first = await answeredRun(ground, program, { way: WAYS[0], order: inOrder(ORDERS[0] ?? []) });
        expect(first.most, "open at once").toBeGreaterThanOrEqual(count);
        for (const way of WAYS) {
          for (const order of orders) {
            const at = `${name}, ${count} at once, ${String(order)}, ${way}`;
            const answered = await answeredRun(ground, program, { way, order: inOrder(order ?? []) });
            expectAnswered(answered, at);
            expect(tally(answered.effects), at).toEqual(tally(first.effects));
            expect(withoutTimes(answered.result), at).toEqual(withoutTimes(first.result));
            expect(told(answered), at).toEqual(told(first));
          }
        }
      },
    );
  });
});

describe("a run that asks inside of anything inside of anything", () => {
  test.each(names)("inside: %s", async (outer) => {
    for (const inner of names) {
      const program: AnyStep = programOf(PLACES[outer](PLACES[inner](severalAtOnce(ASKS["a person"], 2))));
      for (const way of WAYS) {
        const backwards: Order = (pauses: readonly Pause[]) => pauses.toReversed();
        expectAnswered(await answeredRun(ground, program, { way, order: backwards }), `${outer}, ${inner}, ${way}`);
      }
    }
  });
});
