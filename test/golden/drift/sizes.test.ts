import { expect, test } from "vitest";
import { findCauses } from "../../../src/golden/drift/causes.ts";
import { compareGoldens } from "../../../src/golden/drift/compare.ts";
import { describe } from "../../../src/golden/drift/describe.ts";
import { plainText } from "../../../src/golden/drift/description.ts";
import type { GoldenOperation } from "../../../src/golden/golden.ts";
import { golden, operation, step } from "./support/build.ts";

async function textOf(recorded: readonly GoldenOperation[], now: readonly GoldenOperation[]): Promise<string> {
  const [cause] = findCauses(compareGoldens(golden({ operations: recorded }), golden({ operations: now })));
  if (cause === undefined) throw new Error("There is no cause.");
  return plainText(await describe(cause));
}

/** Operations whose every field counts how often it is read. */
function counted(count: number, reads: { of: number }): readonly GoldenOperation[] {
  const counting: ProxyHandler<GoldenOperation> = {
    get: (target, field, receiver): unknown => {
      reads.of++;
      return Reflect.get(target, field, receiver);
    },
  };
  return Array.from({ length: count }, (_, index) => new Proxy(step(`p/each[${index}]/work`, { index }, { index }), counting));
}

test("what is read of equal goldens grows with their operations and nothing else", () => {
  const readsFor = (count: number): number => {
    const reads = { of: 0 };
    const recorded = golden({ operations: counted(count, reads) });
    const now = golden({ operations: counted(count, reads) });
    expect(compareGoldens(recorded, now)).toEqual([]);
    return reads.of / count;
  };
  const few = readsFor(100);
  expect(readsFor(10_000)).toBe(few);
  expect(few).toBeLessThan(40);
});

test("of operations that are the very same, only where they are is read", () => {
  const reads = { of: 0 };
  const operations = counted(1_000, reads);
  expect(compareGoldens(golden({ operations }), golden({ operations: [...operations] }))).toEqual([]);
  expect(reads.of).toBeLessThan(1_000 * 10);
});

test("ten thousand differences of as many operations are as few causes as they are", () => {
  const items = (count: number, output: number) =>
    Array.from({ length: count }, (_, index) => [step(`p/each[${index}]/a`, 1, output), step(`p/each[${index}]/b`, output, 1)]).flat();
  const causes = findCauses(compareGoldens(golden({ operations: items(5_000, 1) }), golden({ operations: items(5_000, 2) })));
  expect(causes.map(({ places, follows }) => [places, follows.length])).toEqual([[5_000, 5_000]]);
  const all = findCauses(compareGoldens(golden({ operations: items(5_000, 1) }), golden({ operations: [] })));
  expect(all.map(({ head, alike }) => [head.class, alike.length])).toEqual([["missing", 9_999]]);
});

test("a thousand steps in the opposite order are one cause", () => {
  const steps = Array.from({ length: 1_000 }, (_, index) => step(`p/s${index}`, index, index));
  const causes = findCauses(compareGoldens(golden({ operations: steps }), golden({ operations: steps.toReversed() })));
  expect(causes.map(({ head }) => head.class)).toEqual(["order"]);
});

test("a renamed map of many items is one cause, though all ask the same", () => {
  const items = (name: string) => Array.from({ length: 3_000 }, (_, index) => step(`p/${name}[${index}]/work`, "same", "same"));
  const causes = findCauses(compareGoldens(golden({ operations: items("old") }), golden({ operations: items("new") })));
  expect(causes.map(({ head, alike }) => [head.class, alike.length])).toEqual([["path", 2_999]]);
});

test("values of many megabytes, of great depth and in circles are told on a page", async () => {
  const long = "x".repeat(5_000_000);
  const words = "All work and no play makes a dull text. ".repeat(100_000);
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level++) deep = { in: [deep] };
  const circle: { self?: unknown; n: number } = { n: 1 };
  circle.self = circle;
  const pairs: readonly (readonly [unknown, unknown])[] = [
    [long, `${long.slice(0, 4_000_000)}y${long.slice(4_000_000)}`],
    [words, words.replaceAll("dull", "fine")],
    [deep, { in: [deep] }],
    [circle, { ...circle, n: 2 }],
    [Array.from({ length: 100_000 }, (_, n) => n), Array.from({ length: 90_000 }, (_, n) => -n)],
    [Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`field${n}`, n])), {}],
    [new Map([["a", new Uint8Array(1_000_000)]]), new Map([["a", new Uint8Array(2)]])],
  ];
  for (const [was, is] of pairs) {
    const text = await textOf([step("p/a", 1, was)], [step("p/a", 1, is)]);
    expect(text.length).toBeLessThan(25_000);
    expect(text.split("\n").length).toBeLessThan(80);
    expect(text).toMatch(/^ {4}[-+] /m);
  }
});

test("how much was left out is said", async () => {
  const was = `${"a".repeat(3_000)}b${"c".repeat(3_000)}`;
  const text = await textOf([step("p/a", 1, was)], [step("p/a", 1, was.replace("b", "d"))]);
  expect(text.match(/\(2,867 characters\) …/g)).toHaveLength(2);
  expect(text.match(/… \(2,734 more characters\)/g)).toHaveLength(2);
  expect(text).toMatch(/^ {4}- a+bc+$/m);
  expect(text).toMatch(/^ {4}\+ a+dc+$/m);
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThan(120);
});

test("an item that came into a list is one line, and not all behind it", async () => {
  const list = ["one", "two", "three", "four"].map((name) => ({ name, price: 1 }));
  const text = await textOf([step("p/a", 1, { list })], [step("p/a", 1, { list: list.toSpliced(1, 0, { name: "new", price: 2 }) })]);
  expect(text.match(/^ {4}[-+].*/gm)).toEqual(['    + list[1]: { name: "new", price: 2 }']);
});

test("paths of great length, twice the same, and with nothing in them are compared all the same", () => {
  const deep = `p${"/x".repeat(20_000)}`;
  const one = [operation("step", deep), operation("step", deep), operation("step", ""), operation("step", "p//[[#")];
  expect(compareGoldens(golden({ operations: one }), golden({ operations: [...one] }))).toEqual([]);
  const causes = findCauses(compareGoldens(golden({ operations: one }), golden({ operations: one.slice(1) })));
  expect(causes.map(({ head }) => head.class)).toEqual(["missing"]);
});
