import fc from "fast-check";
import { expect, test } from "vitest";
import { findCauses } from "../../../src/golden/drift/causes.ts";
import { compareGoldens } from "../../../src/golden/drift/compare.ts";
import { causeToJson, describe } from "../../../src/golden/drift/describe.ts";
import { plainText } from "../../../src/golden/drift/description.ts";
import { sameValue } from "../../../src/golden/drift/same-value.ts";
import type { Golden, GoldenAgent, GoldenOperation, GoldenResponse } from "../../../src/golden/golden.ts";
import { NO_USAGE } from "../../../src/model/usage.ts";
import { agent, failed, golden, nodePath, operation, succeeded } from "./support/build.ts";

const value = fc.jsonValue({ maxDepth: 2 });
const name = fc.constantFrom("a", "b", "c", "draft", "turn", "tool");
const token = fc.oneof(
  name,
  fc.nat(3).map((index) => `each[${index}]`),
  name.map((each) => `${each}#2`),
  fc.nat(2).map((index) => `ask/turn[${index}]`),
);
const path = fc.array(token, { minLength: 1, maxLength: 4 }).map((tokens) => ["p", ...tokens].join("/"));

const response: fc.Arbitrary<GoldenResponse | null> = fc.oneof(
  fc.tuple(value, fc.array(value, { maxLength: 2 })).map(([gave, writes]) =>
    succeeded(
      gave,
      writes.map((wrote) => ({ op: "set", path: ["field"], value: wrote })),
    ),
  ),
  fc.constantFrom("step_failed" as const, "cancelled" as const).map((code) => failed("p", { code })),
  fc.constant(null),
  fc.nat(100).map((inputTokens): GoldenResponse => ({ ...succeeded(1), usage: { ...NO_USAGE, inputTokens } })),
);

const anOperation: fc.Arbitrary<GoldenOperation> = fc.oneof(
  fc.tuple(path, value, response).map(([at, input, came]) => operation("step", at, { request: { input }, response: came })),
  fc
    .tuple(path, value, response)
    .map(([at, of, came]) => operation("decide", `${at}/?key`, { about: "key", request: { value: of }, response: came })),
  fc
    .tuple(path, value, response)
    .map(([at, text, came]) => operation("model", `${at}/turn[0]`, { request: { added: [{ role: "user", text }] }, response: came })),
  fc
    .tuple(path, value, response)
    .map(([at, input, came]) => operation("tool", `${at}/turn[0]/tool[0]`, { request: { tool: "t", input }, response: came })),
  fc
    .tuple(path, value, response)
    .map(([at, show, came]) => operation("human", `${at}/ask`, { waitsFor: "answer", request: { show }, response: came })),
);

/** Nothing is asserted of their meaning: any operations in any order, as a file edited by hand may have them. */
const aGolden: fc.Arbitrary<Golden> = fc
  .record({
    operations: fc.uniqueArray(anOperation, { selector: (each) => each.path, maxLength: 12 }),
    agents: fc.dictionary(
      path,
      fc.string().map((instructions): GoldenAgent => agent({ instructions })),
      { maxKeys: 2 },
    ),
    input: value,
    context: value,
    result: value.map((output): Golden["result"] => ({ status: "succeeded", output, context: {}, continued: false })),
    events: fc.array(
      fc.string().map((reason): Golden["events"][number] => ({ type: "cancel-requested", reason, nth: 1 })),
      { maxLength: 2 },
    ),
  })
  .map(golden);

test("a golden has nothing in which it differs from itself, nor from its copy", () => {
  fc.assert(
    fc.property(aGolden, (one) => {
      expect(compareGoldens(one, one)).toEqual([]);
      expect(compareGoldens(one, structuredClone(one))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

type Mutation = (one: Golden, at: number) => Golden | null;

/** Changes one operation; null where there is none. */
function onOne(change: (operation: GoldenOperation) => GoldenOperation | null): Mutation {
  return (one, at) => {
    const { operations } = one;
    if (operations.length === 0) return null;
    const index = at % operations.length;
    const changed = operations.flatMap((each, position) => (position === index ? (change(each) ?? []) : [each]));
    return { ...one, operations: changed };
  };
}

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  input: (one) => ({ ...one, input: { was: one.input } }),
  context: (one) => ({ ...one, context: { was: one.context } }),
  seed: (one) => ({ ...one, seed: `${one.seed}!` }),
  clock: (one) => ({ ...one, startsAtMs: one.startsAtMs + 1 }),
  model: (one) => ({ ...one, model: "other:model" }),
  thread: (one) => ({ ...one, thread: "other" }),
  usage: (one) => ({ ...one, usage: { ...one.usage, inputTokens: one.usage.inputTokens + 1 } }),
  cost: (one) => ({ ...one, cost: { kind: "unknown" } }),
  event: (one) => ({ ...one, events: [...one.events, { type: "cancel-requested", reason: "another", nth: 2 }] }),
  ended: (one) => ({ ...one, result: { status: "stopped", context: one.result.context } }),
  "context at the end": (one) => ({ ...one, result: { ...one.result, context: { was: one.result.context } } }),
  "new agent": (one) => ({ ...one, agents: { ...one.agents, [nodePath("p/new")]: agent() } }),
  "other agent": (one) => {
    const [first] = Object.entries(one.agents);
    return first === undefined ? null : { ...one, agents: { ...one.agents, [first[0]]: { ...first[1], model: "other:model" } } };
  },
  removed: onOne(() => null),
  renamed: onOne((each) => ({ ...each, path: operation(each.kind, `${each.path}-`).path })),
  asked: onOne((each) => ({ ...each, request: { ...each.request, more: 1 } })),
  answered: onOne((each) => ({ ...each, response: succeeded({ was: each.response }) })),
  wrote: onOne((each) => ({
    ...each,
    response: { status: "succeeded", value: 1, writes: [{ op: "delete", path: ["other", each.path] }] },
  })),
  spent: onOne((each) => (each.response === null ? null : { ...each, response: { ...each.response, cost: { kind: "unknown" } } })),
  kind: onOne((each) => ({ ...each, kind: "sleep", about: null })),
  added: (one, at) => ({
    ...one,
    operations: one.operations.toSpliced(at % (one.operations.length + 1), 0, operation("step", "p/entirely/new")),
  }),
};

const mutated = fc
  .tuple(aGolden, fc.constantFrom(...Object.keys(MUTATIONS)), fc.nat(20))
  .map(([one, how, at]) => ({ one, how, other: MUTATIONS[how]?.(one, at) ?? null }))
  .filter(({ other }) => other !== null);

test("one change, whatever it is, never goes unseen", () => {
  fc.assert(
    fc.property(mutated, ({ one, other }) => {
      if (other === null) return;
      expect(compareGoldens(one, other)).not.toEqual([]);
      expect(compareGoldens(other, one)).not.toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});

test("steps that run one after the other never change places unseen", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(50), { minLength: 2, maxLength: 8 }), fc.nat(), (numbers, at) => {
      const steps = numbers.map((n) => operation("step", `p/s${n}`, { request: { input: n } }));
      const index = at % (steps.length - 1);
      const swapped = steps.toSpliced(index, 2, ...steps.slice(index, index + 2).reverse());
      const drifts = compareGoldens(golden({ operations: steps }), golden({ operations: swapped }));
      expect(drifts.map((drift) => drift.class)).toEqual(["order"]);
    }),
  );
});

test("every difference is in exactly one cause, whatever the rules are", () => {
  const level = fc.constantFrom("fail" as const, "warn" as const, "ignore" as const);
  const rules = fc.record({
    levels: level,
    paths: fc.array(fc.record({ path: fc.constantFrom("p/*", "**/a", "p/each[*]/**"), levels: level })),
  });
  fc.assert(
    fc.property(aGolden, aGolden, rules, (one, other, levels) => {
      const drifts = compareGoldens(one, other);
      const causes = findCauses(drifts, levels);
      const told = causes.flatMap(({ head, alike, follows, ignored }) => [head, ...alike, ...follows, ...ignored]);
      expect(told.length).toBe(drifts.length);
      expect(new Set(told)).toEqual(new Set(drifts));
      const order = causes.map((cause) => ["fail", "warn", "ignore"].indexOf(cause.level));
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }),
    { numRuns: 500 },
  );
});

test("every cause has words, and its JSON is JSON", async () => {
  await fc.assert(
    fc.asyncProperty(aGolden, aGolden, async (one, other) => {
      for (const cause of findCauses(compareGoldens(one, other))) {
        const description = await describe(cause, { file: "g.yaml" });
        const text = plainText(description);
        expect(text).not.toMatch(/undefined|\[object/);
        expect(text.split("\n").length).toBeLessThan(80);
        const json = causeToJson(cause, description);
        expect(sameValue(JSON.parse(JSON.stringify(json)), json)).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});
