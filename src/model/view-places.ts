import type { OpKind } from "./entry.ts";
import type { ViewKind } from "./view-data.ts";

/** One node on the way from the root to an instance path. */
export interface Place {
  /** Instance path so far, without attempts. */
  readonly path: string;
  readonly segment: string;
  /** What must be there, as far as the path tells; null where it does not. */
  readonly kind: ViewKind | null;
}

/**
 * The nodes from the root down to what stands at a path. An item stands below its map, except that a model's turn stands
 * right below its agent: `a/b[1]/c` is `a`, `a/b`, `a/b[1]`, `a/b[1]/c`, and a model call at `a/c/turn[0]` is `a`,
 * `a/c` (an agent), `a/c/turn[0]`.
 */
export function placesOf(path: string, kind: ViewKind | OpKind): readonly Place[] {
  const segments = path.split("/");
  const agentAt = segments.length - (kind === "model" ? 2 : kind === "tool" ? 3 : segments.length + 1);
  const places: Place[] = [];
  let above = "";
  for (const [index, raw] of segments.entries()) {
    const segment = raw.replace(/#\d+$/, "");
    const isOfAgent = agentAt >= 0 && index > agentAt;
    const parts = isOfAgent ? [segment] : withItems(segment);
    for (const [nth, part] of parts.entries()) {
      const isItemNext = nth + 1 < parts.length;
      places.push({
        path: above + part,
        segment: part,
        kind: isItemNext ? "map" : isOfAgent ? (index === agentAt + 1 ? "turn" : "tool") : index === agentAt ? "agent" : null,
      });
    }
    above += `${segment}/`;
  }
  const last = places.at(-1);
  if (last !== undefined && last.kind === null && isNodeKind(kind)) places[places.length - 1] = { ...last, kind };
  return places;
}

function isNodeKind(kind: ViewKind | OpKind): kind is ViewKind {
  return kind === "step" || kind === "human" || kind === "branch";
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
