import { describe, expect, test } from "vitest";
import { z } from "zod";
import { FlujoError } from "../base/errors.ts";
import { childrenOf } from "../model/plan-nodes.ts";
import { compile } from "../plan/compile.ts";
import type { Definition, SequenceDefinition, SleepDefinition } from "../plan/definition.ts";
import { versionOfCode } from "../plan/fingerprint.ts";
import { definitionOf, pipeline, step, withPolicy } from "./index.ts";
import type { AnyStep } from "./index.ts";

const DAY_MS = 86_400_000;
const grow = step("grow", (n: number) => n + 1);
const numbers = pipeline({ name: "p", input: z.number() });
const about = { context: {}, initialPrompt: "" };

function onlyMemberOf(program: AnyStep): Definition {
  const [member, ...more] = (definitionOf(program) as SequenceDefinition).children;
  expect(more).toEqual([]);
  return member as Definition;
}

/** What a call is refused with. */
function refusalOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (FlujoError.is(error, "pipeline_invalid")) return error.message;
    throw error;
  }
  throw new Error("It was not refused.");
}

describe("each method makes its definition", () => {
  test("loop", () => {
    const until = (n: number) => n > 3;
    const next = (n: number) => n;
    const output = (n: number) => [n];
    expect(onlyMemberOf(numbers.loop(grow, { name: "again", until, maxIterations: 5, onExhausted: "return", next, output }))).toEqual({
      kind: "loop",
      name: "again",
      body: definitionOf(grow),
      until,
      maxIterations: 5,
      onExhausted: "return",
      next,
      output,
    });
    expect(onlyMemberOf(numbers.loop(grow, { maxIterations: 2 }))).toEqual({
      kind: "loop",
      name: null,
      body: definitionOf(grow),
      until: null,
      maxIterations: 2,
      onExhausted: null,
      next: null,
      output: null,
    });
  });

  test("sleep: in words, in milliseconds, until a date", () => {
    const wakeOf = (program: AnyStep) => (onlyMemberOf(program) as SleepDefinition).wake;
    expect(onlyMemberOf(numbers.sleep("nap", "3 days"))).toEqual({ kind: "sleep", name: "nap", wake: { afterMs: 3 * DAY_MS } });
    expect(wakeOf(numbers.sleep("nap", "1.5h"))).toEqual({ afterMs: 5_400_000 });
    expect(wakeOf(numbers.sleep("nap", 0))).toEqual({ afterMs: 0 });
    expect(wakeOf(numbers.sleepUntil("nap", new Date(5)))).toEqual({ atMs: 5 });
  });

  test("sleep by a function, whose words are made milliseconds; what changes its version is its own text", async () => {
    const fixed = () => "2 minutes";
    const late = async (n: number) => (n > 1 ? `${n} days` : n);
    const [one, other] = [numbers.sleep("nap", fixed), numbers.sleep("nap", late)].map((program) => {
      const { wake } = onlyMemberOf(program) as SleepDefinition;
      if (!("decide" in wake)) throw new Error("It should be a function.");
      expect(wake.gives).toBe("duration");
      return wake.decide;
    });
    if (one === undefined || other === undefined) throw new Error("There should be two.");
    expect(one(1, about)).toBe(120_000);
    expect(await other(2, about)).toBe(2 * DAY_MS);
    expect(await other(1, about)).toBe(1);
    expect([versionOfCode(one), versionOfCode(other)]).toEqual([versionOfCode(fixed), versionOfCode(late)]);
  });

  test("a function of a sleep that says no duration fails as a decision, and is told what it said", async () => {
    const decided = (said: unknown) => {
      const { wake } = onlyMemberOf(numbers.sleep("nap", () => said as number)) as SleepDefinition;
      return () => ("decide" in wake ? wake.decide(1, about) : null);
    };
    for (const said of ["soon", "", -1, Number.NaN, null, new Date()]) {
      expect(decided(said), String(said)).toThrow('sleep "nap": the function that says how long returned');
    }
    await expect(decided(Promise.resolve("-3 days"))()).rejects.toMatchObject({ code: "decision_failed" });
  });

  test("sleepUntil by a function, as it is", () => {
    const moment = () => "2031-01-01T00:00:00Z";
    expect(onlyMemberOf(numbers.sleepUntil("nap", moment))).toEqual({
      kind: "sleep",
      name: "nap",
      wake: { decide: moment, gives: "moment" },
    });
  });

  test("waitFor, without an end and with each of its ends", () => {
    const schema = z.string();
    const ofSignal = { kind: "signal", name: "paid", schema };
    expect(onlyMemberOf(numbers.waitFor("paid", { schema }))).toEqual({ ...ofSignal, limit: null });
    const limitOf = (options: object) => onlyMemberOf(numbers.waitFor("paid", { schema, ...options }));
    expect(limitOf({ timeoutMs: 5 })).toEqual({ ...ofSignal, limit: { timeoutMs: 5, otherwise: "fail" } });
    expect(limitOf({ timeout: "3 days", default: "" })).toEqual({
      ...ofSignal,
      limit: { timeoutMs: 3 * DAY_MS, otherwise: { default: "" } },
    });
    expect(limitOf({ timeout: "1h", default: null })).toMatchObject({ limit: { otherwise: { default: null } } });
    expect(limitOf({ timeoutMs: 0, onTimeout: grow })).toEqual({
      ...ofSignal,
      limit: { timeoutMs: 0, otherwise: { program: definitionOf(grow) } },
    });
  });

  test("human takes the same ends, and has none where nothing is said", () => {
    const answer = z.boolean();
    expect(onlyMemberOf(numbers.human("ok", { answer }))).toEqual({ kind: "human", name: "ok", show: null, answer });
    expect(onlyMemberOf(numbers.human("ok", { answer, timeout: "1d", default: false }))).toMatchObject({
      limit: { timeoutMs: DAY_MS, otherwise: { default: false } },
    });
  });

  test("parallel says its join where it is not all of them", () => {
    const joinOf = (options: object) => (onlyMemberOf(numbers.parallel({ grow }, options)) as { readonly join?: unknown }).join;
    expect([joinOf({}), joinOf({ join: "all" }), joinOf({ join: "any" }), joinOf({ join: 1 })]).toEqual([undefined, undefined, "any", 1]);
  });

  test("tap, with a function and with a program", () => {
    const run = (n: number) => n;
    expect(onlyMemberOf(numbers.tap("log", run, { onError: "ignore" }))).toMatchObject({
      kind: "tap",
      name: "log",
      onError: "ignore",
      program: { kind: "step", name: "log", run },
    });
    expect(onlyMemberOf(numbers.tap(grow))).toEqual({ kind: "tap", name: null, onError: "fail", program: definitionOf(grow) });
  });

  test("step with options: the context is inside, the policy around it", () => {
    const inner = pipeline({ name: "inner", input: z.number(), context: z.object({ n: z.number().default(0) }) }).step(grow);
    const enter = () => ({ n: 1 });
    expect(onlyMemberOf(numbers.step(inner, { context: { in: enter } }))).toEqual({
      kind: "nested",
      name: "inner",
      input: (definitionOf(inner) as SequenceDefinition).input,
      program: definitionOf(inner),
      enter,
      leave: null,
    });
    expect(onlyMemberOf(numbers.step(inner, { retries: 1, context: {} }))).toMatchObject({
      kind: "policy",
      name: "inner",
      retry: { maxAttempts: 2 },
      program: { kind: "nested", program: definitionOf(inner) },
    });
    expect(onlyMemberOf(numbers.step(grow, {}))).toBe(definitionOf(grow));
    expect(onlyMemberOf(numbers.step(grow, { timeoutMs: 5 }))).toEqual(definitionOf(withPolicy(grow, { timeoutMs: 5 })));
  });

  test("and all of them compile to the nodes they say", () => {
    const all = numbers
      .loop(grow, { maxIterations: 2 })
      .sleep("nap", "1s")
      .waitFor("paid", { schema: z.string(), timeout: "1h", onTimeout: grow })
      .parallel({ one: step("one", () => 1), two: step("two", () => 2) }, { join: "any" })
      .tap("log", () => 1)
      .step(
        step("last", () => 1),
        { retries: 1 },
      );
    expect(childrenOf(compile(definitionOf(all)).plan.root).map(({ kind, segment }) => [kind, segment])).toEqual([
      ["loop", "loop"],
      ["sleep", "nap"],
      ["signal", "paid"],
      ["parallel", "parallel"],
      ["tap", "log"],
      ["step", "last"],
    ]);
  });
});

describe("misuse is refused at once, in one sentence with its place and what to do", () => {
  const schema = z.string();
  const loose = numbers as unknown as Readonly<Record<string, (...given: readonly unknown[]) => unknown>>;
  const call = (method: string, ...given: readonly unknown[]) => refusalOf(() => loose[method]?.(...given));

  test.each<[string, readonly unknown[], string]>([
    ["loop", [grow, {}], "loop(): nothing ends it. Give `until`, a function that says when it is enough, or `maxIterations`."],
    ["loop", [grow, { name: "again", onExhausted: "return" }], 'loop "again": nothing ends it.'],
    ["loop", [grow, { maxIteration: 3 }], 'loop(): there is no option "maxIteration". Those there are: name, until, maxIterations,'],
    ["loop", [grow], "loop(): its options are undefined. Give them as an object: { name, until,"],
    [
      "sleep",
      ["nap", "soon"],
      'sleep "nap": the duration is "soon". That is no time: give words like "3 days", "2h" or "30s", or a number',
    ],
    ["sleep", ["nap", -5], 'sleep "nap": the duration is -5.'],
    ["sleep", ["nap", Number.POSITIVE_INFINITY], 'sleep "nap": the duration is Infinity.'],
    ["sleep", ["nap", "-3 days"], 'sleep "nap": the duration is "-3 days".'],
    ["sleep", ["nap", ""], 'sleep "nap": the duration is "".'],
    ["sleep", ["nap", new Date()], 'sleep "nap": the duration is a Date.'],
    ["sleepUntil", ["nap", new Date("soon")], 'sleepUntil "nap": the moment is a Date that is none. Give a Date, or a function'],
    ["sleepUntil", ["nap", "2031-01-01"], 'sleepUntil "nap": the moment is "2031-01-01". Give a Date, or a function'],
    [
      "waitFor",
      ["paid", { schema, default: "x" }],
      'waitFor "paid": it has a default, and no timeout. Say when: timeout: "3 days", or timeoutMs.',
    ],
    ["waitFor", ["paid", { schema, onTimeout: grow }], 'waitFor "paid": it has an onTimeout, and no timeout.'],
    ["waitFor", ["paid", { schema, timeoutMs: 5, default: "", onTimeout: grow }], 'waitFor "paid": it has a default and an onTimeout.'],
    ["waitFor", ["paid", { schema, timeoutMs: 5, timeout: "1h" }], 'waitFor "paid": it has a timeoutMs and a timeout.'],
    ["waitFor", ["paid", { schema, timeoutMs: -5 }], 'waitFor "paid": timeoutMs is -5.'],
    ["waitFor", ["paid", { schema, timeout: "ever" }], 'waitFor "paid": timeout is "ever".'],
    ["waitFor", ["paid", { schema, timeOut: "1h" }], 'waitFor(): there is no option "timeOut".'],
    ["human", ["ok", { answer: schema, default: "x" }], 'human "ok": it has a default, and no timeout.'],
    ["human", ["ok", { answer: schema, timeoutMS: 5 }], 'human(): there is no option "timeoutMS".'],
    ["parallel", [{ grow }, { join: "any", onFailure: "ignore" }], 'parallel(): it has join: "any" and onFailure: "ignore". Leave one of'],
    ["parallel", [{ grow }, { name: "both", join: 1, onFailure: "ignore" }], 'parallel "both": it has join: 1 and onFailure: "ignore".'],
    ["tap", [grow, { onFailure: "ignore" }], 'tap(): there is no option "onFailure".'],
    ["step", [grow, { retires: 2 }], 'step "grow": there is no option "retires". Those there are: retries,'],
    ["step", [grow, "twice"], 'step "grow": its options are "twice".'],
    ["step", [grow, { context: {} }], 'step "grow": a program without a context of its own has no context to map.'],
  ])("%s(%j)", (method, given, message) => {
    expect(call(method, ...given)).toContain(message);
  });

  test("what only the whole shows is refused when it is compiled", () => {
    const refused = (program: AnyStep) => refusalOf(() => compile(definitionOf(program)));
    expect(refused(numbers.loop(grow, { maxIterations: 0 }))).toContain("p/loop: maxIterations is 0. Give a whole number of at least 1.");
    expect(refused(numbers.parallel({ grow }, { join: 2 }))).toContain("p/parallel: join is 2.");
    expect(refused(numbers.waitFor("paid", { schema: 5 as never }))).toContain("p/paid: schema is 5, not a schema.");
    expect(refused(numbers.tap(grow, { onError: "shrug" as never }))).toContain('p/tap: onError is "shrug".');
  });

  test("a context is mapped beside a policy, not below one", () => {
    const inner = pipeline({ name: "inner", input: z.number(), context: z.object({ n: z.number().default(0) }) }).step(grow);
    expect(refusalOf(() => numbers.step(withPolicy(inner, { retries: 1 }), { context: {} }))).toContain(
      'step "inner": what withPolicy() made has no context to map. Map that of a pipeline({ context }), and give the policy beside it.',
    );
    expect(refusalOf(() => numbers.step(inner, { context: { into: () => ({}) } as never }))).toContain('there is no option "into"');
    expect(refusalOf(() => numbers.step(inner, { context: { in: { n: 1 } } as never }))).toContain("context.in is an object.");
  });
});
