import type { Entry } from "../model/entry.ts";
import type { PlanNode } from "../model/node.ts";
import { childrenOf, nodesIn } from "../model/plan-nodes.ts";
import { decisionPath, nodePathOf, parseInstancePath, withoutAttempt } from "../model/path.ts";
import type { Standing } from "../plan/compare-bindings.ts";

/** How the run stands to each node of its plan, by all that it has recorded. */
export function standingsOf(root: PlanNode, entries: readonly Entry[]): (node: PlanNode) => Standing {
  const facts = factsOf(entries);
  const ahead = new Set<string>();
  lookAhead({ node: root, isOnly: true }, facts, ahead);
  return ({ path }) => (ahead.has(path) ? "ahead" : facts.used.has(path) ? "behind" : "aside");
}

interface Facts {
  /** The paths of all nodes that have asked for anything, and of those around them. */
  readonly used: ReadonlySet<string>;
  /** The keys of frames that have ended. */
  readonly done: ReadonlySet<string>;
  /** The keys of operations that have succeeded, whichever attempt it was. */
  readonly succeeded: ReadonlySet<string>;
  /** What was decided, by key. */
  readonly decided: ReadonlyMap<string, unknown>;
}

function factsOf(entries: readonly Entry[]): Facts {
  const used = new Set<string>();
  const done = new Set<string>();
  const succeeded = new Set<string>();
  const decided = new Map<string, unknown>();
  const use = (key: string): void => {
    const path = nodePathOf(parseInstancePath(key));
    for (let end = path.length; end > 0 && !used.has(path.slice(0, end)); end = lastCut(path, end)) used.add(path.slice(0, end));
  };
  for (const entry of entries) {
    if (entry.type === "decisions-made")
      for (const { key, outcome } of entry.decisions) {
        use(key);
        if (outcome.status === "succeeded") decided.set(key, outcome.value);
      }
    else if (entry.type === "frame-done") {
      use(entry.key);
      done.add(entry.key);
    } else if (entry.type === "operation-finished") {
      use(entry.key);
      if (entry.outcome.status === "succeeded") succeeded.add(withoutAttempt(entry.key));
    } else if (entry.type === "operation-intended" || entry.type === "wait-opened") use(entry.key);
  }
  return { used, done, succeeded, decided };
}

/** Where the path of what is around it ends: at the last `/`, or before the brackets of a map, a loop, a turn. */
function lastCut(path: string, end: number): number {
  return Math.max(path.lastIndexOf("/", end - 1), path.lastIndexOf("[", end - 1));
}

interface Place {
  readonly node: PlanNode;
  /** Whether there is no more than one instance of it in a run, whose key is then the node's own path. */
  readonly isOnly: boolean;
}

/** Notes what the run may still enter. Where a node may have several instances, it counts until what is around it has ended. */
function lookAhead({ node, isOnly }: Place, facts: Facts, ahead: Set<string>): void {
  if (isOnly && hasEnded(node, facts)) return;
  ahead.add(node.path);
  if (node.kind === "saga") for (const path of compensationsOf(node)) ahead.add(path); // of what has ended, too
  const isOnlyBelow = isOnly && holdsOne(node);
  for (const child of enterable(node, isOnly, facts)) lookAhead({ node: child, isOnly: isOnlyBelow }, facts, ahead);
}

/** The nodes of all compensations that a saga may run. */
function compensationsOf(saga: PlanNode): readonly string[] {
  return nodesIn(saga).flatMap(({ policy }) =>
    policy?.compensation === undefined ? [] : nodesIn(policy.compensation).map(({ path }) => path),
  );
}

/** What there is a policy around has not ended with its operation: what that gave may not be good enough. */
function hasEnded({ path, policy }: PlanNode, { done, succeeded }: Facts): boolean {
  return done.has(path) || (policy === undefined && succeeded.has(path));
}

/** Whether what is right below it is entered at most once for each time that it is. */
function holdsOne({ kind, policy }: PlanNode): boolean {
  if (policy !== undefined && policy.retry !== null) return false;
  return (
    kind === "sequence" ||
    kind === "branch" ||
    kind === "parallel" ||
    kind === "route" ||
    kind === "gate" ||
    kind === "nested" ||
    kind === "cache" ||
    kind === "saga" ||
    kind === "tap"
  );
}

/** A branch that has chosen enters no other. */
function enterable(node: PlanNode, isOnly: boolean, { decided }: Facts): readonly PlanNode[] {
  const children = childrenOf(node);
  if (node.kind !== "branch" || !isOnly || (node.policy !== undefined && node.policy.retry !== null)) return children;
  const at = decisionPath(parseInstancePath(node.path), "key");
  if (!decided.has(at)) return children;
  const key = String(decided.get(at));
  const taken = Object.hasOwn(node.branches, key) ? node.branches[key] : node.default;
  const others = new Set<PlanNode | null | undefined>([...Object.values(node.branches), node.default].filter((each) => each !== taken));
  return children.filter((child) => !others.has(child));
}
