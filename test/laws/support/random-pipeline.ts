import fc from "fast-check";
import { z } from "zod";
import type { AnyStep, ToolContext } from "../../../src/index.ts";
import { agent, context, pipeline, step, tool } from "../../../src/index.ts";
import { scriptedModel } from "../../../src/testing/index.ts";

/** A pipeline as data, so that every process of a test can build it anew with its own clock and its own counters. */
export type Spec =
  | {
      readonly kind: "step";
      readonly latency: number;
      readonly effect: "none" | "idempotent" | "once";
      readonly writes: boolean;
      readonly failures: number;
    }
  | { readonly kind: "agent"; readonly latency: number; readonly tools: readonly number[]; readonly corrections: number }
  | { readonly kind: "human" }
  | { readonly kind: "sequence"; readonly members: readonly Spec[] }
  | { readonly kind: "branch"; readonly latency: number; readonly yes: Spec; readonly no: Spec }
  | {
      readonly kind: "map";
      readonly items: number;
      readonly concurrency: number;
      readonly each: Spec;
      readonly onFailure: "propagate" | "collect";
    }
  | {
      readonly kind: "parallel";
      readonly branches: readonly Spec[];
      readonly concurrency: number;
      readonly onFailure: "propagate" | "ignore";
    };

/** What the functions of a pipeline get at in the process they run in. */
export interface Ground {
  /** Waits for so many milliseconds of the process's clock; at once for 0. */
  readonly wait: (ms: number) => Promise<void> | null;
  /** Notes that a function was called. */
  readonly called: (what: string) => void;
}

/** What may be random. */
export interface Range {
  /** How often a step may fail more than it is tried again. */
  readonly mayFail: boolean;
  readonly humans: boolean;
}

const latency = fc.constantFrom(0, 0, 0, 1, 2, 3, 5, 8);

/** Any pipeline of up to a few dozen operations. */
export function anySpec({ mayFail, humans }: Range): fc.Arbitrary<Spec> {
  const { tree } = fc.letrec<{ tree: Spec; leaf: Spec; composite: Spec }>((tie) => ({
    leaf: fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({
          kind: fc.constant("step" as const),
          latency,
          effect: fc.constantFrom("none", "idempotent", "once"),
          writes: fc.boolean(),
          failures: fc.constantFrom(0, 0, 0, 1, ...(mayFail ? [3] : [])),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant("agent" as const),
          latency,
          tools: fc.array(latency, { maxLength: 3 }),
          corrections: fc.constantFrom(0, 0, 1),
        }),
      },
      ...(humans ? [{ weight: 1, arbitrary: fc.constant({ kind: "human" as const }) }] : []),
    ),
    composite: fc.oneof(
      fc.record({ kind: fc.constant("sequence" as const), members: fc.array(tie("tree"), { minLength: 1, maxLength: 3 }) }),
      fc.record({ kind: fc.constant("branch" as const), latency, yes: tie("tree"), no: tie("tree") }),
      fc.record({
        kind: fc.constant("map" as const),
        items: fc.nat({ max: 4 }),
        concurrency: fc.integer({ min: 1, max: 3 }),
        each: tie("tree"),
        onFailure: fc.constantFrom("propagate", "collect"),
      }),
      fc.record({
        kind: fc.constant("parallel" as const),
        branches: fc.array(tie("tree"), { minLength: 1, maxLength: 4 }),
        concurrency: fc.integer({ min: 1, max: 3 }),
        onFailure: fc.constantFrom("propagate", "ignore"),
      }),
    ),
    tree: fc.oneof(
      { maxDepth: 3, depthSize: "max", withCrossShrink: true },
      { weight: 2, arbitrary: tie("leaf") },
      { weight: 3, arbitrary: tie("composite") },
    ),
  }));
  return fc.array(tree, { minLength: 1, maxLength: 3 }).map((members) => ({ kind: "sequence", members }));
}

const Shared = context(z.object({ log: z.array(z.string()).default([]), notes: z.record(z.string(), z.string()).default({}) }), {
  log: "append",
});

/** The builder with its types taken off: what stands in these pipelines is known at run time only. */
interface Loose extends AnyStep {
  step(member: AnyStep): Loose;
  branch(selector: (value: unknown) => unknown, branches: Readonly<Record<string, AnyStep>>): Loose;
  map(each: AnyStep, options: object): Loose;
  parallel(branches: Readonly<Record<string, AnyStep>>, options: object): Loose;
  human(name: string, options: object): Loose;
}

/** The program of a spec, on this ground. */
export function programOf(spec: Spec, ground: Ground): AnyStep {
  const members = spec.kind === "sequence" ? spec.members : [spec];
  const start = pipeline({ name: "p", input: z.unknown(), context: Shared }) as unknown as Loose;
  return members.reduce((before, member, index) => add(before, member, { name: `m${index}`, ground }), start);
}

interface Spot {
  readonly name: string;
  readonly ground: Ground;
}

function add(before: Loose, spec: Spec, spot: Spot): Loose {
  const { name, ground } = spot;
  switch (spec.kind) {
    case "human":
      return before.human(name, { show: ({ output }: { readonly output: unknown }) => textOf(output), answer: z.string() });
    case "branch": {
      const choose = (value: unknown): unknown => {
        ground.called(`?${name} ${textOf(value)}`);
        const answer = textOf(value).length % 2 === 0;
        const waiting = ground.wait(spec.latency);
        return waiting === null ? answer : waiting.then(() => answer);
      };
      return before.branch(choose, {
        true: memberOf(spec.yes, { ...spot, name: "yes" }),
        false: memberOf(spec.no, { ...spot, name: "no" }),
      });
    }
    case "map": {
      const list = step(`${name}list`, (value: unknown) => Array.from({ length: spec.items }, (_, index) => `${textOf(value)}.${index}`));
      return before
        .step(list)
        .map(memberOf(spec.each, { ...spot, name: "each" }), { name, concurrency: spec.concurrency, onFailure: spec.onFailure });
    }
    case "parallel": {
      const branches = spec.branches.map((branch, index) => [`b${index}`, memberOf(branch, { ...spot, name: `b${index}` })] as const);
      return before.parallel(Object.fromEntries(branches), { name, concurrency: spec.concurrency, onFailure: spec.onFailure });
    }
    default:
      return before.step(memberOf(spec, spot));
  }
}

function memberOf(spec: Spec, spot: Spot): AnyStep {
  if (spec.kind === "step") return stepOf(spec, spot);
  if (spec.kind === "agent") return agentOf(spec, spot);
  const members = spec.kind === "sequence" ? spec.members : [spec];
  return members.reduce(
    (before, member, index) => add(before, member, { ...spot, name: `${spot.name}-${index}` }),
    pipeline({ name: spot.name }) as unknown as Loose,
  );
}

function stepOf(spec: Extract<Spec, { kind: "step" }>, { name, ground }: Spot): AnyStep {
  return step({
    name,
    effect: spec.effect,
    context: Shared,
    retry: { retries: 2, firstDelayMs: 2 },
    run: (value: unknown, { path, attempt, update, contribute }) => {
      ground.called(path);
      if (spec.writes) contribute("log", `${path} saw ${textOf(value)}`);
      const finish = (): string => {
        if (attempt <= spec.failures) throw new Error(`${path} fails`);
        if (spec.writes) {
          update((draft) => {
            draft.notes[path] = textOf(value);
          });
        }
        return `${name}(${textOf(value)})`;
      };
      const waiting = ground.wait(spec.latency);
      return waiting === null ? finish() : waiting.then(finish); // at once, where there is nothing to wait for
    },
  });
}

function agentOf(spec: Extract<Spec, { kind: "agent" }>, { name, ground }: Spot): AnyStep {
  const tools = spec.tools.map((wait, index) =>
    tool({
      name: `t${index}`,
      description: "A tool.",
      input: z.object({ text: z.string() }),
      run: async ({ text }, { path }: ToolContext) => {
        ground.called(path);
        await ground.wait(wait);
        return text.length;
      },
    }),
  );
  const model = scriptedModel(async ({ turn, lastUserText, options }) => {
    ground.called(`model ${name} ${turn} ${JSON.stringify(options.prompt).length} ${lastUserText}`);
    await ground.wait(spec.latency);
    if (turn === 0 && tools.length > 0) return { calls: tools.map((each) => ({ tool: each.name, input: { text: lastUserText } })) };
    if (turn < spec.corrections + (tools.length > 0 ? 1 : 0)) return "no JSON";
    return { json: { said: turn } };
  });
  return agent({ name, model, instructions: name, output: z.object({ said: z.number() }), tools });
}

function textOf(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 40)}…${text.length}`;
}
