import { canonicalJson, isPlainObject } from "../base/json.ts";
import type { CacheNode, PlanNode } from "../model/node.ts";
import { agentsIn, nodesIn } from "../model/plan-nodes.ts";
import type { NodePath } from "../model/path.ts";
import { childNodePath } from "../model/path.ts";
import { checkFunction } from "./checks.ts";
import type { Compilation, Place } from "./compilation.ts";
import { noteCode, noteDecision } from "./compilation.ts";
import type { CacheDefinition } from "./definition.ts";
import { fingerprintOfConfig } from "./fingerprint.ts";
import { withoutMarks } from "./kind-marks.ts";
import { invalid, shown } from "./invalid.ts";
import { checkName } from "./names.ts";

/** A program whose outcome is kept. What it is a hash of is all of its part of the plan, wherever it stands, and all code in it. */
export function compileCache(definition: CacheDefinition, place: Place, into: Compilation): CacheNode {
  const { path, segment, level, checkedWith = null } = place;
  const { program, key, ttlMs, backend } = definition;
  const name = definition.name ?? place.name;
  checkName(path, "a cache", name);
  const reads = checkedReads(path, definition.reads, into);
  if (ttlMs !== null && !(Number.isFinite(ttlMs) && ttlMs > 0))
    throw invalid(path, `ttl is ${shown(ttlMs)}`, 'Give milliseconds above 0, or words like "1 hour"; leave it out for no end.');
  if (key !== null) {
    checkFunction(path, "key", key);
    noteDecision(into, `${path}:cacheKey`, key);
  }
  checkBackend(path, backend);
  const inner: Compilation = { ...into, code: new Map() };
  const child = into.nodeOf(program, { path: childNodePath(path, "run"), segment: "run", name, level: level + 1, checkedWith }, inner);
  refuseThreads(path, child);
  refuseCompensations(path, child);
  for (const [at, version] of inner.code) noteCode(into, at, version);
  const code = codeBelow(child.path, inner.code);
  into.caches.set(path, Object.freeze({ backend, code }));
  noteCode(into, `${path}:program`, code);
  const contents = shapeOf(child);
  const shape = { holds: true, ttlMs, reads, decidesKey: key !== null, contents } as const; // its place in a single flight
  const fingerprint = fingerprintOfConfig({ kind: "cache", name, reads, decidesKey: key !== null, contents });
  return Object.freeze({ kind: "cache", name, segment, path, fingerprint, child, ...shape });
}

function checkedReads(path: NodePath, given: unknown, into: Compilation): readonly string[] {
  if (!Array.isArray(given) || given.some((field) => typeof field !== "string" || field === ""))
    throw invalid(path, `reads is ${shown(given)}`, 'Give the names of context fields as a list: ["customer"].');
  const reads = [...new Set(given as readonly string[])].sort();
  if (reads.length > 0 && into.context === null)
    throw invalid(path, `it reads ${shown(reads[0])} of a context that there is not`, "Declare the context on the pipeline around it.");
  return Object.freeze(reads);
}

function checkBackend(path: NodePath, backend: unknown): void {
  if (backend === null) return;
  const isOne =
    typeof backend === "object" &&
    "get" in backend &&
    typeof backend.get === "function" &&
    "set" in backend &&
    typeof backend.set === "function";
  if (isOne) return;
  throw invalid(path, `backend is ${shown(backend)}`, "Give memoryCache(), sqliteCache(file), or { name, get, set } of your own.");
}

/** What was said in a thread is in no key, and an outcome that is recalled would not be said in it. */
function refuseThreads(path: NodePath, child: PlanNode): void {
  const speaker = agentsIn(child).find(({ history }) => history !== null);
  if (speaker === undefined) return;
  const what = `the agent at ${speaker.path} takes part in a thread, and what it says depends on what was said there`;
  throw invalid(path, what, "Take `history` off the agent, or leave the cache out.");
}

/** An outcome that is recalled has done nothing in this run that could be undone. */
function refuseCompensations(path: NodePath, child: PlanNode): void {
  const undoable = nodesIn(child).find(({ policy }) => policy?.compensation !== undefined);
  if (undoable === undefined) return;
  const what = `the step at ${undoable.path} has a compensation, and an outcome that is recalled has done nothing that could be undone`;
  throw invalid(path, what, "Take `compensate` off the step, or leave the cache out.");
}

/** The versions of the code in a program, whatever place it stands at. */
function codeBelow(path: NodePath, code: ReadonlyMap<string, string>): string {
  return fingerprintOfConfig(Object.fromEntries([...code].map(([at, version]) => [relativeTo(path, at), version])));
}

/** A hash of a part of a plan that is the same wherever it stands. */
function shapeOf(marked: PlanNode): string {
  const root = withoutMarks(marked); // what it is called changes nothing of what it gives
  const nodes = new Set<unknown>(nodesIn(root));
  const placeless = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(placeless);
    if (!isPlainObject(value)) return value;
    const isNode = nodes.has(value);
    const copy = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, placeless(inner)]));
    return isNode ? { ...copy, path: relativeTo(root.path, String(value["path"])) } : copy;
  };
  return fingerprintOfConfig({ shape: canonicalJson(placeless(root)) });
}

function relativeTo(path: NodePath, at: string): string {
  return at.startsWith(path) ? at.slice(path.length) : at;
}
