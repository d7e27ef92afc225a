import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { AnyStep, Step } from "./index.ts";
import { agent, background, cached, defineKind, definitionOf, machine, pipeline, refine, saga, search, step, withPolicy } from "./index.ts";
import { planOf } from "../runner/plan-of.ts";
import { FlujoError } from "../base/errors.ts";
import { nodesIn } from "../model/plan-nodes.ts";

const text = z.string();
const shout = step("shout", (value: string) => value.toUpperCase());
const loose = defineKind as (options: unknown) => (options?: unknown) => AnyStep;

function refusal(run: () => unknown): FlujoError {
  try {
    run();
  } catch (error) {
    if (FlujoError.is(error)) return error;
    throw error;
  }
  throw new Error("It was not refused.");
}

describe("a kind is refused", () => {
  test.for([
    ["no options", undefined, "defineKind(): its options are undefined."],
    ["an option that there is not", { kind: "k", expand: () => shout, captain: 1 }, 'there is no option "captain"'],
    ["no name", { expand: () => shout }, "defineKind(): it has no `kind`."],
    ["a name with a space", { kind: "my kind", expand: () => shout }, 'its kind is called "my kind".'],
    ["a name of 65 letters", { kind: "k".repeat(65), expand: () => shout }, "its kind is called"],
    ["the name of a kind of node", { kind: "loop", expand: () => shout }, 'its kind is called "loop", which is built in.'],
    ["that name in other letters", { kind: "AgenticLOOP", expand: () => shout }, 'its kind is called "AgenticLOOP", which is built in.'],
    ["a word of drawings", { kind: "Join", expand: () => shout }, "which is built in."],
    ["nothing to expand it", { kind: "k" }, "the kind k: expand is undefined, not a function."],
    ["a program instead of a function", { kind: "k", expand: shout }, "the kind k: expand is an object, not a function."],
    ["a schema that is none", { kind: "k", expand: () => shout, schema: {} }, "the kind k: schema is an object, not a schema."],
    [
      "a caption that is no function",
      { kind: "k", expand: () => shout, caption: "3 rounds" },
      'the kind k: caption is "3 rounds", not a function.',
    ],
  ] as const)("with %s", ([, options, says]) => {
    const error = refusal(() => loose(options));
    expect(error.code).toBe("pipeline_invalid");
    expect(error.summary).toContain(says);
  });
});

describe("what a kind is given", () => {
  const schema = z.strictObject({ deep: z.object({ list: z.array(z.int()) }), word: z.string() });
  const made = defineKind({ kind: "made", schema, expand: () => shout }) as (options?: unknown) => AnyStep;

  test("is refused where it does not fit, with every place and message", () => {
    const error = refusal(() => made({ deep: { list: [1, "2"] }, wort: "x" }));
    expect(error.summary).toMatch(/^made\(\): deep\.list\[1\]: .*number.*; word: .*; Unrecognized key: "wort"\.$/);
    expect(error.details).toMatchObject({ path: "made()", issues: [{ at: "deep.list[1]" }, { at: "word" }, { at: "" }] });
    expect(refusal(() => made()).summary).toMatch(/^made\(\): .*expected object/);
  });

  test("may be left out where every option has a default", () => {
    const times = defineKind({ kind: "times", schema: z.object({ n: z.int().default(2) }), expand: ({ n }) => step(`x${n}`, () => n) });
    expect([times().name, times({ n: 3 }).name]).toEqual(["x2", "x3"]);
    expect(refusal(() => times(null as never)).summary).toMatch(/^times\(\): .*expected object/);
  });

  test("is refused where the schema itself fails, now or later, and nothing is left behind that nobody catches", async () => {
    const broken = {
      "~standard": {
        version: 1,
        vendor: "own",
        validate: (): never => {
          throw new Error("no luck");
        },
      },
    } as const;
    expect(refusal(() => loose({ kind: "k", schema: broken, expand: () => shout })({})).summary).toBe("k(): its schema threw: no luck.");
    const late = { "~standard": { version: 1, vendor: "own", validate: () => Promise.reject(new Error("late")) } } as const;
    expect(refusal(() => loose({ kind: "k", schema: late, expand: () => shout })({})).summary).toContain("checks asynchronously");
    await new Promise(setImmediate); // an unhandled rejection fails the test run
  });

  test("reaches `expand` untouched where there is no schema", () => {
    const given: unknown[] = [];
    const k = loose({ kind: "k", expand: (options: unknown) => (given.push(options), shout) });
    const options = { any: Symbol("thing") };
    k(options);
    k();
    expect(given).toEqual([options, undefined]);
    expect(given[0]).toBe(options);
  });
});

describe("what an expansion does wrong", () => {
  test("of what a builder refuses, the sentence and the remedy are kept, with the kinds around it", () => {
    const inner = loose({ kind: "inner", expand: () => refine({ name: "r", generate: shout } as never) });
    const outer = loose({ kind: "outer", expand: () => pipeline().step(inner() as never) });
    const error = refusal(() => outer());
    expect(error.summary).toMatch(/^outer\(\): its expansion failed: inner\(\): its expansion failed: .*program/);
    expect(error.remedy).toContain("agent(), step() or pipeline()");
    expect(FlujoError.is((error.cause as Error).cause, "pipeline_invalid")).toBe(true);
  });

  test("whatever it throws is told", () => {
    const k = loose({
      kind: "k",
      expand: () => {
        throw "sides are missing"; // oxlint-disable-line only-throw-error -- as people do
      },
    });
    expect(refusal(() => k()).summary).toBe("k(): its expansion failed: sides are missing.");
  });

  test("after a refusal other kinds can be expanded as before", () => {
    const endless: () => AnyStep = loose({ kind: "endless", expand: () => endless() });
    for (let round = 0; round < 3; round++) {
      expect(refusal(endless).summary).toBe(
        "endless(): it expands itself without end: 100 expansions lie within each other, the last of them of endless.",
      );
      expect(() => loose({ kind: "k", expand: () => shout })()).not.toThrow();
    }
  });

  test("a caption that is no text, or throws, is told; one that is too long, or has lines, is made to fit", () => {
    const captioned = (caption: () => unknown) => loose({ kind: "k", expand: () => shout, caption });
    expect(refusal(() => captioned(() => 3)()).summary).toBe("k(): `caption` returned 3.");
    expect(
      refusal(() =>
        captioned(() => {
          throw new Error("no");
        })(),
      ).summary,
    ).toBe("k(): its caption failed: no.");
    const captionOf = (said: string) => planOf(captioned(() => said)()).root.madeBy?.[0]?.caption;
    expect(captionOf(" two\n lines\t")).toBe("two lines");
    expect(captionOf("é🐢".repeat(40))).toBe("é🐢".repeat(40));
    expect(captionOf("é🐢".repeat(41))).toBe(`${"é🐢".repeat(39)}é…`);
  });
});

describe("the program that comes of it", () => {
  const k = loose({ kind: "k", expand: (given: unknown) => given }) as <P extends AnyStep>(program: P) => P;

  test("is frozen, has its name, and leaves what `expand` gave as it was", () => {
    const made = k(shout);
    expect(made.name).toBe("shout");
    expect(Object.isFrozen(made)).toBe(true);
    expect([planOf(made).root.madeBy?.length, planOf(shout).root.madeBy]).toEqual([1, undefined]);
    expect(definitionOf(k(pipeline({ name: "p" }).step(shout)))).toMatchObject({ kind: "sequence", name: "p" });
  });

  test("is of a kind whatever it is a builder of, also where something is around it", () => {
    const builders: Readonly<Record<string, AnyStep>> = {
      step: shout,
      agent: agent({ name: "a", model: "offline:extract", instructions: "Say." }),
      refine: refine({ name: "r", generate: shout, critique: step("ok", () => true), maxIterations: 2 }),
      machine: machine({ name: "m", initial: "a", states: { a: shout }, on: [{ from: "a", to: "end" }], ends: ["end"], maxHops: 2 }),
      search: search({ name: "s", propose: step("p", ({ state }: { state: string }) => [state]), isGoal: () => true, maxExpansions: 2 }),
      saga: saga(pipeline({ name: "g" }).step(shout)),
      cached: cached(shout),
      background: background(pipeline({ name: "b" }).step(shout)),
      withPolicy: withPolicy(shout, { retries: 1 }),
      pipeline: pipeline({ name: "p", input: text }).step(shout),
    };
    for (const [name, builder] of Object.entries(builders)) {
      const made = [
        k(builder),
        withPolicy(k(builder) as Step<string, unknown>, { timeoutMs: 9 }),
        pipeline({ name: "q" }).step(k(builder) as typeof shout),
      ];
      for (const program of made)
        expect(
          nodesIn(planOf(program).root).filter(({ madeBy }) => madeBy?.[0]?.kind === "k"),
          name,
        ).toHaveLength(1);
    }
  });

  test("a pipeline that goes on is not of that kind any more, and the kind is where it was", () => {
    const made = k(pipeline({ name: "p", input: text }).step(shout));
    expect(planOf(made.step(step("more", (value) => value))).root.madeBy).toBeUndefined();
    expect(planOf(made).root.madeBy).toHaveLength(1);
  });

  test("can be gathered by what the builder gave, and given a context of its own", () => {
    const made = k(pipeline({ name: "own", input: text, context: z.object({ n: z.number().default(1) }) }).step(shout));
    const program = pipeline({ name: "p", input: text }).step(made, { context: {} }).gather({ made });
    expect(nodesIn(planOf(program).root).map(({ kind, madeBy = [] }) => `${kind} ${madeBy.length}`)).toEqual(
      expect.arrayContaining(["nested 0", "sequence 1", "gather 0"]),
    );
  });

  test("the builder says what kind it is and what it takes", () => {
    const schema = z.object({ n: z.number() });
    const made = defineKind({ kind: "made", schema, expand: () => shout });
    expect([made.kind, made.schema, made.name]).toEqual(["made", schema, "made"]);
    expect(defineKind({ kind: "plain", expand: () => shout }).schema).toBeNull();
    expect(Object.isFrozen(made)).toBe(true);
  });
});
