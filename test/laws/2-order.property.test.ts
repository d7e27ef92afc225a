import fc from "fast-check";
import { expect, test } from "vitest";
import type { Entry } from "../../src/model/entry.ts";
import { comparable, decisionsOf, outcomesOf, withoutTimes } from "./support/comparable.ts";
import { anySpec } from "./support/random-pipeline.ts";
import type { Circumstances, Interruption, Part, Simulated } from "./support/simulate.ts";
import { simulate } from "./support/simulate.ts";

const RUNS = 200;
/** Of those that crash once at every commit. */
const RUNS_OF_ALL = 25;

const jitter = fc.array(fc.nat({ max: 7 }), { minLength: 1, maxLength: 8 });
const interruption: fc.Arbitrary<Interruption> = fc.oneof(
  fc.record({ kind: fc.constant("crash" as const), commit: fc.nat({ max: 25 }) }),
  fc.record({ kind: fc.constant("close" as const), afterMs: fc.nat({ max: 30 }) }),
);
const circumstances: fc.Arbitrary<Circumstances> = fc.record({
  interruptions: fc.array(interruption, { minLength: 1, maxLength: 3 }),
  jitter,
  pick: fc.nat({ max: 5 }),
  isHasty: fc.boolean(),
});

/** Paths that a process called a function for although their outcome lay before it in the journal. */
function calledAgain(parts: readonly Part[]): readonly string[] {
  return parts.flatMap(({ found, called }) => {
    const known = new Set(outcomesOf(found).map(({ key }) => String(key)));
    return called.filter((path) => known.has(path));
  });
}

/** What a journal has twice, and must not. */
function twice(journal: readonly Entry[]): readonly string[] {
  const keys = [...outcomesOf(journal), ...decisionsOf(journal)].map(({ key }) => String(key));
  const intents = journal.filter(({ type }) => type === "operation-intended").map(({ key }) => `intent ${key}`);
  const all = [...keys, ...intents];
  return all.filter((key, index) => all.indexOf(key) !== index);
}

function told({ result, journal }: Simulated): object {
  return { result: withoutTimes(result), journal: comparable(journal) };
}

test("law 2, order: crashed right after any one of its commits, with completion orders shuffled, the resumed run equals the undisturbed one", {
  timeout: 120_000,
}, async () => {
  const property = fc.asyncProperty(anySpec({ mayFail: false, humans: true }), jitter, fc.nat({ max: 5 }), async (spec, shuffled, pick) => {
    const calm = await simulate(spec, { interruptions: [] });
    const commits = calm.parts[0]?.commits ?? 0;
    for (let commit = 0; commit < commits; commit++) {
      const run = await simulate(spec, { interruptions: [{ kind: "crash", commit }], jitter: shuffled, pick });
      expect(told(run)).toEqual(told(calm));
      expect(calledAgain(run.parts)).toEqual([]);
    }
  });
  await fc.assert(property, { numRuns: RUNS_OF_ALL });
});

test("law 2, order: after crashes and closes at any point, whatever is pending when, the resumed run equals the undisturbed one", {
  timeout: 120_000,
}, async () => {
  const property = fc.asyncProperty(anySpec({ mayFail: false, humans: true }), circumstances, async (spec, disturbed) => {
    const calm = await simulate(spec, { interruptions: [] });
    expect(calm.result.status).toBe("succeeded");
    const run = await simulate(spec, disturbed);
    expect(told(run)).toEqual(told(calm));
    expect(calledAgain(run.parts)).toEqual([]);
    expect(twice(run.journal)).toEqual([]);
  });
  await fc.assert(property, { numRuns: RUNS });
});

test("law 2, order: whatever fails, whoever loses a race and whenever it is called off, a recorded run gives the same result again from its journal alone", {
  timeout: 120_000,
}, async () => {
  const cancel = fc.option(fc.nat({ max: 20 }), { freq: 3 });
  const property = fc.asyncProperty(
    anySpec({ mayFail: true, humans: true }),
    circumstances,
    cancel,
    async (spec, disturbed, cancelAfterMs) => {
      const run = await simulate(spec, { ...disturbed, cancelAfterMs });
      expect(run.read).toEqual(run.result);
      expect(calledAgain(run.parts)).toEqual([]);
      expect(twice(run.journal)).toEqual([]);
    },
  );
  await fc.assert(property, { numRuns: RUNS });
});

test("law 2, order: seq goes up in the order of commits, and every entry below a done frame lies between its bounds", {
  timeout: 120_000,
}, async () => {
  const property = fc.asyncProperty(anySpec({ mayFail: true, humans: false }), circumstances, async (spec, disturbed) => {
    const { journal } = await simulate(spec, disturbed);
    expect(journal.map(({ seq }) => seq)).toEqual(journal.map(({ seq }) => seq).toSorted((a, b) => a - b));
    const places = [...outcomesOf(journal), ...decisionsOf(journal)];
    for (const done of journal) {
      if (done.type !== "frame-done") continue;
      const below = places.filter(({ key }) => key.startsWith(`${done.key}/`) || key.startsWith(`${done.key}[`));
      expect(below.filter(({ seq }) => seq < done.fromSeq || seq > done.seq)).toEqual([]);
    }
  });
  await fc.assert(property, { numRuns: RUNS });
});
