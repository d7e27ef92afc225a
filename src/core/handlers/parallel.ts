import type { Failure } from "../../model/failure.ts";
import { sentenceOf } from "../../model/failure.ts";
import type { ParallelNode } from "../../model/node.ts";
import type { StepFailed, StepResult } from "../../model/step-result.ts";
import type { BranchWrites } from "../context/merge-writes.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import { join } from "../join.ts";
import type { Program } from "../program.ts";
import { call, fork } from "../program.ts";
import { Tally } from "../tally.ts";

/**
 * All branches on the same input. A branch fails the whole under `propagate`, and is left out under `ignore`. With a join of
 * `any` or of so many, failures only count once too few are left; who has not ended when enough have succeeded lost the race.
 */
export function* runParallel(frame: ExecutionFrame<ParallelNode>): Program<StepResult> {
  const { branches, concurrency, join: wanted } = frame.node;
  const tally = new Tally(frame);
  const race = new Race(frame.node);
  const results = yield* fork<StepResult>({
    count: branches.length,
    concurrency,
    start: (index) => startBranch(frame, index),
    stopsAfter: (result, index) => race.ended(result, index),
  });
  for (const result of results) if (result !== undefined) tally.include(result);
  const { winners, failed, ignored } = race;
  if (failed !== null && race.isLost) return tally.failed(wanted === undefined ? failed.failure : missed(frame, race));
  if (ignored.length > 0) tally.note("ignored", ignored);
  if (wanted !== undefined) tally.note("winners", race.namesOfWinners);
  const output: Record<string, unknown> = {};
  const writes: BranchWrites[] = [];
  for (const index of winners.toSorted((a, b) => a - b)) {
    const result = results[index];
    const branch = branches[index];
    if (result?.status !== "succeeded" || branch === undefined) continue;
    Object.defineProperty(output, branch.segment, { value: result.output, enumerable: true, writable: true, configurable: true }); // a branch may be called __proto__
    writes.push({ name: branch.segment, writes: result.writes });
  }
  return yield* join({ frame, tally, branches: writes, output: wanted === "any" ? onlyOne(output) : output });
}

function startBranch(frame: ExecutionFrame<ParallelNode>, index: number): Program<StepResult> {
  const branch = frame.node.branches[index];
  if (branch === undefined) throw new RangeError(`${frame.key} has no branch ${index}.`);
  return call(frame.child(branch, { input: frame.input, context: frame.context, atMs: frame.enteredAtMs }));
}

function onlyOne(output: Readonly<Record<string, unknown>>): unknown {
  const [winner] = Object.entries(output);
  return winner === undefined ? null : { branch: winner[0], output: winner[1] };
}

/** Who has succeeded and who has failed, in the order in which they ended: the same order when it is replayed. */
class Race {
  readonly #node: ParallelNode;
  readonly #failures: StepFailed[] = [];
  /** The branches that count, by their index, in the order in which they ended. */
  readonly winners: number[] = [];
  /** The names of those that failed, in the order in which they ended. */
  readonly ignored: string[] = [];
  /** The failure that ended it, not those of branches that were cancelled because of it. */
  failed: StepFailed | null = null;

  constructor(node: ParallelNode) {
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

  get namesOfWinners(): string[] {
    return this.winners.map((index) => this.#node.branches[index]?.segment ?? "");
  }

  /** All failures that were not made by calling branches off. */
  get reasons(): readonly Failure[] {
    return this.#failures.map(({ failure }) => failure).filter(({ code }) => code !== "cancelled");
  }
}

function missed({ key, node }: ExecutionFrame<ParallelNode>, race: Race): Failure {
  const { failed, reasons } = race;
  if (failed !== null && (failed.failure.code === "cancelled" || failed.failure.code === "continued")) return failed.failure;
  const needed = node.join === "any" ? "one" : String(node.join ?? node.branches.length);
  const why = reasons.map(sentenceOf).join(" ");
  return {
    code: "quorum_missed",
    message: `${key}: ${needed} of its ${node.branches.length} branches had to succeed, and too many failed. ${why}`,
    path: key,
    retryable: reasons.some(({ retryable }) => retryable),
    details: { needed, failed: race.ignored },
  };
}
