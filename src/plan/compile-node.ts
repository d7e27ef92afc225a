import { FlujoError } from "../base/errors.ts";
import type { Schema } from "../base/schema.ts";
import type { BranchNode, Join, MapNode, ParallelNode, PlanNode, SequenceNode, TapNode } from "../model/node.ts";
import type { NodePath } from "../model/path.ts";
import { childNodePath, eachNodePath } from "../model/path.ts";
import { checkFunction, checkMerge, checkSchema, checkText, checkedConcurrency } from "./checks.ts";
import type { Compilation, Place } from "./compilation.ts";
import { noteDecision } from "./compilation.ts";
import { compileAgent } from "./compile-agent.ts";
import { compileBackground } from "./compile-background.ts";
import { compileCache } from "./compile-cache.ts";
import { checkContext, refuseOtherReducers } from "./compile-context.ts";
import { compileGather, keptBy } from "./compile-gather.ts";
import { compileGate } from "./compile-gate.ts";
import { compileAgenticLoop } from "./compile-agentic-loop.ts";
import { compileHuman, compileStep } from "./compile-leaf.ts";
import { compileLoop } from "./compile-loop.ts";
import { compileMachine } from "./compile-machine.ts";
import { compileNested } from "./compile-nested.ts";
import { compilePolicy } from "./compile-policy.ts";
import { compileReduce } from "./compile-reduce.ts";
import { compileRefine } from "./compile-refine.ts";
import { compileSearch } from "./compile-search.ts";
import { compileRoute } from "./compile-route.ts";
import { compileInclude, refuseRivals } from "./context-access.ts";
import { compileSaga } from "./compile-saga.ts";
import { compileSignal, compileSleep } from "./compile-wait.ts";
import type {
  AgenticLoopDefinition,
  BackgroundDefinition,
  BranchDefinition,
  CacheDefinition,
  Definition,
  GatherDefinition,
  LoopDefinition,
  MachineDefinition,
  MapDefinition,
  NestedDefinition,
  ParallelDefinition,
  PolicyDefinition,
  RouteDefinition,
  GateDefinition,
  RefineDefinition,
  SearchDefinition,
  SagaDefinition,
  SequenceDefinition,
  SignalDefinition,
  SleepDefinition,
  StepDefinition,
  TapDefinition,
} from "./definition.ts";
import { fingerprintOfConfig, schemaMark } from "./fingerprint.ts";
import { invalid, shown } from "./invalid.ts";
import { withMarks } from "./kind-marks.ts";
import { aKind, checkName, nameMembers } from "./names.ts";
import { freeSlot, slotPlace, slotsOf } from "./slots.ts";

const DEEPEST = 200;
const MOST_NODES = 100_000; // definitions are shared by reference: doubling one 30 times would be a billion nodes

/** Compiles one definition where it stands, and all below it. Recursion is as deep as the nesting, which is bounded. */
export function compileNode(definition: Definition, place: Place, into: Compilation): PlanNode {
  const { path } = place;
  if (place.level > DEEPEST) throw new FlujoError("nesting_too_deep", `${shortened(path)} lies ${place.level} levels deep.`);
  into.count.nodes += 1;
  if (into.count.nodes > MOST_NODES)
    throw invalid(shortened(path), `the pipeline has more than ${MOST_NODES} nodes`, "Use map() for what repeats.");
  const above = into.above.get(definition);
  if (above !== undefined) throw invalid(path, `it contains itself: the same definition stands at ${above} already`, "Break the circle.");
  into.above.set(definition, path);
  const node = withMarks(compileKind(definition, place, into), definition);
  into.above.delete(definition);
  return node;
}

function compileKind(definition: Definition, place: Place, into: Compilation): PlanNode {
  const kind: unknown = typeof definition === "object" && definition !== null ? definition.kind : undefined;
  switch (kind) {
    case "step":
      return compileStep(definition as StepDefinition, place, into);
    case "agent":
      return compileAgent(definition as Extract<Definition, { kind: "agent" }>, place, into);
    case "human":
      return compileHuman(definition as Extract<Definition, { kind: "human" }>, place, into);
    case "sequence":
      return compileSequence(definition as SequenceDefinition, place, into);
    case "gather":
      return compileGather(definition as GatherDefinition, place);
    case "branch":
      return compileBranch(definition as BranchDefinition, place, into);
    case "map":
      return compileMap(definition as MapDefinition, place, into);
    case "parallel":
      return compileParallel(definition as ParallelDefinition, place, into);
    case "agenticLoop":
      return compileAgenticLoop(definition as AgenticLoopDefinition, place, into);
    case "machine":
      return compileMachine(definition as MachineDefinition, place, into);
    case "route":
      return compileRoute(definition as RouteDefinition, place, into);
    case "loop":
      return compileLoop(definition as LoopDefinition, place, into);
    case "gate":
      return compileGate(definition as GateDefinition, place, into);
    case "refine":
      return compileRefine(definition as RefineDefinition, place, into);
    case "search":
      return compileSearch(definition as SearchDefinition, place, into);
    case "sleep":
      return compileSleep(definition as SleepDefinition, place, into);
    case "signal":
      return compileSignal(definition as SignalDefinition, place, into);
    case "nested":
      return compileNested(definition as NestedDefinition, place, into);
    case "background":
      return compileBackground(definition as BackgroundDefinition, place, into);
    case "cache":
      return compileCache(definition as CacheDefinition, place, into);
    case "saga":
      return compileSaga(definition as SagaDefinition, place, into);
    case "tap":
      return compileTap(definition as TapDefinition, place, into);
    case "policy":
      return compilePolicy(definition as PolicyDefinition, place, into);
    default:
      throw notAProgram(place.path, definition);
  }
}

function notAProgram(at: string, value: unknown): Error {
  return invalid(at, `${shown(value)} stands where a program should`, "Give what agent(), step() or pipeline() made.");
}

function compileSequence(definition: SequenceDefinition, place: Place, into: Compilation): SequenceNode {
  const { path, segment, level } = place;
  const name = nameOf(definition, place);
  checkText(path, "version", definition.version);
  checkSchema(path, "input", definition.input);
  checkOwnContext(definition, path, into);
  const members = membersOf(definition, place);
  const names = nameMembers(path, members);
  const known = members.map((member) => (member.kind === "input" ? null : member));
  const children = members.map((member, index) => {
    const childName = names[index] as string;
    const checkedWith = index === 0 ? checkedBefore(definition, place) : null;
    const slot: Place = { path: childNodePath(path, childName), segment: childName, name: childName, level: level + 1, checkedWith };
    const child = member.kind === "gather" ? { ...slot, among: { names, members: known, at: index } } : slot;
    return compileNode(member.kind === "input" ? { ...member.check, name: childName } : member, child, into);
  });
  const input = schemaMark(definition.input, path);
  const context = definition.context === null ? null : schemaMark(definition.context.schema, path);
  const fingerprint = fingerprintOfConfig({ kind: "sequence", name, input, context });
  const keeps = keptBy(children);
  const node = { kind: "sequence", name, segment, path, fingerprint, children: Object.freeze(children) } as const;
  return Object.freeze(keeps.length === 0 ? node : { ...node, keeps });
}

/** Stands for the check of a nested pipeline's input until it has a name. */
interface InputCheck {
  readonly kind: "input";
  readonly name: null;
  readonly check: StepDefinition;
}

/** What the input of a sequence's first member has been checked with. */
function checkedBefore({ input }: SequenceDefinition, { checkedWith = null }: Place): Schema | null {
  return input === null || input === checkedWith ? checkedWith : null;
}

/**
 * What a sequence consists of. The input of the root is checked by the runner, that of a program called as a tool with the
 * call; any other nested pipeline's becomes a first step `input`, unless its first member checks with the same schema anyway.
 */
function membersOf(definition: SequenceDefinition, { path, checkedWith }: Place): readonly (Definition | InputCheck)[] {
  const { children, input } = definition;
  const given: unknown = children;
  if (!Array.isArray(given)) throw invalid(path, `its members are ${shown(given)}`, "Give them as a list.");
  const [first] = children;
  if (first === undefined)
    throw invalid(path, "the pipeline is empty", "Add a member: .step(), .branch(), .map(), .parallel() or .human().");
  const stranger = children.findIndex((child: unknown) => typeof child !== "object" || child === null);
  if (stranger >= 0) throw notAProgram(`${path}, member ${stranger + 1}`, children[stranger]);
  if (input === null || input === checkedWith || ("input" in first && first.input === input)) return children;
  const options = { effect: "none", inDoubt: "retry", retry: null, timeoutMs: null, version: "1" } as const;
  return [{ kind: "input", name: null, check: { kind: "step", name: "input", run: asItIs, input, output: null, ...options } }, ...children];
}

function asItIs(input: unknown): unknown {
  return input;
}

const OWN_CONTEXT =
  "Declare the context on the outer pipeline, or keep it inside: .step(inner, { context: {} }), and in a map, loop or branch pipeline().step(inner, { context: {} }).";

function checkOwnContext({ context }: SequenceDefinition, path: NodePath, into: Compilation): void {
  if (context === null) return;
  checkContext(path, context);
  if (into.context === null) throw invalid(path, "it declares a context, but the pipeline around it has none", OWN_CONTEXT);
  refuseOtherReducers(path, context, into.context);
}

function compileBranch(definition: BranchDefinition, place: Place, into: Compilation): BranchNode {
  const { path, segment } = place;
  const name = nameOf(definition, place);
  checkFunction(path, "the selector", definition.key);
  noteDecision(into, `${path}:key`, definition.key);
  const slots = slotsOf(path, definition.branches, { mayBeEmpty: definition.default !== null });
  const branches = Object.freeze(Object.fromEntries(slots.map(([key, member]) => [key, compileNode(member, slotPlace(place, key), into)])));
  const otherwise =
    definition.default === null ? null : compileNode(definition.default, slotPlace(place, freeSlot("default", slots)), into);
  const fingerprint = fingerprintOfConfig({ kind: "branch", name });
  return Object.freeze({ kind: "branch", name, segment, path, fingerprint, branches, default: otherwise });
}

function compileMap(definition: MapDefinition, place: Place, into: Compilation): MapNode {
  const { path, segment, level } = place;
  const { onFailure, merge } = definition;
  const name = nameOf(definition, place);
  const concurrency = checkedConcurrency(path, definition.concurrency);
  checkMerge(path, merge);
  if (onFailure !== "propagate" && onFailure !== "collect") {
    throw invalid(path, `onFailure is ${shown(onFailure)}`, 'Choose "propagate" or "collect".');
  }
  const each = compileNode(definition.each, { path: eachNodePath(path), segment: "[]", name: "each", level: level + 1 }, into);
  const reduce = compileReduce(definition.reduce, { place, segment: "reduce" }, into);
  const include = compileInclude(definition, path, into);
  const fingerprint = fingerprintOfConfig({ kind: "map", name, onFailure, merge, ...include, ...reduce.mark });
  const shape = { each, concurrency, onFailure, merge, ...include, ...reduce.node };
  return Object.freeze({ kind: "map", name, segment, path, fingerprint, ...shape });
}

function compileParallel(definition: ParallelDefinition, place: Place, into: Compilation): ParallelNode {
  const { path, segment } = place;
  const { onFailure, merge } = definition;
  const name = nameOf(definition, place);
  const concurrency = checkedConcurrency(path, definition.concurrency);
  checkMerge(path, merge);
  if (onFailure !== "propagate" && onFailure !== "ignore") {
    throw invalid(path, `onFailure is ${shown(onFailure)}`, 'Choose "propagate" or "ignore".');
  }
  const slots = slotsOf(path, definition.branches);
  const branches = Object.freeze(slots.map(([key, member]) => compileNode(member, slotPlace(place, key), into)));
  const wanted = checkedJoin(path, definition);
  const join = wanted === null ? {} : { join: wanted };
  if (wanted === "any" && definition.reduce !== undefined)
    throw invalid(path, 'it has join: "any" and a reducer', "Leave `reduce` out: there is only one result.");
  const reduce = compileReduce(definition.reduce, { place, segment: freeSlot("reduce", slots) }, into);
  const include = compileInclude(definition, path, into);
  if (merge === "update") refuseRivals(path, branches, into);
  const fingerprint = fingerprintOfConfig({ kind: "parallel", name, onFailure, merge, ...join, ...include, ...reduce.mark });
  const shape = { branches, concurrency, onFailure, merge, ...join, ...include, ...reduce.node };
  return Object.freeze({ kind: "parallel", name, segment, path, fingerprint, ...shape });
}

/** Null for `all`. */
function checkedJoin(path: NodePath, { join = "all", branches, onFailure }: ParallelDefinition): Exclude<Join, "all"> | null {
  if (join === "all") return null;
  const count = Object.keys(branches).length;
  if (join !== "any" && (!Number.isSafeInteger(join) || join < 1 || join > count))
    throw invalid(path, `join is ${shown(join)}`, `Choose "all", "any", or how many of its ${count} branches have to succeed.`);
  if (onFailure === "ignore")
    throw invalid(path, 'it has a join and onFailure: "ignore"', "Leave onFailure out: a join looks past failures by itself.");
  return join;
}

function compileTap(definition: TapDefinition, place: Place, into: Compilation): TapNode {
  const { path, segment } = place;
  const { onError, program } = definition;
  const name = nameOf(definition, place);
  if (onError !== "fail" && onError !== "ignore") throw invalid(path, `onError is ${shown(onError)}`, 'Choose "fail" or "ignore".');
  const child = compileNode(program, slotPlace(place, "run"), into);
  const fingerprint = fingerprintOfConfig({ kind: "tap", name, onError });
  return Object.freeze({ kind: "tap", name, segment, path, fingerprint, child, onError });
}

function nameOf(definition: { readonly kind: string; readonly name: string | null }, place: Place): string {
  const name = definition.name ?? place.name;
  checkName(place.path, aKind(definition.kind), name);
  return name;
}

/** A path of 200 segments tells nobody where to look. */
function shortened(path: NodePath): string {
  const segments = path.split("/");
  return segments.length <= 8 ? path : `${segments.slice(0, 4).join("/")}/…/${segments.at(-1)}`;
}
