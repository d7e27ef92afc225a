import { isPlainObject } from "../../base/json.ts";
import type { Golden, GoldenOperation } from "../golden.ts";
import type { Lane } from "./drift.ts";
import type { Place, Side } from "./place-tree.ts";
import { sameValue } from "./same-value.ts";

/**
 * What runs at the same time, as far as paths and values show it: a golden has no plan. The items of a map and the tool calls
 * of a turn are known by their paths; branches by what is made of them, an object with a field for each. Whatever is
 * not known to run at once is taken to run one after the other.
 */
export class AtOnce {
  readonly #goldens: Readonly<Record<Side, Golden>>;
  readonly #known = new Map<Place, { readonly items: boolean; readonly names: boolean }>();

  constructor(goldens: Readonly<Record<Side, Golden>>) {
    this.#goldens = goldens;
  }

  /** The way from the root to a place. */
  lanesTo(place: Place): readonly Lane[] {
    const lanes: Lane[] = [];
    for (let at = place; at.parent !== null; at = at.parent) lanes.push({ token: at.token, atOnce: this.isAtOnce(at) });
    return lanes.reverse();
  }

  /** Whether a place runs at the same time as others of its form beside it. */
  isAtOnce({ token, parent }: Place): boolean {
    if (parent === null || token.startsWith("#") || token.startsWith("?")) return false;
    let known = this.#known.get(parent);
    if (known === undefined) {
      known = { items: this.#haveItems(parent), names: this.#haveBranches(parent) };
      this.#known.set(parent, known);
    }
    return token.startsWith("[") ? known.items : known.names;
  }

  #haveItems(place: Place): boolean {
    if (place.isRepeated) return false;
    if (place.token === "tool" && place.parent?.parent?.isRepeated === true) return true;
    return !this.#isChained(place);
  }

  /** A loop that asks nothing is known by its second iteration, which is given what the first gave. */
  #isChained({ below }: Place): boolean {
    const first = below.get("[0]");
    const second = below.get("[1]");
    if (first === undefined || second === undefined) return false;
    return this.#sides.some((side) => {
      const gave = outputOf(this.#operation(side, first.spans[side]?.last));
      const given = valueGiven(this.#operation(side, second.spans[side]?.first));
      const began = valueGiven(this.#operation(side, first.spans[side]?.first));
      return gave !== NOTHING && sameValue(gave, given) && !sameValue(began, given);
    });
  }

  #haveBranches(place: Place): boolean {
    const names = [...place.below.values()].filter(({ token }) => !/^[[#?]/.test(token));
    if (names.length < 2) return false;
    if (place.token.startsWith("#") && place.parent !== null && this.#haveBranches(place.parent)) return true;
    if (place.below.has("?context") && !place.below.has("?enter") && !place.below.has("[0]")) return true; // only a join asks that
    return this.#sides.some((side) => this.#isJoined(side, place, names));
  }

  /** Whether what comes after a place is made of what stands below it, side by side. */
  #isJoined(side: Side, place: Place, names: readonly Place[]): boolean {
    const span = place.spans[side];
    const here = names.filter(({ spans }) => spans[side] !== null);
    if (span === null || here.length < 2) return false;
    const after = this.#valueAfter(side, span.last);
    if (!isPlainObject(after) || sameValue(after, outputOf(this.#operation(side, span.last)))) return false;
    const known = new Set(here.map(({ token }) => token));
    const keys = Object.keys(after);
    if (keys.length === 2 && typeof after["branch"] === "string" && "output" in after) return known.has(after["branch"]);
    return keys.length > 1 && keys.every((key) => known.has(key));
  }

  /** What the operation behind a position is about, or the result where none is. */
  #valueAfter(side: Side, position: number): unknown {
    const { operations, result } = this.#goldens[side];
    if (position + 1 < operations.length) return valueGiven(operations[position + 1]);
    return result.status === "succeeded" ? result.output : NOTHING;
  }

  #operation(side: Side, position: number | undefined): GoldenOperation | undefined {
    return position === undefined ? undefined : this.#goldens[side].operations[position];
  }

  readonly #sides = ["recorded", "now"] as const;
}

/** Like no value there is. */
const NOTHING = Symbol("nothing");

function outputOf(operation: GoldenOperation | undefined): unknown {
  return operation?.response?.status === "succeeded" ? operation.response.value : NOTHING;
}

/** What the flow of data gives an operation, where its request says it. */
function valueGiven(operation: GoldenOperation | undefined): unknown {
  switch (operation?.kind) {
    case "step":
      return operation.request["input"];
    case "decide":
      return operation.request["value"];
    case "model":
      return promptGiven(operation.request["added"]);
    default:
      return NOTHING;
  }
}

/** The input of an agent, read back from the message that was made of it. */
function promptGiven(added: unknown): unknown {
  const first: unknown = Array.isArray(added) ? added[0] : null;
  if (!isPlainObject(first) || typeof first["text"] !== "string") return NOTHING;
  const text = first["text"];
  if (!text.startsWith("{")) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text; // words that begin with a brace
  }
}
