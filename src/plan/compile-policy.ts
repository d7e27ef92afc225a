import { isPlainObject } from "../base/json.ts";
import type { OnError, PlanNode, Policy, ValidatorSpec } from "../model/node.ts";
import { childrenOf } from "../model/plan-nodes.ts";
import type { NodePath } from "../model/path.ts";
import { childNodePath } from "../model/path.ts";
import { checkFunction, checkedDefault, checkedRetry, checkedTimeout } from "./checks.ts";
import type { Compilation, Place } from "./compilation.ts";
import { noteCode, noteDecision } from "./compilation.ts";
import { compilePlugins } from "./compile-plugins.ts";
import { freeSegment, innermost } from "./beside-node.ts";
import { compileSink } from "./context-access.ts";
import type { DecisionFunction, Definition, PolicyDefinition, ResourceDefinition, ResourceDefinitions, WorkOptions } from "./definition.ts";
import { fingerprintOfConfig, versionOfCode } from "./fingerprint.ts";
import { invalid, shown } from "./invalid.ts";
import { checkName } from "./names.ts";

/** A program with what is to be done around it: the program's own node, with a policy. */
export function compilePolicy(definition: PolicyDefinition, place: Place, into: Compilation): PlanNode {
  const { path } = place;
  const { program } = definition;
  const inner = needsShell(definition) ? shellOf(definition) : program;
  const node = into.nodeOf(inner, place, into);
  const own = node.kind === "step" && node.retry !== null;
  if (!own) noteRetryWhen(path, definition, into);
  const policy: Policy = Object.freeze({
    retry: own ? node.retry : checkedRetry(path, definition.retry),
    timeoutMs: checkedTimeout(path, definition.timeoutMs),
    totalTimeoutMs: checkedTimeout(path, definition.totalTimeoutMs, "totalTimeoutMs"),
    validators: compileValidators(definition, path, into),
    ...compilePlugins(definition, { place, node }, into),
    fallbacks: compileFallbacks(definition, { place, node }, into),
    tellsFailure: noteOptional(into, `${path}:failed`, definition.onFailure),
    onError: compileOnError(definition, path, into),
    resources: compileResources(definition, path, into),
    ...compileSink(definition, path, into),
    ...compileCompensation(definition, { place, node }, into),
  });
  const { validators, plugins, onError, tellsFailure } = policy;
  const about = {
    ...(plugins === undefined ? {} : { plugins }),
    validators,
    tellsFailure,
    onError: onError === "fail" || onError === "decided" ? onError : "value",
  };
  const fingerprint = fingerprintOfConfig({ of: node.fingerprint, about });
  return Object.freeze({ ...node, ...(own ? { retry: null } : {}), fingerprint, policy });
}

/**
 * A step that has retries of its own, and gets others around them, stands in a sequence: the attempts of both have places of
 * their own then. The same where there is a policy already.
 */
function needsShell({ program, retry }: PolicyDefinition): boolean {
  const kind: unknown = typeof program === "object" && program !== null ? program.kind : undefined;
  return kind === "policy" || (program.kind === "step" && program.retry !== null && retry !== null);
}

function shellOf({ name, program }: PolicyDefinition): Definition {
  return Object.freeze({ kind: "sequence", name, version: "0.0.0", input: null, context: null, children: Object.freeze([program]) });
}

function compileValidators({ validators }: PolicyDefinition, path: NodePath, into: Compilation): readonly ValidatorSpec[] {
  const names = new Set<string>();
  const specs = validators.map(({ name, check, minScore }) => {
    checkName(path, "a validator", name);
    if (name === "__proto__") throw invalid(path, 'a validator is called "__proto__"', "Choose another name."); // scores are an object with these keys
    if (names.has(name)) throw invalid(path, `two validators are called "${name}"`, "Give one of them another name.");
    names.add(name);
    checkFunction(path, `the validator "${name}"`, check);
    if (minScore !== null && !Number.isFinite(minScore))
      throw invalid(path, `minScore of the validator "${name}" is ${shown(minScore)}`, "Give a number.");
    noteDecision(into, `${path}:validate ${name}`, check);
    return Object.freeze({ name, minScore });
  });
  return Object.freeze(specs);
}

/** What runs in its place. While it is compiled, the node itself counts as being around it: it must not lead back. */
function compileFallbacks(
  { fallbacks, program }: PolicyDefinition,
  { place, node }: { readonly place: Place; readonly node: PlanNode },
  into: Compilation,
): readonly PlanNode[] {
  const { path, level } = place;
  const taken = new Set(childrenOf(node).map((child) => child.segment));
  const own = innermost(program);
  const wasAbove = into.above.get(own);
  into.above.set(own, path);
  const nodes = fallbacks.map((fallback) => {
    if (fallback === program || fallback === own)
      throw invalid(path, "its fallback is itself", "Give another program, or `retries` if it is to be tried again.");
    const segment = freeSegment(taken, "fallback");
    return into.nodeOf(fallback, { path: childNodePath(path, segment), segment, name: segment, level: level + 1 }, into);
  });
  if (wasAbove === undefined) into.above.delete(own);
  return Object.freeze(nodes);
}

/** What undoes it: no part of the saga itself, so that nothing in it is undone by that. */
function compileCompensation(
  { compensation }: PolicyDefinition,
  { place, node }: { readonly place: Place; readonly node: PlanNode },
  into: Compilation,
): Pick<Policy, "compensation"> {
  if (compensation === undefined) return {};
  const { path, level } = place;
  if (!into.isInSaga)
    throw invalid(
      path,
      "it has a compensation, and nothing around it would run that",
      "Put what is to be undone as a whole into saga(program).",
    );
  const taken = new Set(childrenOf(node).map((child) => child.segment));
  const segment = freeSegment(taken, "compensate");
  const outside: Compilation = { ...into, isInSaga: false };
  return {
    compensation: into.nodeOf(compensation, { path: childNodePath(path, segment), segment, name: segment, level: level + 1 }, outside),
  };
}

function compileOnError({ onError }: PolicyDefinition, path: NodePath, into: Compilation): OnError {
  if (onError === "fail") return "fail";
  if (!isPlainObject(onError) || !("default" in onError))
    throw invalid(path, `onError is ${shown(onError)}`, 'Choose "fail", or give { default: value } to go on with.');
  const value: unknown = onError["default"];
  if (typeof value !== "function") return Object.freeze({ default: checkedDefault(path, "onError.default", value) });
  noteDecision(into, `${path}:default`, value as DecisionFunction);
  return "decided";
}

function compileResources({ resources }: PolicyDefinition, path: NodePath, into: Compilation): readonly string[] {
  const checked = checkedResources(path, resources);
  if (checked === null) return [];
  into.resources.set(path, checked);
  return Object.freeze(Object.keys(checked));
}

/** Null where there are none. */
export function checkedResources(path: string, resources: ResourceDefinitions): ResourceDefinitions | null {
  if (!isPlainObject(resources))
    throw invalid(path, `resources are ${shown(resources)}`, "Write them as { name: resource({ open, close }) }.");
  const entries: readonly (readonly [string, unknown])[] = Object.entries(resources);
  for (const [name, given] of entries)
    if (!isResource(given)) throw invalid(path, `the resource "${name}" is ${shown(given)}`, "Give what resource({ open, close }) made.");
  return entries.length === 0 ? null : Object.freeze({ ...resources });
}

function isResource(value: unknown): value is ResourceDefinition {
  return (
    typeof value === "object" &&
    value !== null &&
    "kind" in value &&
    value.kind === "resource" &&
    "open" in value &&
    typeof value.open === "function"
  );
}

/** Notes the function that says whether a failure is tried again, where there is one. */
export function noteRetryWhen(key: string, { retryWhen, retry }: WorkOptions, into: Compilation): void {
  if (retryWhen === undefined || retry === null) return;
  checkFunction(key, "retryOn", retryWhen);
  noteDecision(into, `${key}:retryOn`, retryWhen);
}

function noteOptional(into: Compilation, key: string, decide: DecisionFunction | null): boolean {
  if (decide === null) return false;
  checkFunction(key, "onFailure", decide);
  noteCode(into, key, versionOfCode(decide));
  into.decisions.set(key, decide);
  return true;
}
