import fc from "fast-check";
import { expect, test } from "vitest";
import { deepFreeze } from "../../base/deep-freeze.ts";
import { applyPatches } from "../../core/context/apply-patch.ts";
import { recordPatches } from "./context-draft.ts";

type Bag = Record<string, unknown>;

/** One thing that a step may do to its draft, by numbers that pick where. */
type Deed = {
  readonly what: "set" | "delete" | "push" | "pop" | "reverse" | "clear" | "splice" | "alias" | "read" | "sort" | "tick";
  readonly at: readonly number[];
  readonly value: unknown;
};

const key = fc.constantFrom("a", "b", "c");
const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.integer({ min: 0, max: 9 }),
    fc.constantFrom("x", null, true),
    fc.integer({ min: 0, max: 9 }).map((ms) => new Date(ms)),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(key, tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
}));
const deed: fc.Arbitrary<Deed> = fc.record({
  what: fc.constantFrom("set", "set", "delete", "push", "pop", "reverse", "clear", "splice", "alias", "read", "sort", "tick"),
  at: fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 4 }),
  value: anyValue,
});

/** Does the same to a draft and to a plain copy: only what both are like is looked at. */
function act(root: Bag, { what, at, value }: Deed): void {
  let place: unknown = root;
  for (const step of at) {
    const inner: unknown = Array.isArray(place) ? place[step] : Object.values(place as Bag)[step];
    if (typeof inner !== "object" || inner === null || inner instanceof Date) {
      if (what === "tick" && inner instanceof Date) inner.setTime(inner.getTime() + 100);
      break;
    }
    place = inner;
  }
  const name = ["a", "b", "c", "d"][at.at(-1) ?? 0] ?? "a";
  if (Array.isArray(place)) actOnList(place, { what, at, value: structuredClone(value) });
  else if (what === "set" || what === "push") (place as Bag)[name] = structuredClone(value);
  else if (what === "delete" || what === "clear") delete (place as Bag)[name];
  else if (what === "read") JSON.stringify(place);
  else if (what === "alias" && place !== root) root[name] = structuredClone(JSON.parse(JSON.stringify((place as Bag)["a"] ?? null)));
}

function actOnList(list: unknown[], { what, at, value }: Deed): void {
  const index = at.at(-1) ?? 0;
  if (what === "push") list.push(value);
  else if (what === "pop") list.pop();
  else if (what === "reverse") list.reverse();
  else if (what === "clear") list.length = 0;
  else if (what === "splice") list.splice(index, 1, value);
  else if (what === "delete") list.shift();
  else if (what === "sort") list.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  else if (what === "set" && index <= list.length) list[index] = value;
}

const bag = fc.dictionary(key, anyValue, { noNullPrototype: true }) as fc.Arbitrary<Bag>;

test("whatever is done to a draft, its patches turn what was before into what doing the same to a plain object gives", () => {
  const property = fc.property(bag, fc.array(deed, { maxLength: 8 }), (start, deeds) => {
    const before = deepFreeze(structuredClone(start));
    const copy = structuredClone(start);
    for (const each of deeds) act(copy, each);
    const patches = recordPatches(before, (draft) => {
      for (const each of deeds) act(draft as Bag, each);
    });
    expect(applyPatches(before, patches, {})).toEqual(copy);
    expect(before).toEqual(start);
  });
  fc.assert(property, { numRuns: 2_000 });
});

function holdsDate(value: unknown): boolean {
  if (value instanceof Date) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsDate);
}

/** A list that dates were handed out of is written as a whole, with what it said before. */
function hasListOfDates(value: unknown): boolean {
  if (typeof value !== "object" || value === null || value instanceof Date) return false;
  return Array.isArray(value) ? holdsDate(value) : Object.values(value).some(hasListOfDates);
}

test("who only looks writes nothing", () => {
  const property = fc.property(bag, (start) => {
    const looked = recordPatches(deepFreeze(structuredClone(start)), (draft) => {
      expect(JSON.stringify(draft)).toBe(JSON.stringify(start));
      expect(Object.keys(draft as Bag)).toEqual(Object.keys(start));
    });
    if (!hasListOfDates(start)) expect(looked).toEqual([]);
    expect(applyPatches(start, looked, {})).toEqual(start);
  });
  fc.assert(property, { numRuns: 500 });
});

test.each([
  [
    "set and then looked at",
    { a: { old: 1 } },
    (draft: Bag) => void ((draft["a"] = { x: 1 }), JSON.stringify(draft["a"])),
    { a: { x: 1 } },
  ],
  [
    "set and then changed further",
    { a: { old: 1 } },
    (draft: { a: Bag }) => void ((draft.a = { x: 1 }), (draft.a["y"] = 2)),
    { a: { x: 1, y: 2 } },
  ],
  [
    "changed in a list that is then cleared",
    { a: [{ x: 1 }] },
    (draft: { a: Bag[] }) => void (((draft.a[0] as Bag)["x"] = 5), (draft.a.length = 0)),
    { a: [] },
  ],
  ["a date that is turned", { a: new Date(0) }, (draft: { a: Date }) => void draft.a.setTime(5), { a: new Date(5) }],
  [
    "a map that is added to",
    { a: new Map([["x", 1]]) },
    (draft: { a: Map<string, number> }) => void draft.a.set("y", 2),
    {
      a: new Map([
        ["x", 1],
        ["y", 2],
      ]),
    },
  ],
  [
    "moved from one place to another",
    { a: { x: 1 }, b: null },
    (draft: Bag) => void ((draft["b"] = draft["a"]), delete draft["a"]),
    { b: { x: 1 } },
  ],
] as const)("a field that was %s is written as it is at the end", (_what, start, change, after) => {
  const before = structuredClone(start);
  expect(applyPatches(start, recordPatches(start, change as (draft: unknown) => void), {})).toEqual(after);
  expect(start).toEqual(before);
});
