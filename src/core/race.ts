import type { Failure } from "../model/failure.ts";
import type { ParallelNode } from "../model/node.ts";
import type { StepFailed, StepResult } from "../model/step-result.ts";
import type { BranchWrites } from "./context/merge-writes.ts";

/** Programs that run at the same time, and how their failures count. */
export type Racing = Pick<ParallelNode, "branches" | "onFailure" | "join">;

/** Who has succeeded and who has failed, in the order in which they ended: the same order when it is replayed. */
export class Race {
  readonly #node: Racing;
  readonly #failures: StepFailed[] = [];
  /** The branches that count, by their index, in the order in which they ended. */
  readonly winners: number[] = [];
  /** The names of those that failed, in the order in which they ended. */
  readonly ignored: string[] = [];
  /** The failure that ended it, not those of branches that were cancelled because of it. */
  failed: StepFailed | null = null;

  constructor(node: Racing) {
    this.#node = node;
  }

  /** Whether nothing that is still to come can change how it ends. */
  ended(result: StepResult, index: number): boolean {
    if (this.#isWon) return true; // a loser: it was told to stop
    if (result.status === "succeeded") {
      this.winners.push(index);
      return this.#isWon;
    }
    this.#failures.push(result);
    this.ignored.push(this.#node.branches[index]?.segment ?? "");
    if (this.failed === null || (this.failed.failure.code === "cancelled" && result.failure.code !== "cancelled")) this.failed = result;
    if (result.failure.code === "continued") this.failed = result;
    return this.isLost;
  }

  get #needed(): number {
    const { join: wanted, branches } = this.#node;
    if (wanted === undefined) return branches.length;
    return wanted === "any" ? 1 : wanted;
  }

  /** Enough have succeeded, and the others do not matter any more. */
  get #isWon(): boolean {
    return this.#node.join !== undefined && this.winners.length >= this.#needed;
  }

  get isLost(): boolean {
    if (this.failed === null) return false;
    if (this.failed.failure.code === "cancelled" || this.failed.failure.code === "continued") return true;
    const { join: wanted, onFailure, branches } = this.#node;
    if (wanted === undefined) return onFailure === "propagate";
    return branches.length - this.#failures.length < this.#needed;
  }

  /** The same results; in those that do not count, nothing was said. */
  heard(results: readonly (StepResult | undefined)[]): readonly (StepResult | undefined)[] {
    return heardOf(results, (index) => this.winners.includes(index));
  }

  get namesOfWinners(): string[] {
    return this.winners.map((index) => this.#node.branches[index]?.segment ?? "");
  }

  /** All failures that were not made by calling branches off. */
  get reasons(): readonly Failure[] {
    return this.#failures.map(({ failure }) => failure).filter(({ code }) => code !== "cancelled");
  }

  /** What those gave and wrote that count, in declared order. */
  gathered(results: readonly (StepResult | undefined)[]): { readonly output: Record<string, unknown>; readonly writes: BranchWrites[] } {
    const output: Record<string, unknown> = {};
    const writes: BranchWrites[] = [];
    for (const index of this.winners.toSorted((a, b) => a - b)) {
      const result = results[index];
      const branch = this.#node.branches[index];
      if (result?.status !== "succeeded" || branch === undefined) continue;
      Object.defineProperty(output, branch.segment, { value: result.output, enumerable: true, writable: true, configurable: true }); // a branch may be called __proto__
      writes.push({ name: branch.segment, writes: result.writes });
    }
    return { output, writes };
  }
}

/** The same results. What was said in one that does not count is known nowhere, as what was written in it. */
export function heardOf(
  results: readonly (StepResult | undefined)[],
  counts: (index: number) => boolean,
): readonly (StepResult | undefined)[] {
  return results.map((result, index) => {
    if (result?.status !== "succeeded" || result.said === undefined || counts(index)) return result;
    const { said: _said, ...unheard } = result;
    return unheard;
  });
}
