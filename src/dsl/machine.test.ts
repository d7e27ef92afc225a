import { describe, expect, test } from "vitest";
import { compile } from "../plan/compile.ts";
import type { Step } from "./index.ts";
import { definitionOf, machine, pipeline, step } from "./index.ts";

/** The builder with its types taken off. */
const loose = machine as unknown as (options: object) => Step<unknown, unknown>;

const same = step("same", (value: string) => value);
const good = {
  name: "m",
  initial: "a",
  states: { a: same, b: same },
  on: [
    { from: "a", to: "b" },
    { from: "b", to: "done" },
  ],
  ends: ["done"],
  maxHops: 3,
};

/** What is said of a machine that differs from a good one in this. */
function refused(different: object): string {
  try {
    compile(definitionOf(pipeline({ name: "p" }).step(loose({ ...good, ...different }))));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("It is taken.");
}

test("a good one compiles", () => {
  expect(() => compile(definitionOf(loose(good)))).not.toThrow();
});

describe("a machine that cannot run is refused before it does", () => {
  test.each<[string, object]>([
    ['p/m: there is no state "c" to begin in. Those that have a program: a, b.', { initial: "c" }],
    ['p/m: "done", in which it begins, has no program.', { initial: "done" }],
    ["p/m: it has no ends. Name the states it ends in", { ends: [] }],
    ['p/m: ends is "done".', { ends: "done" }],
    ["p/m: maxHops is 0. Give a whole number of at least 1.", { maxHops: 0 }],
    ["p/m: maxHops is undefined.", { maxHops: undefined }],
    ['p/m, transition 3: there is no state "reveiw".', { on: [...good.on, { from: "reveiw", to: "b" }] }],
    [
      'p/m, transition 3: there is no state "dnoe". Those there are: a, b, done. Did you mean',
      { on: [...good.on, { from: "a", to: "dnoe" }] },
    ],
    ['p/m, transition 3: it leads out of "done", which is an end.', { on: [...good.on, { from: "done", to: "a" }] }],
    ["p/m, transition 1: it leads out of no state.", { on: [{ from: [], to: "b" }, ...good.on] }],
    ['p/m: nothing says where it goes from "b".', { on: [{ from: "a", to: "b" }], ends: ["b2", "done"] }],
    [
      'p/m: nothing says where it goes from "b".',
      {
        on: [
          { from: "a", to: "b" },
          { from: "b", when: "failure", to: "done" },
        ],
      },
    ],
    [
      'p/m: no transition leads to "b".',
      {
        on: [
          { from: "a", to: "done" },
          { from: "b", to: "done" },
        ],
      },
    ],
    ['p/m: no transition leads to "other".', { ends: ["done", "other"] }],
    [
      'p/m: no end can be reached from "b".',
      {
        on: [
          { from: "a", if: () => true, to: "done" },
          { from: "a", to: "b" },
          { from: "b", to: "b" },
        ],
      },
    ],
    ["p/m, transition 3: it is never taken: those before it always are.", { on: [...good.on, { from: "*", to: "done" }] }],
    [
      "p/m, transition 4: it is never taken",
      { on: [...good.on, { from: "*", when: "failure", to: "done" }, { from: "a", when: ["timeout"], to: "b" }] },
    ],
    ['p/m, transition 3: `when` names "timout", which is no error code.', { on: [...good.on, { from: "a", when: "timout", to: "b" }] }],
    ['p/m, transition 3: `when` names "pause", which is no error code.', { on: [...good.on, { from: "a", when: "pause", to: "b" }] }],
    [
      'p/m, transition 3: `when` names "cancelled", which nothing catches.',
      { on: [...good.on, { from: "a", when: ["cancelled"], to: "b" }] },
    ],
    ["p/m, transition 3: `when` is an empty list.", { on: [...good.on, { from: "a", when: [], to: "b" }] }],
    ["p/m, transition 1: if is 3", { on: [{ from: "a", if: 3, to: "done" }, ...good.on] }],
    ['machine "m", transition 1: there is no option "when2".', { on: [{ from: "a", when2: "x", to: "b" }] }],
    ['machine "m", transition 1: it is "a".', { on: ["a"] }],
    ['machine "m": `on` is undefined.', { on: undefined }],
    ['machine "m": there is no option "start".', { start: "a" }],
    ['a state is called "*"', { states: { a: same, b: same, "*": same } }],
  ])("%s", (sentence, different) => {
    expect(refused(different)).toContain(sentence);
  });
});
