import type { HistoryPolicy } from "../model/history-policy.ts";
import type { InstancePath } from "../model/path.ts";
import { nodePathOf } from "../model/path.ts";
import type { Said } from "../model/said.ts";
import type { Earlier, Recalled } from "./agent/recall-from.ts";
import { newestOf, recallFrom } from "./agent/recall-from.ts";

const NOTHING: Earlier = Object.freeze({ summary: null, gone: 0, exchanges: [] });

/**
 * What the agents in a loop have said in its iterations so far. Each is given its own: what was said at the same place of the plan
 * and, within a map, at the same item. It does not change: after each iteration there is another.
 */
export class LoopHistory {
  readonly #policy: HistoryPolicy;
  /** By the place in the plan and the lane. */
  readonly #earlier: ReadonlyMap<string, Earlier>;
  /** Which items of the maps between the loop and here; empty where there is no map. */
  readonly lane: string;

  private constructor(policy: HistoryPolicy, earlier: ReadonlyMap<string, Earlier>, lane: string) {
    this.#policy = policy;
    this.#earlier = earlier;
    this.lane = lane;
  }

  /** That of a loop before its first iteration; undefined where it has no policy, so that what is around it holds in it, too. */
  static begin(policy: HistoryPolicy | undefined): LoopHistory | undefined {
    return policy === undefined ? undefined : new LoopHistory(policy, new Map(), "");
  }

  /** As one item of a map sees it. */
  ofItem(index: number): LoopHistory {
    return new LoopHistory(this.#policy, this.#earlier, this.lane === "" ? String(index) : `${this.lane}/${index}`);
  }

  /** What the agent at this place is given. */
  recalledAt(key: InstancePath): Recalled {
    return recallFrom(this.#earlier.get(ownerOf(key, this.lane)) ?? NOTHING, this.#policy);
  }

  /** With what was said since. */
  with(said: readonly Said[]): LoopHistory {
    if (said.length === 0) return this;
    const earlier = new Map(this.#earlier);
    for (const each of said.toSorted(inOrder)) {
      const owner = ownerOf(each.key, each.lane ?? "");
      earlier.set(owner, kept(after(earlier.get(owner) ?? NOTHING, each), this.#policy));
    }
    return new LoopHistory(this.#policy, earlier, this.lane);
  }
}

function ownerOf(key: InstancePath, lane: string): string {
  return `${nodePathOf(key)}\n${lane}`; // a path has no such character in it
}

function after({ summary, gone, exchanges }: Earlier, { items, summaryOf }: Said): Earlier {
  if (summaryOf === undefined) return { summary, gone, exchanges: [...exchanges, items] };
  if (summaryOf < gone) return { summary, gone, exchanges }; // made at the same time as one that covers more
  return { summary: items, gone: summaryOf, exchanges: exchanges.slice(summaryOf - gone) };
}

/** Without what nobody will be given any more. */
function kept(earlier: Earlier, policy: HistoryPolicy): Earlier {
  if (policy.keep === "summary") return earlier;
  const exchanges = newestOf(earlier.exchanges, policy);
  return { ...earlier, gone: earlier.gone + earlier.exchanges.length - exchanges.length, exchanges };
}

/** What one agent says more than once in one iteration counts in the order of its places there, whatever was quicker. */
function inOrder(one: Said, other: Said): number {
  const [first, second] = [numbersIn(one.key), numbersIn(other.key)];
  const at = first.findIndex((number, index) => number !== second[index]);
  return at < 0 ? first.length - second.length : (first[at] ?? 0) - (second[at] ?? -1);
}

/** Indices and attempts: all in which two places of one agent differ. */
function numbersIn(key: InstancePath): readonly number[] {
  return (key.match(/(?<=[[#])\d+/g) ?? []).map(Number);
}
