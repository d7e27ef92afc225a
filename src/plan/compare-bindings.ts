import type { NodeOf, Plan, PlanNode } from "../model/node.ts";
import { childrenOf, nodesIn } from "../model/plan-nodes.ts";
import type { PlanChange } from "./compare.ts";
import { codeOf } from "./code-of.ts";

/**
 * How a run stands to a node of its plan: `ahead`, it may still be entered; `behind`, it was, and will not be again;
 * `aside`, neither, as a branch that was not taken.
 */
export type Standing = "ahead" | "behind" | "aside";

/** Something that a run is bound to and that is another now. */
export interface BindingChange extends PlanChange {
  /** Whether the run needs it and there is nothing at all: nobody can accept that. */
  readonly isMissing: boolean;
  /** What {@link Plan.code} says once it is accepted. */
  readonly code: Readonly<Record<string, string>>;
}

/** Stands in {@link Plan.code} for code that was there, and is gone by somebody's leave. */
const GONE = "";

/**
 * Where the code now loaded cannot stand, unseen, for what a run is bound to: nodes that are gone or of another kind,
 * functions, schemas and tool servers. What only a plan says (texts, options, order, what is new) is left out.
 *
 * @param stored - The run's plan; its `code` as it was accepted last.
 */
export function bindingChanges(stored: Plan, current: Plan, standingOf: (node: PlanNode) => Standing): readonly BindingChange[] {
  const twins = new Map<string, PlanNode>();
  for (const node of nodesIn(current.root)) twins.set(node.path, node);
  const changes: BindingChange[] = [];
  const open: PlanNode[] = [stored.root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const standing = standingOf(node);
    if (standing === "aside") continue;
    const twin = twins.get(node.path);
    const about: About = { stored, current, isNeeded: standing === "ahead" };
    if (twin?.kind !== node.kind) {
      changes.push(...goneNode(node, twin, about));
      continue; // nothing below it is told
    }
    changes.push(...codeChanges(node, about), ...schemaChanges(node, twin, about));
    if (node.kind === "agent" && twin.kind === "agent") changes.push(...serverChanges(node, twin, about));
    open.push(...childrenOf(node).toReversed());
  }
  return changes;
}

interface About {
  readonly stored: Plan;
  readonly current: Plan;
  /** Whether the run may still ask for it. */
  readonly isNeeded: boolean;
}

function goneNode({ path, kind }: PlanNode, twin: PlanNode | undefined, { stored, current, isNeeded }: About): BindingChange[] {
  if (stored.code[path] === GONE && !isNeeded) return [];
  const code = { [path]: GONE };
  if (twin !== undefined) return [{ path, kind: "changed", says: `its kind was ${kind} and is ${twin.kind}`, isMissing: isNeeded, code }];
  const isRenamed = path === stored.root.path && path !== current.root.path;
  return [{ path, kind: "removed", says: isRenamed ? `it is called ${current.name} now` : "it is gone", isMissing: isNeeded, code }];
}

/** A function that the stored plan does not know is never asked, so that it does not matter; but for those that need no word of the plan. */
function codeChanges(node: PlanNode, { stored, current, isNeeded }: About): BindingChange[] {
  return codeOf(node, stored).flatMap(([key, what]): BindingChange[] => {
    const before = stored.code[key] ?? GONE;
    const after = current.code[key] ?? GONE;
    const isAlwaysAsked = key === `${node.path}:show` || key === `${node.path}:in`;
    if (before === after || (before === GONE && !isAlwaysAsked)) return [];
    const how = before === GONE ? `${what} is new` : after === GONE ? `${what} is gone` : `the code of ${what} changed`;
    return [
      { path: key, kind: "code-changed", says: how, isMissing: after === GONE && isNeeded && !isAlwaysAsked, code: { [key]: after } },
    ];
  });
}

/** What is checked with a schema is checked with that of the code now loaded, or not at all. */
function schemaChanges(node: PlanNode, twin: PlanNode, { stored, current }: About): BindingChange[] {
  return [...schemasOf(node, stored.root), ...toolSchemasOf(node, twin)].flatMap(([key, what]): BindingChange[] => {
    const [before, after] = [stored.code[key] ?? GONE, current.code[key] ?? GONE];
    if (before === after) return [];
    const how = before === GONE ? "is new" : after === GONE ? "is gone" : "changed";
    const path = key.slice(0, key.lastIndexOf(":?"));
    return [{ path, kind: "changed", says: `${what} ${how}`, isMissing: false, code: { [key]: after } }];
  });
}

/** Where the versions of a node's schemas stand in {@link Plan.code}, and what each of them is, in words. */
function schemasOf(node: PlanNode, root: PlanNode): readonly (readonly [key: string, what: string])[] {
  const { path } = node;
  const own: (readonly [string, string])[] = [];
  if (node === root || node.kind === "nested") own.push([`${path}:?context`, "the schema of its context"]);
  if (node === root || node.kind === "step" || node.kind === "agent") own.push([`${path}:?input`, "the schema of its input"]);
  if (node.kind === "step" || node.kind === "agent") own.push([`${path}:?output`, "the schema of its output"]);
  if (node.kind === "human" || node.kind === "signal") own.push([`${path}:?answer`, "the schema of what it waits for"]);
  return own;
}

/** Those of the tools that it still has: one that is gone is told as such. */
function toolSchemasOf(node: PlanNode, twin: PlanNode): readonly (readonly [key: string, what: string])[] {
  if (node.kind !== "agent" || twin.kind !== "agent") return [];
  const there = new Set(twin.tools.map(({ name }) => name));
  return node.tools
    .filter(({ name }) => there.has(name))
    .flatMap(({ name }) => [
      [`${node.path}:${name}:?input`, "the schema of its input"] as const,
      [`${node.path}:${name}:?output`, "the schema of its output"] as const,
    ]);
}

/** Where a tool server is has no version: it is there, or it is not. */
function serverChanges(node: NodeOf<"agent">, twin: NodeOf<"agent">, { stored, isNeeded }: About): BindingChange[] {
  const there = new Set(twin.servers.map(({ name }) => name));
  return node.servers.flatMap(({ name }): BindingChange[] => {
    const key = `${node.path}:${name}/`;
    if (there.has(name) || (stored.code[key] === GONE && !isNeeded)) return [];
    return [
      { path: `${node.path}:${name}`, kind: "removed", says: "this tool server is gone", isMissing: isNeeded, code: { [key]: GONE } },
    ];
  });
}
