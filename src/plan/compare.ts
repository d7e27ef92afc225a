import { canonicalJson } from "../base/json.ts";
import { codeOf } from "./code-of.ts";
import { markChanges } from "./kind-marks.ts";
import type { AgentNode, Plan, PlanNode, ToolSpec } from "../model/node.ts";
import { childrenOf } from "../model/plan-nodes.ts";
import type { NodePath } from "../model/path.ts";

/** One thing in which two plans differ. */
export interface PlanChange {
  /** The node it is about; the plan's name where it is about the plan as a whole. */
  readonly path: string;
  readonly kind: "added" | "removed" | "changed" | "code-changed";
  /** In words, to be read after the path: `its instructions changed`. */
  readonly says: string;
}

/**
 * In what the plan of the code now loaded differs from the one a run is pinned to. Empty where they are the same. Of a
 * node that came or went, nothing below it is told.
 */
export function changesBetween(stored: Plan, current: Plan): readonly PlanChange[] {
  if (stored.hash === current.hash) return [];
  const changes: PlanChange[] = planChanges(stored, current);
  if (stored.root.path !== current.root.path) return changes;
  const pairs: [PlanNode, PlanNode][] = [[stored.root, current.root]];
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    changes.push(...nodeChanges(pair[0], pair[1]), ...codeChanges(pair[0], stored, current));
    pairs.push(...compareChildren(pair[0], pair[1], changes).reverse());
  }
  return changes;
}

/** The changes as one line: at most five, then how many more. */
export function describeChanges(changes: readonly PlanChange[]): string {
  const shown = changes.slice(0, 5).map(({ path, says }) => `${path}: ${says}`);
  const more = changes.length - shown.length;
  return shown.join("; ") + (more > 0 ? `; and ${more} more` : "");
}

function planChanges(stored: Plan, current: Plan): PlanChange[] {
  const changes: PlanChange[] = [];
  const add = (says: string): number => changes.push({ path: stored.name, kind: "changed", says });
  if (stored.name !== current.name) add(`it is called ${current.name} now`);
  if (stored.version !== current.version) add(`its version was ${stored.version} and is ${current.version}`);
  if (!isSame(stored.reducers, current.reducers)) add("the reducers of its context changed");
  return changes;
}

/** Reports what came and went, and gives back what stayed, in the current order. */
function compareChildren(before: PlanNode, after: PlanNode, changes: PlanChange[]): [PlanNode, PlanNode][] {
  const old = new Map<NodePath, PlanNode>(childrenOf(before).map((child) => [child.path, child]));
  const stayed: [PlanNode, PlanNode][] = [];
  for (const child of childrenOf(after)) {
    const twin = old.get(child.path);
    old.delete(child.path);
    if (twin === undefined) changes.push({ path: child.path, kind: "added", says: "it is new" });
    else stayed.push([twin, child]);
  }
  for (const child of old.values()) changes.push({ path: child.path, kind: "removed", says: "it is gone" });
  const orderMatters = after.kind === "sequence" || after.kind === "parallel" || after.kind === "route" || after.kind === "gate";
  if (orderMatters && !isSame(order(childrenOf(before), stayed), order(childrenOf(after), stayed))) {
    changes.push({ path: after.path, kind: "changed", says: "its members are in another order" });
  }
  return stayed;
}

function order(children: readonly PlanNode[], stayed: readonly (readonly [PlanNode, PlanNode])[]): readonly NodePath[] {
  const paths = new Set(stayed.map(([, child]) => child.path));
  return children.map((child) => child.path).filter((path) => paths.has(path));
}

/** What is told of a node's own fields; the others are derived, or told by themselves. */
const FIELDS: Readonly<Record<string, string>> = {
  name: "its name changed",
  model: "its model changed",
  instructions: "its instructions changed",
  outputSchema: "its output schema changed",
  answerSchema: "the schema of its answer changed",
  maxTurns: "its limit of turns changed",
  toolChoice: "which tool it must call changed",
  settings: "its model's settings changed",
  endings: "what it does with answers that cannot be used changed",
  history: "what is given of the conversation before changed",
  promptProcessors: "how many prompt processors it has changed",
  outputProcessors: "how many output processors it has changed",
  providerTools: "the tools that its provider runs changed",
  onError: "what becomes of its failures changed",
  approval: "whether it needs approval changed",
  inDoubt: "what happens when it is in doubt changed",
  effect: "its effect changed",
  retry: "its retries changed",
  timeoutMs: "its timeout changed",
  concurrency: "its concurrency changed",
  onFailure: "what it does on failure changed",
  join: "how many of its branches it waits for changed",
  maxIterations: "its limit of iterations changed",
  maxCommands: "its limit of commands changed",
  maxHops: "its limit of transitions changed",
  initial: "the state it begins in changed",
  rules: "its transitions changed",
  ends: "the states it ends in changed",
  needs: "how many of its judges have to agree changed",
  minScore: "the score it wants changed",
  onExhausted: "what it does at its limit of iterations changed",
  decidesAccept: "whether a function says what its checks mean changed",
  hasHeuristic: "whether it has a heuristic changed",
  hasCost: "whether a function says what a state costs changed",
  invariants: "its invariants changed",
  branching: "how many of its proposals count changed",
  beam: "how many states it keeps to go on from changed",
  maxDepth: "its limit of depth changed",
  maxExpansions: "its limit of proposals changed",
  maxTokens: "its limit of tokens changed",
  ttlMs: "how long it keeps changed",
  reads: "which fields of the context it keeps by changed",
  starts: "the program that it starts changed",
  contents: "what it keeps the outcome of changed",
  picks: "what it picks changed",
  wake: "when it goes on changed",
  limit: "its time limit changed",
  merge: "how it merges the context changed",
  reducers: "the reducers of its context changed",
  include: "which fields of the context are there in it changed",
  access: "which fields of the context it declares changed",
};

/** What is told of what is done around a node. */
const POLICY_FIELDS: Readonly<Record<string, string>> = {
  plugins: "its plugins, or their order, changed",
  sinkTo: "where its output is written to changed",
  validators: "its validators changed",
  retry: "its retries as a whole changed",
  timeoutMs: "the timeout of an attempt as a whole changed",
  totalTimeoutMs: "how long it may take in all changed",
  resources: "the resources that it opens changed",
};

/** What runs in its place or undoes it is told by itself too, and may be all there is. */
function policyChanges({ path, policy: before }: PlanNode, { policy: after }: PlanNode): readonly PlanChange[] {
  if (isSame(before, after)) return [];
  const [old, now] = [before ?? {}, after ?? {}] as readonly [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>];
  const told = Object.keys(POLICY_FIELDS).filter((field) => !isSame(old[field] ?? null, now[field] ?? null));
  const says = before === undefined || after === undefined || told.length === 0 ? [] : told.map((field) => POLICY_FIELDS[field] as string);
  return (says.length === 0 ? ["what is done around it changed"] : says).map((each) => ({ path, kind: "changed", says: each }));
}

function nodeChanges(before: PlanNode, after: PlanNode): PlanChange[] {
  const { path } = after;
  if (before.kind !== after.kind) return [{ path, kind: "changed", says: `its kind was ${before.kind} and is ${after.kind}` }];
  const changes = [...fieldChanges(path, before, after), ...policyChanges(before, after)];
  if (before.kind === "agent" && after.kind === "agent") changes.push(...toolChanges(before, after), ...serverChanges(before, after));
  if (reducesBy(before) !== reducesBy(after)) changes.push({ path, kind: "changed", says: "what makes one thing of its results changed" });
  if (changes.length === 0 && before.fingerprint !== after.fingerprint) {
    changes.push({
      path,
      kind: "changed",
      says: after.kind === "sequence" ? "the schema of its input or its context changed" : "the schema of its input or output changed",
    });
  }
  changes.push(...markChanges(before, after).map((says) => ({ path, kind: "changed", says }) as const));
  return changes;
}

/** Whether a function or a program makes one thing of its results, or nothing does. */
function reducesBy(node: PlanNode): "decided" | "program" | null {
  if (!("reduce" in node) || node.reduce === undefined) return null;
  return node.reduce === "decided" ? "decided" : "program";
}

function fieldChanges(path: string, before: PlanNode | ToolSpec, after: PlanNode | ToolSpec): PlanChange[] {
  const old = before as unknown as Readonly<Record<string, unknown>>;
  const now = after as unknown as Readonly<Record<string, unknown>>;
  const changed = Object.keys(FIELDS).filter((field) => (field in now || field in old) && !isSame(old[field], now[field]));
  return changed.map((field) => ({ path, kind: "changed", says: FIELDS[field] as string }));
}

function toolChanges(before: AgentNode, after: AgentNode): PlanChange[] {
  const old = new Map(before.tools.map((tool) => [tool.name, tool]));
  const changes: PlanChange[] = [];
  for (const tool of after.tools) {
    const twin = old.get(tool.name);
    old.delete(tool.name);
    const path = `${after.path}:${tool.name}`;
    if (twin === undefined) changes.push({ path, kind: "added", says: "it is a new tool" });
    else if (twin.description !== tool.description) changes.push({ path, kind: "changed", says: "its description changed" });
    const fields = twin === undefined ? [] : fieldChanges(path, twin, tool);
    if (twin !== undefined && twin.description === tool.description && twin.fingerprint !== tool.fingerprint && fields.length === 0)
      changes.push({
        path,
        kind: "changed",
        says: tool.runner.kind === "program" ? "the program behind it, or its schema, changed" : "its schema changed",
      });
    changes.push(...fields);
  }
  for (const name of old.keys()) changes.push({ path: `${after.path}:${name}`, kind: "removed", says: "this tool is gone" });
  return changes;
}

function serverChanges(before: AgentNode, after: AgentNode): PlanChange[] {
  const old = new Map(before.servers.map((server) => [server.name, server]));
  const changes: PlanChange[] = [];
  for (const server of after.servers) {
    const twin = old.get(server.name);
    old.delete(server.name);
    const path = `${after.path}:${server.name}`;
    if (twin === undefined) changes.push({ path, kind: "added", says: "it is a new tool server" });
    else if (twin.fingerprint !== server.fingerprint)
      changes.push({ path, kind: "changed", says: "what it may offer, or the rules of it, changed" });
  }
  for (const name of old.keys()) changes.push({ path: `${after.path}:${name}`, kind: "removed", says: "this tool server is gone" });
  return changes;
}

/** The code of a node that is in both plans. That of a tool which came or went is told as such. */
function codeChanges(node: PlanNode, stored: Plan, current: Plan): PlanChange[] {
  const changes: PlanChange[] = [];
  for (const [key, what] of codeOf(node, stored)) {
    const [before, after] = [stored.code[key], current.code[key]];
    if (before === after) continue;
    if (before !== undefined && after !== undefined) changes.push({ path: key, kind: "code-changed", says: `the code of ${what} changed` });
    else if (node.path !== key && !isTool(node, key))
      changes.push({ path: key, kind: "code-changed", says: `${what} ${after === undefined ? "is gone" : "is new"}` });
  }
  return changes;
}

/** Its coming and going is told with the tool itself. */
function isTool(node: PlanNode, key: string): boolean {
  return (
    node.kind === "agent" &&
    !/:(?:instructions|approval|retryOn)$/.test(key) &&
    node.tools.some(({ name }) => key === `${node.path}:${name}`)
  );
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || canonicalJson(a) === canonicalJson(b);
}
