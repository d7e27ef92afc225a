import type { OpKind } from "./entry.ts";
import type { ViewKind } from "./view-data.ts";

/** What is known to stand at the end of a path; null where nobody knows yet. */
export type EndKind = ViewKind | OpKind | null;

/** What the nodes at the end of a path are, for what has a fixed place below an agent. */
const BELOW_AGENT: Readonly<Record<string, readonly ViewKind[]>> = {
  model: ["agent", "turn"],
  tool: ["agent", "turn", "tool"],
  approval: ["agent", "turn", "tool", "approval"],
};

/** One node on the way from the root to an instance path. */
export interface Place {
  /** Its key among its siblings. */
  readonly segment: string;
  /** What it adds to the path of the node above it. */
  readonly adds: string;
  /** What must be there, as far as the path tells; null where it does not. */
  readonly kind: ViewKind | null;
  /** Which attempt of the node above it is; null where it is a node. */
  readonly attempt: number | null;
}

/** What is asked for at the end of a path. */
export interface WayOptions {
  readonly end: EndKind;
  /** Whether it leads into the attempt that the path ends with, instead of to the node that is tried. */
  readonly intoAttempt?: boolean;
}

/**
 * The places that an instance path leads through. An attempt but the first is a place of its own below its node, where the
 * path goes on after it: `a#2/b` is `a`, its second attempt, and `b` in that.
 */
export class Way {
  readonly #segments: readonly string[];
  readonly #ends: readonly ViewKind[];
  readonly #options: WayOptions;

  constructor(path: string, options: WayOptions) {
    this.#segments = path.split("/");
    this.#ends = BELOW_AGENT[options.end ?? ""] ?? [];
    this.#options = options;
  }

  get length(): number {
    return this.#segments.length;
  }

  /**
   * The nodes that a segment stands for, seen from the node above it. An item stands below its map: `b[1]` is `b` and
   * `b[1]`. But a turn stands right below its agent, and a tool call right below its turn: `turn[0]` is one node there.
   */
  placesAt(index: number, above: ViewKind | null): readonly Place[] {
    const segment = this.#segments[index] ?? "";
    const plain = segment.includes("#") ? segment.replace(/#\d+/g, "") : segment;
    const isLast = index === this.#segments.length - 1;
    const { end } = this.#options;
    const fixed = this.#ends[index - (this.#segments.length - this.#ends.length)] ?? fixedBelow(above, plain, isLast && end === "human");
    const adds = index === 0 ? plain : `/${plain}`;
    if (fixed === "turn" || fixed === "tool" || fixed === "approval" || fixed === "summary")
      return [{ segment: plain, adds, kind: plain === "summary" && fixed === "turn" ? "summary" : fixed, attempt: null }];
    const places = placesIn(segment, fixed ?? (isLast && isNodeKind(end) ? end : null), index === 0 ? "" : "/");
    return isLast && this.#options.intoAttempt !== true && places.at(-1)?.attempt != null ? withoutLastAttempts(places) : places;
  }
}

function withoutLastAttempts(places: readonly Place[]): readonly Place[] {
  return places.slice(0, places.findLastIndex(({ attempt }) => attempt === null) + 1);
}

/** What stands at a segment below a turn, an agent or a tool call, whoever asks; null for all that is no part of theirs. */
function fixedBelow(above: ViewKind | null, segment: string, isHuman: boolean): ViewKind | null {
  if (above === "agent") return segment === "summary" ? "summary" : /^turn\[\d+\]$/.test(segment) ? "turn" : null;
  if (above === "turn") return /^tool\[\d+\]$/.test(segment) ? "tool" : null;
  return above === "tool" && segment === "approval" && isHuman ? "approval" : null;
}

const NODE_KINDS: ReadonlySet<EndKind> = new Set([
  "step",
  "agent",
  "gather",
  "branch",
  "map",
  "parallel",
  "route",
  "machine",
  "agenticLoop",
  "loop",
  "refine",
  "gate",
  "search",
  "sleep",
  "human",
  "signal",
  "nested",
  "background",
  "cache",
  "saga",
  "tap",
] satisfies ViewKind[]);

function isNodeKind(kind: EndKind): kind is ViewKind {
  return NODE_KINDS.has(kind);
}

/**
 * `b[1][2]` as `b`, `b[1]`, `b[1][2]`: a map, its item that is a map, and an item of that. `b#2[1]` as `b`, its second
 * attempt, and `b[1]` in that. The first attempt of anything is no place: nobody knows that it is one while it is made.
 */
function placesIn(segment: string, end: ViewKind | null, lead: string): readonly Place[] {
  if (!segment.includes("[") && !segment.includes("#")) return [{ segment, adds: lead + segment, kind: end, attempt: null }];
  const [name = "", ...parts] = segment.split(/(?=[#[])/);
  const lastItem = parts.findLastIndex((part) => part.startsWith("["));
  let key = name;
  const places: Place[] = [{ segment: name, adds: lead + name, kind: lastItem < 0 ? end : "map", attempt: null }];
  for (const [index, part] of parts.entries()) {
    const kind = index < lastItem ? "map" : end;
    if (part.startsWith("[")) places.push({ segment: (key += part), adds: part, kind, attempt: null });
    else if (part !== "#1") places.push({ segment: part, adds: part, kind, attempt: Number(part.slice(1)) });
  }
  return places;
}

/** Which attempt a key is about: 1 unless it ends in `#n`. */
export function attemptOf(key: string): number {
  return attemptSaidBy(key) ?? 1;
}

/** The attempt that a key says it is about: also the first, as the end of an attempt does; null where it says none. */
export function attemptSaidBy(key: string): number | null {
  const found = /#(\d+)$/.exec(key)?.[1];
  return found === undefined ? null : Number(found);
}
