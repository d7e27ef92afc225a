import { addCost, FREE } from "./cost.ts";
import type { Cost } from "./cost.ts";
import type { Failure } from "./failure.ts";
import { parseInstancePath } from "./path.ts";
import type { Usage } from "./usage.ts";
import { addUsage, NO_USAGE } from "./usage.ts";
import type { AttemptView, NodeView } from "./view-data.ts";
import { HAS_ITERATIONS } from "./view-data.ts";
import type { Place, WayOptions } from "./view-places.ts";
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
  reach(path: string, options: WayOptions, atMs: number): readonly [...above: readonly Draft[], last: Draft] {
    const way = new Way(path, options);
    const nodes: Draft[] = [];
    let node: Draft | null = null;
    for (let index = 0; index < way.length; index++) {
      for (const place of way.placesAt(index, node?.kind ?? null)) {
        const found: Draft =
          place.attempt !== null && node !== null
            ? this.attempt(node, place.attempt, atMs)
            : (this.child(node, place.segment) ?? this.#make(node, place, atMs));
        if (place.kind !== null && !(place.kind === "map" && HAS_ITERATIONS.has(found.kind))) found.kind = place.kind;
        nodes.push(found);
        node = found;
      }
    }
    const last = nodes.pop();
    if (last === undefined) throw new RangeError("An instance path has at least one segment.");
    return [...nodes, last];
  }

  /**
   * One attempt of a node that is tried several times, with what happens in it. Until a second is made, what happens in the
   * first stands right below the node: nobody can know that it is one of several.
   */
  attempt(node: Draft, number: number, atMs: number): Draft {
    if (!isSplit(node)) this.#split(node);
    const known = this.child(node, `#${number}`);
    if (known !== null) return known;
    const made = this.#make(node, { segment: `#${number}`, adds: `#${number}` }, atMs);
    const { name, kind } = node;
    return Object.assign(made, { name, kind, attempt: number });
  }

  #split(node: Draft): void {
    const { name, kind, children, startedAtMs, seq, items, key, metadata, output, usage, cost, outcomes, decisions } = node;
    const inside = newNode(`${node.path}#1`, "#1", startedAtMs);
    const ended = outcomes.find(({ attempt }) => attempt === 1);
    const first: Draft = { ...inside, name, kind, children, seq, items, key, metadata, output, usage, cost, attempt: 1 };
    first.decisions = decisions.filter(({ about }) => !isOfPolicy(about));
    if (ended !== undefined) endAttempt(first, ended);
    this.#own.add(first);
    Object.assign(node, { children: new Map([["#1", first]]), items: null, key: null, metadata: NO_METADATA, output: undefined });
    node.decisions = decisions.filter(({ about }) => isOfPolicy(about));
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

  #make(above: Draft | null, { segment, adds }: Pick<Place, "segment" | "adds">, atMs: number): Draft {
    const made = newNode(`${above?.path ?? ""}${adds}`, segment, atMs);
    this.#own.add(made);
    this.#put(above, made);
    return made;
  }

  #put(above: Draft | null, node: Draft): void {
    if (above === null) this.root = node;
    else above.children.set(node.segment, node);
  }
}

/** What stands at a path; null where nothing does. Of what is tried several times and has no attempts below it, the node itself. */
export function nodeAt(root: NodeView, path: string): NodeView | null {
  const way = new Way(path, { end: null });
  let node: NodeView | null = null;
  for (let index = 0; index < way.length; index++) {
    for (const { segment } of way.placesAt(index, node?.kind ?? null)) {
      const found: NodeView | undefined = node === null ? root : node.children.get(segment);
      if (found === undefined || found.segment !== segment) return null;
      node = found;
    }
  }
  return node;
}

/** Whether the attempts of a node stand below it, each with what happened in it. */
export function isSplit(node: NodeView): boolean {
  return node.children.has("#1");
}

/** An attempt is over. */
export function endAttempt(attempt: Draft, { startedAtMs, endedAtMs, failure }: AttemptView): void {
  attempt.startedAtMs = startedAtMs;
  attempt.endedAtMs = endedAtMs;
  attempt.failure = failure;
  attempt.status = failure === null ? "succeeded" : statusOfFailure(failure);
}

/** What became of something that failed: what was told to stop, and what goes on as another run, are no failures of its own. */
export function statusOfFailure({ code }: Failure): "failed" | "cancelled" | "continued" {
  return code === "cancelled" || code === "continued" ? code : "failed";
}

/** Whether a question is one of what is done around a node, and not of an attempt. */
export function isOfPolicy(about: string): boolean {
  return about === "retryOn" || about === "failed" || about === "default" || judges(about);
}

/** Whether a question is what a plugin or a validator says of an output: `plugin tone`, after a redirect `plugin-2 tone`. */
export function judges(about: string): boolean {
  return /^(?:validate|plugin(?:-\d+)?) /.test(about);
}

/** The value of the operation with this seq, which a `frame-done` points to instead of repeating it. */
export function outputBelow(node: NodeView, seq: number): unknown {
  for (const child of [...node.children.values()].reverse()) {
    if (child.seq === seq) return child.output;
    const found = outputBelow(child, seq);
    if (found !== undefined) return found;
  }
  return undefined;
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
    attempt: null,
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
    wait: null,
    metadata: NO_METADATA,
    question: null,
    request: undefined,
    children: new Map(),
  };
}

const NONE: readonly never[] = Object.freeze([]);
const NO_METADATA: NodeView["metadata"] = Object.freeze({});
