import { addCost, FREE } from "./cost.ts";
import type { Cost } from "./cost.ts";
import { parseInstancePath } from "./path.ts";
import type { Usage } from "./usage.ts";
import { addUsage, NO_USAGE } from "./usage.ts";
import type { NodeView } from "./view-data.ts";
import type { EndKind } from "./view-places.ts";
import { Way } from "./view-places.ts";

/** A node that is being worked on. */
export type Draft = { -readonly [Key in Exclude<keyof NodeView, "children">]: NodeView[Key] } & { children: Map<string, Draft> };

/** A tree of nodes that is changed in place where it was made here, and copied first where it was given. */
export class ViewTree {
  root: Draft | null;
  readonly #own = new WeakSet<Draft>();

  constructor(root: NodeView | null) {
    this.root = root as Draft | null; // what is given is copied before it is changed
  }

  /** The nodes from the root to what stands at a path, ready to be changed; made where they are not there. */
  reach(path: string, end: EndKind, atMs: number): readonly [...above: readonly Draft[], last: Draft] {
    const way = new Way(path, end);
    const nodes: Draft[] = [];
    let node: Draft | null = null;
    let lead = "";
    for (let index = 0; index < way.length; index++) {
      let segment = "";
      for (const place of way.placesAt(index, node?.kind ?? null)) {
        segment = place.segment;
        const found: Draft = this.child(node, segment) ?? this.#make(node, lead + segment, { segment, atMs });
        if (place.kind !== null) found.kind = place.kind;
        nodes.push(found);
        node = found;
      }
      lead += `${segment}/`;
    }
    const last = nodes.pop();
    if (last === undefined) throw new RangeError("An instance path has at least one segment.");
    return [...nodes, last];
  }

  /** A child (of nothing: the root) that may be changed; null where there is none. */
  child(above: Draft | null, segment: string): Draft | null {
    const known = above === null ? this.root : (above.children.get(segment) ?? null);
    if (known === null || this.#own.has(known)) return known;
    const copy: Draft = { ...known, children: new Map(known.children) };
    this.#own.add(copy);
    this.#put(above, copy);
    return copy;
  }

  #make(above: Draft | null, path: string, { segment, atMs }: { readonly segment: string; readonly atMs: number }): Draft {
    const made = newNode(path, segment, atMs);
    this.#own.add(made);
    this.#put(above, made);
    return made;
  }

  #put(above: Draft | null, node: Draft): void {
    if (above === null) this.root = node;
    else above.children.set(node.segment, node);
  }
}

/** What an operation used counts for everything above it. */
export function spend(nodes: readonly Draft[], usage: Usage, cost: Cost): void {
  if (usage === NO_USAGE && cost.kind === "free") return;
  for (const node of nodes) {
    node.usage = addUsage(node.usage, usage);
    node.cost = addCost(node.cost, cost);
  }
}

function newNode(path: string, segment: string, atMs: number): Draft {
  return {
    path: parseInstancePath(path),
    segment,
    name: segment.replace(/(?:\[\d+\])+$/, ""),
    kind: "group",
    status: "running",
    attempts: 1,
    outcomes: NONE,
    decisions: NONE,
    usage: NO_USAGE,
    cost: FREE,
    startedAtMs: atMs,
    endedAtMs: null,
    seq: null,
    output: undefined,
    failure: null,
    key: null,
    items: null,
    question: null,
    request: undefined,
    children: new Map(),
  };
}

const NONE: readonly never[] = Object.freeze([]);
