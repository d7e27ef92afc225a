import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { resource, step } from "../../src/index.ts";
import type { Bad } from "./support/scene.ts";
import { ASKED, outcomeOf, start } from "./support/scene.ts";

/** What may be thrown, and what is told of it. */
const THROWN: readonly (readonly [what: string, throws: Bad, told: string])[] = [
  ["an Error", () => raise(new Error("out of paper")), "out of paper"],
  ["an Error of another class", () => raise(new RangeError("out of paper")), "out of paper"],
  ["a rejection", () => Promise.reject(new Error("out of paper")), "out of paper"],
  ["text", () => raise("out of paper"), "out of paper"],
  ["nothing", () => raise(undefined), "undefined"],
  ["null", () => raise(null), "null"],
  ["an object", () => raise({ code: 7 }), '{"code":7}'],
  ["a symbol", () => raise(Symbol("paper")), "Symbol(paper)"],
  ["a thenable that throws", () => ({ ["then"]: () => raise(new Error("out of paper")) }), "out of paper"],
  [
    "an Error with a message that throws",
    () => raise(Object.defineProperty(new Error("x"), "message", { get: () => raise(new Error("y")) })),
    "",
  ],
];

function raise(thrown: unknown): never {
  throw thrown;
}

const CODES: Readonly<Record<string, string>> = {
  step: "step_failed",
  tap: "step_failed",
  tool: "tool_failed",
  open: "resource_failed",
  onFailure: "step_failed",
};

let warnings: string[] = [];
const note = (warning: Error): void => void warnings.push(warning.message);
beforeEach(() => {
  warnings = [];
  process.on("warning", note);
});
afterEach(() => void process.off("warning", note));

describe.each(Object.entries(ASKED))("a function that throws, as %s", (where, make) => {
  test.each(THROWN)("%s: the run fails, and says where and what", async (_what, bad, told) => {
    const result = await outcomeOf(make(bad));
    expect(result).toMatchObject({
      status: "failed",
      failure: { code: CODES[where] ?? "decision_failed", message: expect.stringContaining(told) },
    });
    if (result.status !== "failed") return;
    expect(result.failure.message).toMatch(/^p\/[^\n]+$/); // one line, which begins with the place
    expect(result.failure.path).toMatch(/^p\//);
  });
});

/** What a control position takes, by what it may be given instead. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  null: null,
  "a number": 7,
  text: "yes",
  "an object": { yes: true },
  "a list": [true],
  "a promise of text": Promise.resolve("yes"),
};

/** What each control position says to what it cannot take; the others take anything. */
const REFUSED: Readonly<Record<string, { readonly takes: readonly string[]; readonly says: RegExp; readonly code: string }>> = {
  until: { takes: [], says: /returned .*, and has to return true or false$/, code: "decision_failed" },
  retryOn: { takes: [], says: /returned .*, and has to return true or false$/, code: "decision_failed" },
  validator: {
    takes: [],
    says: /returned .*, and has to return true, false or \{ ok, score, feedback \}$/,
    code: "decision_failed",
  },
  selector: { takes: [], says: /^p\/branch: there is no branch for .*; there are a\.$/, code: "branch_key_unknown" },
  moment: { takes: ["a number"], says: /returned .*, and has to return a Date, milliseconds or ISO text$/, code: "decision_failed" },
  duration: { takes: ["a number"], says: /the function that says how long returned .*\.$/, code: "decision_failed" },
  enter: { takes: [], says: /the context it begins with does not fit its schema: .*\.$/, code: "context_invalid" },
};

describe.each(Object.entries(REFUSED))("what is no answer, as %s", (where, { takes, says, code }) => {
  const make = ASKED[where];
  test.each(Object.entries(ANSWERS).filter(([what]) => !takes.includes(what)))(
    "%s is refused, in a sentence that says what was wanted",
    async (_what, answer) => {
      const result = await outcomeOf(make?.(() => answer) ?? start());
      expect(result).toMatchObject({ status: "failed", failure: { code, message: expect.stringMatching(says) } });
    },
  );
});

test.each(["5", "tomorrow", "2030-13-45", "Sat Jan 01", "1893456000000"])("the moment %s is no ISO text", async (moment) => {
  expect(await outcomeOf(start().sleepUntil("fn", () => moment))).toMatchObject({ status: "failed", failure: { code: "decision_failed" } });
});

test.each([
  ["ok", "yes"],
  ["score", "high"],
  ["score", Number.NaN],
  ["feedback", 7],
  ["feedback", ["no"]],
])("a verdict whose %s is %s is refused by that name", async (field, value) => {
  const result = await outcomeOf(ASKED["validator"]?.(() => ({ [field]: value })) ?? start());
  expect(result).toMatchObject({
    status: "failed",
    failure: { code: "decision_failed", message: expect.stringContaining(`\`${field}\``) },
  });
});

test.each(THROWN.slice(0, 9))(
  "a resource whose close throws %s changes nothing but that the process is warned once",
  async (_what, bad, told) => {
    const db = resource({ open: () => "open", close: bad });
    const program = start().step(step({ name: "fn", resources: { db }, run: (_: unknown, { resources }) => resources.db }));
    expect(await outcomeOf(program)).toMatchObject({ status: "succeeded", output: "open" });
    await new Promise(setImmediate);
    expect(warnings.filter((warning) => warning.includes("could not be closed"))).toEqual([expect.stringContaining(told)]);
  },
);

test("a failure handler that fails too is told beside the failure, each as a sentence", async () => {
  const result = await outcomeOf(ASKED["onFailure"]?.(() => raise(new Error("no line"))) ?? start());
  expect(result).toMatchObject({
    failure: {
      code: "step_failed",
      message: expect.stringMatching(/^p\/fails: as it should\. And what was to be told of it failed: .*no line$/),
    },
  });
});

test("the reasons why a quorum was missed are sentences", async () => {
  const failing = (name: string) => step(name, () => raise(new Error(`${name} is out`)));
  const result = await outcomeOf(start().parallel({ a: failing("a"), b: failing("b") }, { join: "any" }));
  expect(result).toMatchObject({
    failure: {
      code: "quorum_missed",
      message: expect.stringMatching(/too many failed\. p\/parallel\/a: a is out\. p\/parallel\/b: b is out\.$/),
    },
  });
});
