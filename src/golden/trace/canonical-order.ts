import type { PlanNode } from "../../model/node.ts";
import type { InstancePath, NodePath } from "../../model/path.ts";
import { nodePathOf } from "../../model/path.ts";

/** Something that happened at a place of a run, and when in the order of outcomes. */
interface Placed {
  readonly path: InstancePath;
  readonly seq: number;
}

/** A place of a run: what happened there, and the places below it. */
interface Place<T> {
  /** The instance path up to here. */
  readonly path: string;
  /** What it adds: a name, `[3]` or `#2`. */
  readonly token: string;
  readonly here: T[];
  readonly below: Map<string, Place<T>>;
  /** The lowest seq of all that happened here and below. */
  firstSeq: number;
}

/** What stands beside each other below one place: something that happened there, a place, or all items of a list. */
interface Sibling<T> {
  readonly firstSeq: number;
  readonly all: () => readonly T[];
}

/**
 * Brings what happened in a run into an order that does not depend on what was quicker: items and calls by their index,
 * branches that run at once as they are declared, all else in the order it came in, which is always the same.
 */
export function inCanonicalOrder<T extends Placed>(happened: readonly T[], nodes: readonly PlanNode[]): readonly T[] {
  if (!nodes.some(runsAtOnce)) return happened.toSorted((a, b) => a.seq - b.seq);
  const declared = new Map<NodePath, readonly string[]>();
  for (const node of nodes) {
    const atOnce = node.kind === "parallel" || node.kind === "route" ? node.branches : node.kind === "gate" ? node.judges : null;
    if (atOnce === null) continue;
    declared.set(
      node.path,
      atOnce.map(({ segment }) => segment),
    );
  }
  const top: Place<T> = { path: "", token: "", here: [], below: new Map(), firstSeq: Number.POSITIVE_INFINITY };
  for (const each of happened) place(top, each);
  return flattened(top, declared);
}

const AT_ONCE: ReadonlySet<PlanNode["kind"]> = new Set(["map", "parallel", "route", "gate", "search", "agent"]);

/** Whether several things may be under way in it at the same time. */
function runsAtOnce({ kind, policy }: PlanNode): boolean {
  return AT_ONCE.has(kind) || policy !== undefined;
}

function place<T extends Placed>(top: Place<T>, happened: T): void {
  let at = top;
  at.firstSeq = Math.min(at.firstSeq, happened.seq);
  for (const token of tokensOf(happened.path)) {
    let next = at.below.get(token);
    if (next === undefined) {
      const path = at.path === "" || token.startsWith("[") || token.startsWith("#") ? at.path + token : `${at.path}/${token}`;
      next = { path, token, here: [], below: new Map(), firstSeq: Number.POSITIVE_INFINITY };
      at.below.set(token, next);
    }
    next.firstSeq = Math.min(next.firstSeq, happened.seq);
    at = next;
  }
  at.here.push(happened);
}

/** `a/b[3]#2` is `a`, `b`, `[3]`, `#2`. */
function tokensOf(path: InstancePath): readonly string[] {
  return path.match(/\[\d+\]|#\d+|[^/[\]#]+/g) ?? [path];
}

function flattened<T extends Placed>(at: Place<T>, declared: ReadonlyMap<NodePath, readonly string[]>): readonly T[] {
  if (at.below.size === 0) return at.here.length < 2 ? at.here : at.here.toSorted((a, b) => a.seq - b.seq);
  const siblings: Sibling<T>[] = at.here.map((each) => ({ firstSeq: each.seq, all: () => [each] }));
  const branches = declared.size === 0 ? undefined : declared.get(nodePathOf(at.path as InstancePath));
  const items: Place<T>[] = [];
  const named: Place<T>[] = [];
  for (const below of at.below.values()) {
    if (below.token.startsWith("[")) items.push(below);
    else if (branches?.includes(below.token) === true) named.push(below);
    else siblings.push({ firstSeq: below.firstSeq, all: () => flattened(below, declared) });
  }
  for (const [group, rank] of [
    [items, (token: string) => Number(token.slice(1, -1))],
    [named, (token: string) => branches?.indexOf(token) ?? 0],
  ] as const) {
    if (group.length === 0) continue;
    const ranked = group.map((place) => ({ place, rank: rank(place.token) })).sort((a, b) => a.rank - b.rank);
    const firstSeq = group.reduce((first, each) => Math.min(first, each.firstSeq), Number.POSITIVE_INFINITY);
    siblings.push({ firstSeq, all: () => ranked.flatMap(({ place }) => flattened(place, declared)) });
  }
  const [only] = siblings;
  if (siblings.length === 1 && only !== undefined) return only.all();
  return siblings.sort((a, b) => a.firstSeq - b.firstSeq).flatMap(({ all }) => all());
}
