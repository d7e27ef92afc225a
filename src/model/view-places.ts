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
  readonly segment: string;
  /** What must be there, as far as the path tells; null where it does not. */
  readonly kind: ViewKind | null;
}

/** The segments of an instance path without attempts, and what the last of them must be. */
export class Way {
  readonly #segments: readonly string[];
  readonly #ends: readonly ViewKind[];
  readonly #endKind: EndKind;

  constructor(path: string, endKind: EndKind) {
    this.#segments = path.split("/").map((segment) => segment.replace(/#\d+$/, ""));
    this.#ends = BELOW_AGENT[endKind ?? ""] ?? [];
    this.#endKind = endKind;
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
    const isLast = index === this.#segments.length - 1;
    const fixed =
      this.#ends[index - (this.#segments.length - this.#ends.length)] ?? fixedBelow(above, segment, isLast && this.#endKind === "human");
    if (fixed === "turn" || fixed === "tool" || fixed === "approval" || fixed === "summary")
      return [{ segment, kind: segment === "summary" && fixed === "turn" ? "summary" : fixed }];
    const parts = withItems(segment);
    const end = fixed ?? (isLast && isNodeKind(this.#endKind) ? this.#endKind : null);
    return parts.map((part, nth) => ({ segment: part, kind: nth + 1 < parts.length ? "map" : end }));
  }
}

/** What stands at a segment below a turn, an agent or a tool call, whoever asks; null for all that is no part of theirs. */
function fixedBelow(above: ViewKind | null, segment: string, isHuman: boolean): ViewKind | null {
  if (above === "agent") return segment === "summary" ? "summary" : /^turn\[\d+\]$/.test(segment) ? "turn" : null;
  if (above === "turn") return /^tool\[\d+\]$/.test(segment) ? "tool" : null;
  return above === "tool" && segment === "approval" && isHuman ? "approval" : null;
}

function isNodeKind(kind: EndKind): kind is ViewKind {
  return kind === "step" || kind === "human" || kind === "branch" || kind === "agent";
}

/** `b[1][2]` as `b`, `b[1]`, `b[1][2]`: a map, its item that is a map, and an item of that. */
function withItems(segment: string): readonly string[] {
  const first = segment.indexOf("[");
  if (first < 0) return [segment];
  const parts = [segment.slice(0, first)];
  for (const match of segment.matchAll(/\]/g)) parts.push(segment.slice(0, match.index + 1));
  return parts;
}

/** Which attempt a key is about: 1 unless it ends in `#n`. */
export function attemptOf(key: string): number {
  return Number(/#(\d+)$/.exec(key)?.[1] ?? 1);
}
