import fc from "fast-check";
import { z } from "zod";
import type { AnyStep } from "../../../src/index.ts";
import { context, pipeline, step } from "../../../src/index.ts";
import { fingerprintOf } from "../../../src/base/hash.ts";

/** A pipeline of steps that give the same for the same, as data. Every node has an id of its own, which its name says. */
export type Spec =
  | { readonly kind: "step"; readonly id: number; readonly writes: boolean }
  | { readonly kind: "sequence"; readonly id: number; readonly members: readonly Spec[] }
  | { readonly kind: "branch"; readonly id: number; readonly members: readonly Spec[] }
  | { readonly kind: "parallel"; readonly id: number; readonly members: readonly Spec[]; readonly concurrency: number }
  | { readonly kind: "map"; readonly id: number; readonly members: readonly Spec[]; readonly items: number; readonly concurrency: number }
  | { readonly kind: "loop"; readonly id: number; readonly members: readonly Spec[]; readonly rounds: number };

/** How a process builds a program: which versions its steps have, and what happens in each. */
export interface Ground {
  /** `1` unless it says otherwise. A step of another version gives something else. */
  readonly versions: ReadonlyMap<number, string>;
  /** What it calls, before it gives anything. */
  readonly called: (path: string, input: string) => Promise<void> | void;
}

let nextId = 0;
const fresh = fc.constant(null).map(() => nextId++);

/** Any pipeline of up to a few dozen steps. */
export function anySpec(): fc.Arbitrary<Spec> {
  const concurrency = fc.constantFrom(1, 2, 100);
  const { tree } = fc.letrec<{ tree: Spec; leaf: Spec; composite: Spec }>((tie) => {
    const members = fc.array(tie("tree"), { minLength: 1, maxLength: 3 });
    const about = { id: fresh, members };
    return {
      leaf: fc.record({ kind: fc.constant("step" as const), id: fresh, writes: fc.boolean() }),
      composite: fc.oneof(
        fc.record({ kind: fc.constant("sequence" as const), ...about }),
        fc.record({ kind: fc.constant("branch" as const), ...about }),
        fc.record({ kind: fc.constant("parallel" as const), ...about, concurrency }),
        fc.record({ kind: fc.constant("map" as const), ...about, items: fc.integer({ min: 1, max: 4 }), concurrency }),
        fc.record({ kind: fc.constant("loop" as const), ...about, rounds: fc.integer({ min: 1, max: 3 }) }),
      ),
      tree: fc.oneof(
        { maxDepth: 3, depthSize: "max", withCrossShrink: true },
        { weight: 2, arbitrary: tie("leaf") },
        { weight: 3, arbitrary: tie("composite") },
      ),
    };
  });
  return fc
    .record({ kind: fc.constant("sequence" as const), id: fresh, members: fc.array(tree, { minLength: 2, maxLength: 4 }) })
    .map(numbered);
}

/** Ids by place, so that a counterexample is the same when it is made again. */
function numbered(spec: Spec): Spec {
  let next = 0;
  const visit = (at: Spec): Spec => {
    const id = next++;
    return at.kind === "step" ? { ...at, id } : { ...at, id, members: at.members.map(visit) };
  };
  return visit(spec);
}

/** All steps of it. */
export function stepsOf(spec: Spec): readonly number[] {
  return spec.kind === "step" ? [spec.id] : spec.members.flatMap(stepsOf);
}

/** The same with some of its lists of members changed. */
export function reshaped(spec: Spec, reshape: (of: Spec, members: readonly Spec[]) => readonly Spec[]): Spec {
  if (spec.kind === "step") return spec;
  return {
    ...spec,
    members: reshape(
      spec,
      spec.members.map((member) => reshaped(member, reshape)),
    ),
  };
}

const Shared = context(z.object({ log: z.array(z.string()).default([]) }), { log: "append" });

/** The builder with its types taken off: what stands in these pipelines is known at run time only. */
interface Loose extends AnyStep {
  step(member: AnyStep): Loose;
  branch(selector: (value: unknown) => unknown, branches: Readonly<Record<string, AnyStep>>, options: object): Loose;
  map(each: AnyStep, options: object): Loose;
  parallel(branches: Readonly<Record<string, AnyStep>>, options: object): Loose;
  loop(body: AnyStep, options: object): Loose;
}

/** The program of a spec, on this ground. */
export function programOf(spec: Spec, ground: Ground): AnyStep {
  const start = pipeline({ name: "p", input: z.string(), context: Shared }) as unknown as Loose;
  return spec.kind === "sequence" ? spec.members.reduce((before, member) => add(before, member, ground), start) : add(start, spec, ground);
}

function add(before: Loose, spec: Spec, ground: Ground): Loose {
  const name = `n${spec.id}`;
  switch (spec.kind) {
    case "step":
      return before.step(stepOf(spec, ground));
    case "sequence":
      return before.step(part(spec, name, ground));
    case "branch": {
      const choose = (value: unknown): string => `k${textOf(value).length % 3}`; // nothing captured: that is not seen when it changes
      const members = spec.members.map((member, index) => [`k${index}`, part({ ...spec, members: [member] }, "slot", ground)]);
      return before.branch(choose, Object.fromEntries(members) as Readonly<Record<string, AnyStep>>, {
        name,
        default: part(spec, "otherwise", ground),
      });
    }
    case "parallel":
      return before.parallel(slots(spec, ground), { name, concurrency: spec.concurrency });
    case "map": {
      const list = step({
        name: `${name}list`,
        version: "1",
        run: (value: unknown) => Array.from({ length: spec.items }, (_, index) => `${textOf(value)}.${index}`),
      });
      return before.step(list).map(part(spec, "each", ground), { name, concurrency: spec.concurrency });
    }
    case "loop":
      return before.loop(part(spec, "body", ground), { name, maxIterations: spec.rounds });
  }
}

function part(spec: Exclude<Spec, { kind: "step" }>, name: string, ground: Ground): AnyStep {
  return spec.members.reduce((before, member) => add(before, member, ground), pipeline({ name }) as unknown as Loose);
}

function slots(spec: Exclude<Spec, { kind: "step" }>, ground: Ground): Readonly<Record<string, AnyStep>> {
  return Object.fromEntries(
    spec.members.map((member) => [
      `n${member.id}`,
      member.kind === "step" ? stepOf(member, ground) : part({ ...spec, members: [member] }, "slot", ground),
    ]),
  );
}

/** What it gives says all that it was given, so that nothing after a step that changed is asked what it was asked before. */
function stepOf({ id, writes }: Extract<Spec, { kind: "step" }>, { versions, called }: Ground): AnyStep {
  const version = versions.get(id) ?? "1";
  return step({
    name: `n${id}`,
    version,
    context: Shared,
    run: (value: unknown, { path, contribute }) => {
      const given = textOf(value);
      if (writes) contribute("log", `${path} ${version}`);
      const waiting = called(path, given);
      const gives = `${id}v${version}(${given})`;
      return waiting === undefined ? gives : waiting.then(() => gives);
    },
  });
}

/** A text of bounded length that is another one for everything else. */
function textOf(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 20)}#${fingerprintOf(text)}`;
}
