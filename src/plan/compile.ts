import { sha256 } from "../base/hash.ts";
import { canonicalJson } from "../base/json.ts";
import type { Schema } from "../base/schema.ts";
import type { Plan, PlanNode } from "../model/node.ts";
import { rootNodePath } from "../model/path.ts";
import type { Bindings } from "./bindings.ts";
import type { Compilation } from "./compilation.ts";
import { noteSchema } from "./compilation.ts";
import { checkContext, compileContext } from "./compile-context.ts";
import { compileNode } from "./compile-node.ts";
import type { CacheDefinition, ContextDefinition, Definition, PolicyDefinition, SagaDefinition } from "./definition.ts";
import { invalid, shown } from "./invalid.ts";
import { aKind, checkName, wordFor } from "./names.ts";

/** A definition, ready to run. */
export interface Compiled {
  /** What is to run: frozen data. */
  readonly plan: Plan;
  /** The functions, schemas and models behind it. */
  readonly bindings: Bindings;
}

const compiledBefore = new WeakMap<Definition, Compiled>();

/**
 * Turns what an author wrote into a plan (data) and its bindings (everything else), and refuses what could not run.
 * The same definition object is compiled once.
 *
 * @throws {FlujoError} `pipeline_invalid`, naming the place and the remedy.
 * @throws {FlujoError} `nesting_too_deep` for a node more than 200 levels deep.
 * @throws {FlujoError} `schema_without_json_schema` where a model or a person must be told a shape that cannot be described.
 */
export function compile(definition: Definition): Compiled {
  const known = compiledBefore.get(definition);
  if (known !== undefined) return known;
  const compiled = compileAnew(asRoot(definition));
  compiledBefore.set(definition, compiled);
  return compiled;
}

function compileAnew(definition: Definition): Compiled {
  if (typeof definition !== "object" || definition === null) {
    throw invalid("program", `${shown(definition)} is not a program`, "Give what agent(), step() or pipeline() made.");
  }
  const kind: unknown = definition.kind; // whoever writes plain JavaScript can write anything
  const name = definition.name ?? wordFor(String(kind));
  checkName("program", aKind(String(kind)), name);
  const into = newCompilation(contextOf(definition, name));
  const root = compileNode(definition, { path: rootNodePath(name), segment: name, name, level: 1, checkedWith: inputOf(definition) }, into);
  noteSchema(into, `${root.path}:?input`, inputOf(definition));
  const { steps, agents, decisions, answers, nested, caches, background, resources, context } = into;
  return Object.freeze({
    plan: planOf(definition, root, into),
    bindings: Object.freeze({
      steps,
      agents,
      decisions,
      answers,
      nested,
      caches,
      background,
      resources,
      input: inputOf(definition),
      context,
    }),
  });
}

/** A run begins with a node, not with a policy around one, nor with a saga or a cache: its program stands in a sequence of its own then. */
function asRoot(definition: Definition): Definition {
  const kind: unknown = typeof definition === "object" && definition !== null ? definition.kind : undefined;
  if (kind !== "policy" && kind !== "saga" && kind !== "cache") return definition;
  const inner = programOf(definition);
  const { version = "0.0.0", context = null } = inner.kind === "sequence" ? inner : {};
  const { name, input } = definition as CacheDefinition | PolicyDefinition | SagaDefinition;
  return Object.freeze({ kind: "sequence", name, version, input, context, children: Object.freeze([definition]) });
}

/** What a policy, a saga or a cache is around, whatever others lie in between. */
function programOf(definition: Definition): Definition {
  let inner = definition;
  while (inner.kind === "policy" || inner.kind === "saga" || inner.kind === "cache") inner = inner.program;
  return inner;
}

function newCompilation(context: ContextDefinition | null): Compilation {
  return {
    steps: new Map(),
    agents: new Map(),
    decisions: new Map(),
    answers: new Map(),
    nested: new Map(),
    caches: new Map(),
    background: new Map(),
    resources: new Map(),
    code: new Map(),
    context,
    above: new Map(),
    count: { nodes: 0 },
    isInSaga: false,
    nodeOf: compileNode,
    compiledApart: compile,
  };
}

function contextOf(definition: Definition, at: string): ContextDefinition | null {
  const context = definition.kind === "sequence" ? definition.context : null;
  checkContext(at, context);
  return context;
}

function inputOf(definition: Definition): Schema | null {
  return "input" in definition ? definition.input : null;
}

function planOf(definition: Definition, root: PlanNode, into: Compilation): Plan {
  const version = definition.kind === "sequence" ? definition.version : "0.0.0";
  const reducers = compileContext(into.context, root.path, into);
  const code = Object.freeze(Object.fromEntries(into.code));
  return hashed({ format: 1, name: root.name, version, root, reducers, code });
}

/** The same plan with other versions of some of its code; itself where there are none. */
export function withCode(plan: Plan, code: Readonly<Record<string, string>>): Plan {
  if (Object.keys(code).length === 0) return plan;
  const { hash: _hash, ...unhashed } = plan;
  return hashed({ ...unhashed, code: Object.freeze({ ...plan.code, ...code }) });
}

function hashed(unhashed: Omit<Plan, "hash">): Plan {
  return Object.freeze({ ...unhashed, hash: sha256(canonicalJson(unhashed)) });
}
