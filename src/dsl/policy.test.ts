import { describe, expect, test } from "vitest";
import { z } from "zod";
import { FlujoError } from "../base/errors.ts";
import { compile } from "../plan/compile.ts";
import type { AgentDefinition, PolicyDefinition, StepDefinition } from "../plan/definition.ts";
import { agent, definitionOf, pipeline, resource, step, tool, withPolicy } from "./index.ts";
import type { AnyStep } from "./index.ts";

const grow = step("grow", (n: number) => n + 1);
const shrink = step("shrink", (n: number) => n - 1);
const policyOf = (program: AnyStep) => definitionOf(program) as PolicyDefinition;

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

class HttpError extends Error {}
class NotFound extends HttpError {}

describe("withPolicy", () => {
  test("does nothing where nothing is said", () => {
    expect(definitionOf(withPolicy(grow, {}))).toEqual({
      kind: "policy",
      name: "grow",
      input: null,
      program: definitionOf(grow),
      retry: null,
      timeoutMs: null,
      totalTimeoutMs: null,
      validators: [],
      fallbacks: [],
      onFailure: null,
      onError: "fail",
      resources: {},
    });
  });

  test("keeps all it is told", () => {
    const check = (n: number) => n > 1;
    const onFailure = () => undefined;
    const value = () => 0;
    const lock = resource({ open: () => 1 });
    const whole = pipeline({ name: "whole", input: z.number() }).step(grow);
    const policy = policyOf(
      withPolicy(whole, {
        retry: { retries: 2, firstDelayMs: 5, jitter: "full" },
        timeoutMs: 10,
        totalTimeoutMs: 100,
        validate: [check, { name: "size", check, minScore: 0.5 }, check],
        fallback: [shrink, withPolicy(grow, { retries: 1 })],
        onFailure,
        onError: { default: value },
        resources: { lock },
      }),
    );
    expect(policy).toMatchObject({
      name: "whole",
      program: definitionOf(whole),
      retry: { maxAttempts: 3, firstDelayMs: 5, factor: 2, maxDelayMs: 10_000, jitter: "full" },
      timeoutMs: 10,
      totalTimeoutMs: 100,
      onFailure,
      onError: { default: value },
      resources: { lock: lock.definition },
    });
    expect(policy.input).not.toBeNull();
    expect(policy.validators).toEqual([
      { name: "validate", check, minScore: null },
      { name: "size", check, minScore: 0.5 },
      { name: "validate-2", check, minScore: null },
    ]);
    expect(policy.fallbacks.map(({ kind, name }) => [kind, name])).toEqual([
      ["step", "shrink"],
      ["policy", "grow"],
    ]);
    expect(
      compile(definitionOf(pipeline({ name: "p", input: z.number() }).step(withPolicy(whole, { retries: 1 })))).plan.root,
    ).toMatchObject({
      children: [{ kind: "sequence", policy: { retry: { maxAttempts: 2 } } }],
    });
  });

  test("a program is called as it was before, and its name is still its own", () => {
    expect(withPolicy(grow, { retries: 1 }).name).toBe("grow");
    expect(withPolicy(pipeline().step(grow), { retries: 1 }).name).toBeNull();
  });

  test.each<[string, object, string]>([
    ["a misspelt option", { retires: 1 }, 'the policy of "grow": there is no option "retires". Those there are: retries,'],
    ["a check that is none", { validate: "size" }, 'the policy of "grow": validate holds "size". Give a function of the output'],
    ["a list of checks that are none", { validate: [{ name: "size" }] }, "validate holds an object."],
    [
      "two checks of a name",
      {
        validate: [
          { name: "a", check: Boolean },
          { name: "a", check: Boolean },
        ],
      },
      'two validators are called "a".',
    ],
    ["a score that is none", { validate: { name: "a", check: Boolean, minScore: "1" } }, 'minScore of the validator "a" is "1".'],
    ["a misspelt part of a check", { validate: { name: "a", check: Boolean, min: 1 } }, 'there is no option "min".'],
    ["a fallback that is no program", { fallback: () => 1 }, "A function is not a program."],
    [
      "itself as a fallback",
      { fallback: [shrink, grow] },
      'the policy of "grow": its fallback is itself. Give another program, or `retries`',
    ],
    ["itself with a policy as a fallback", { fallback: withPolicy(grow, { retries: 1 }) }, "its fallback is itself."],
    ["plugins that are no list", { plugins: { name: "a", run: Boolean } }, "plugins is an object. Give a list of plugins."],
    ["a plugin that is none", { plugins: [{ name: "a" }] }, "plugins holds an object. Give what plugin() made, { name, run }"],
    ["a misspelt part of a plugin", { plugins: [{ name: "a", run: Boolean, check: 1 }] }, 'there is no option "check".'],
    ["a plugin without a name", { plugins: [{ name: "", run: Boolean }] }, "a plugin has no name."],
    [
      "two plugins of one name",
      {
        plugins: [
          { name: "a", run: Boolean },
          { name: "a", run: Boolean },
        ],
      },
      'two plugins are called "a".',
    ],
    ["redirects without plugins", { redirects: { shrink } }, "it has redirects, and no plugin that could redirect to them."],
    ["redirects beside an empty list of plugins", { plugins: [], redirects: { shrink } }, "no plugin that could redirect"],
    ["redirects that are none", { plugins: [Boolean], redirects: [shrink] }, "redirects is a list. Write them as { name: program }."],
    ["a redirect that is no program", { plugins: [Boolean], redirects: { b: () => 1 } }, 'the redirect "b" is a function.'],
    ["a redirect with a name that is none", { plugins: [Boolean], redirects: { "a/b": shrink } }, 'a redirect is called "a/b".'],
    [
      "itself as a redirect",
      { plugins: [Boolean], redirects: { grow: withPolicy(grow, { retries: 1 }) } },
      'the redirect "grow" is the program itself.',
    ],
    ["a handler that is none", { onFailure: "ignore" }, 'onFailure is "ignore". Give a function of the failure.'],
    ["another onError", { onError: "ignore" }, 'onError is "ignore". Choose "fail", or give { default: value } to go on with.'],
    ["an onError without a default", { onError: { value: 1 } }, "onError is an object."],
    ["retryOn without retries", { retryOn: ["timeout"] }, 'the policy of "grow": it has a retryOn, and no retries. Say with `retries`'],
  ])("%s is refused", (_what, options, message) => {
    expect(refusalOf(() => withPolicy(grow, options))).toContain(message);
  });

  test("options that are none are refused", () => {
    expect(refusalOf(() => withPolicy(grow, undefined as never))).toContain("withPolicy(): its options are undefined.");
  });

  test("numbers that make no sense are refused with the place, when it is compiled", () => {
    const refused = (options: object) =>
      refusalOf(() => compile(definitionOf(pipeline({ name: "p", input: z.number() }).step(withPolicy(grow, options)))));
    expect(refused({ totalTimeoutMs: -1 })).toContain("p/grow: totalTimeoutMs is -1.");
    expect(refused({ timeoutMs: Number.NaN })).toContain("p/grow: timeoutMs is NaN.");
    expect(refused({ retries: 1.5 })).toContain("p/grow: retries is 1.5.");
    expect(refused({ resources: { lock: 5 } })).toContain('p/grow: the resource "lock" is 5. Give what resource({ open, close }) made.');
  });
});

describe("retryOn", () => {
  const retryingOf = (options: object) => {
    const { retry, retryWhen } = definitionOf(step({ name: "s", run: () => 1, retries: 1, ...options })) as StepDefinition;
    return [retry?.retryOn, retryWhen];
  };

  test("is left out where nothing is said", () => {
    expect(retryingOf({})).toEqual([undefined, undefined]);
    expect(Object.keys(definitionOf(grow))).not.toContain("retryWhen");
  });

  test("keeps codes, and the names of classes", () => {
    expect(retryingOf({ retryOn: ["timeout", NotFound, TypeError] })).toEqual([["timeout", "NotFound", "TypeError"], undefined]);
  });

  test("keeps a function as it is", () => {
    const retryOn = () => true;
    expect(retryingOf({ retryOn })).toEqual(["decided", retryOn]);
  });

  test("is taken by agents, whose retries need not be said, and by tools", () => {
    const ask = agent({ name: "ask", model: "offline:extract", instructions: "", retryOn: ["rate_limited"] });
    expect((definitionOf(ask) as AgentDefinition).retry).toMatchObject({ maxAttempts: 3, retryOn: ["rate_limited"] });
    const find = tool({ name: "find", description: "", input: z.object({}), run: () => 1, retries: 1, retryOn: [HttpError] });
    expect(find.definition.retry).toMatchObject({ retryOn: ["HttpError"] });
  });

  test.each<[unknown, string]>([
    [
      ["time_out"],
      'step "s": retryOn names "time_out", which is no error code. ERRORS lists those there are; a class is given itself. Did you mean "timeout"',
    ],
    [["cancelled"], 'step "s": retryOn names "cancelled", which nothing tries again. Leave it out.'],
    [[5], "retryOn names 5, which is no error code."],
    [[Error], "retryOn names Error, which every error is."],
    [[FlujoError], "retryOn names FlujoError, whose errors are told apart by their codes. Name the codes."],
    [[() => true], "retryOn holds a function that is no class of errors with a name."],
    [[class extends Error {}], "retryOn holds a function that is no class of errors with a name."],
    [[], "retryOn is an empty list."],
    ["timeout", 'retryOn is "timeout". Give a list of error codes and error classes, or a function of the failure.'],
  ])("%j is refused", (retryOn, message) => {
    expect(refusalOf(() => retryingOf({ retryOn }))).toContain(message);
  });

  test("is refused where nothing is tried again", () => {
    expect(refusalOf(() => retryingOf({ retries: 0, retryOn: ["timeout"] }))).toContain('step "s": it has a retryOn, and no retries.');
  });
});

describe("resource", () => {
  test("is opened for each attempt, unless it says for a run, and need not be closed", () => {
    const open = () => 1;
    const close = () => undefined;
    expect(resource({ open }).definition).toEqual({ kind: "resource", open, close: null, per: "attempt" });
    expect(resource({ open, close, per: "run" }).definition).toEqual({ kind: "resource", open, close, per: "run" });
  });

  test("stands in the definitions of steps and tools under its name, the same one wherever it is declared", () => {
    const db = resource({ open: () => 1 });
    const reads = step({ name: "reads", resources: { db }, run: () => 1 });
    expect((definitionOf(reads) as StepDefinition).resources).toEqual({ db: db.definition });
    const find = tool({ name: "find", description: "", input: z.object({}), resources: { db }, run: () => 1 });
    expect(find.definition).toMatchObject({ resources: { db: db.definition } });
    expect((definitionOf(reads) as StepDefinition).resources?.["db"]).toBe(
      policyOf(withPolicy(grow, { resources: { db } })).resources["db"],
    );
  });

  test.each<[unknown, string]>([
    [undefined, "resource(): its options are undefined. Write resource({ open, close })."],
    [{ close: Boolean }, "resource(): open is undefined. Give a function that opens it."],
    [{ open: Boolean, close: 5 }, "resource(): close is 5."],
    [{ open: Boolean, per: "step" }, 'resource(): per is "step". Choose "attempt" or "run".'],
    [{ open: Boolean, shut: Boolean }, 'resource(): there is no option "shut".'],
  ])("of %j is refused", (options, message) => {
    expect(refusalOf(() => resource(options as never))).toContain(message);
  });
});
