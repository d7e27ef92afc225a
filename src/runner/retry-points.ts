import type { Entry, Recorded } from "../model/entry.ts";
import type { Failure } from "../model/failure.ts";
import { wasToldToStop } from "../model/failure.ts";
import type { PlanNode } from "../model/node.ts";
import { nodesIn } from "../model/plan-nodes.ts";
import type { InstancePath, NodePath } from "../model/path.ts";
import { decisionPath, nodePathOf, parseInstancePath, withoutAttempt } from "../model/path.ts";
import type { StepResult } from "../model/step-result.ts";

/** A frame of the run that has ended, in the order in which they did. */
export interface Ended {
  readonly key: InstancePath;
  readonly result: StepResult;
}

/** A run that is to be tried again. */
export interface ToRetry {
  /** The root of its own plan. */
  readonly root: PlanNode;
  readonly entries: readonly Entry[];
  readonly frames: readonly Ended[];
}

/** A compensation of a saga that was begun. */
interface Undoing {
  readonly key: InstancePath;
  readonly isDone: boolean;
}

const BELOW = new Set(["/", "#", "["]);
/** What a policy asks about a failure of its node: with the answer, the node itself is tried again. */
const ABOUT_FAILURES = /\/\?(?:default|retryOn)$/;

/** Which of a run's outcomes are left, so that they are done again: those of what failed it, and those of sagas that have undone something. */
export class RetryPoints {
  readonly #run: ToRetry;
  readonly #outcomes = new Map<InstancePath, Recorded>();
  /** What is left with all that is below. */
  readonly #places = new Set<string>();
  /** Of these the key alone. */
  readonly #moments = new Set<string>();
  readonly #sagas = new Set<InstancePath>();
  readonly #nodes: ReadonlyMap<NodePath, PlanNode>;
  readonly #compensations: ReadonlySet<NodePath>;

  /** @param failure - Why the run failed; null where it was called off: then only what was told to stop is done again. */
  constructor(run: ToRetry, failure: Failure | null) {
    this.#run = run;
    const nodes = nodesIn(run.root);
    this.#nodes = new Map(nodes.map((node) => [node.path, node]));
    this.#compensations = new Set(nodes.flatMap(({ policy }) => (policy?.compensation === undefined ? [] : [policy.compensation.path])));
    for (const entry of run.entries) {
      if (entry.type === "operation-finished") this.#outcomes.set(entry.key, entry.outcome);
      else if (entry.type === "decisions-made") for (const { key, outcome } of entry.decisions) this.#outcomes.set(key, outcome);
    }
    if (failure !== null) this.#add(failure);
  }

  /** Whether what is recorded under this key is left. */
  readonly isAgain = (key: InstancePath): boolean => this.#moments.has(key) || isBelow(key, this.#places);

  /** Whether it lies in a saga that has undone something and is done again as a whole. */
  readonly isUndone = (key: InstancePath): boolean => isBelow(key, this.#sagas);

  /** The sagas that have undone something and could not undo all of it, each with what is left: nobody may do that twice. */
  get left(): readonly InstancePath[] {
    return [...this.#sagas].flatMap((saga) => this.#undoingsIn(saga).flatMap(({ key, isDone }) => (isDone ? [] : [withoutLast(key)])));
  }

  /**
   * A saga that has undone something holds whole or not at all: where something in it does not hold, all of it is left. Gives
   * whether that was news.
   *
   * @param held - The seqs of what holds.
   */
  leaveUndone(held: ReadonlySet<number>): boolean {
    const before = this.#sagas.size;
    for (const key of this.#failedSagas()) {
      if (this.#sagas.has(key) || this.#undoingsIn(key).length === 0 || this.#forwardHolds(key, held)) continue;
      this.#sagas.add(key);
      this.#places.add(key);
    }
    return this.#sagas.size > before;
  }

  /** What was undone after something that could not be, which is tried again: it would be undone twice. */
  undoneTwice(held: ReadonlySet<number>): readonly InstancePath[] {
    const gone = new Set<string>();
    for (const entry of this.#run.entries) if (entry.type === "operation-finished" && !held.has(entry.seq)) gone.add(entry.key);
    return this.#failedSagas().flatMap((saga) => {
      if (this.#sagas.has(saga)) return [];
      const done = this.#undoingsIn(saga).filter(({ key, isDone }) => isDone && [...gone].some((at) => isBelow(at, new Set([key]))));
      return done.map(({ key }) => withoutLast(key));
    });
  }

  #failedSagas(): readonly InstancePath[] {
    const failed = this.#run.frames.filter(
      ({ key, result }) => result.status === "failed" && this.#nodes.get(nodePathOf(key))?.kind === "saga",
    );
    return [...new Set(failed.map(({ key }) => key))];
  }

  #add(failure: Failure): void {
    const { path } = failure;
    if (failure.code === "compensation_failed") {
      const why = this.#compensationsIn(path).flatMap(({ result }) => (result.status === "failed" ? [result.failure] : []));
      for (const each of why) this.#add(each);
      if (why.length > 0) return;
    }
    if (failure.code === "quorum_missed") {
      const why = this.#branchesOf(path);
      for (const each of why) this.#add(each);
      if (why.length > 0) return;
    }
    if (failure.code === "timeout") {
      const over = ["total", "time"]
        .map((limit) => decisionPath(path, limit))
        .find((key) => this.#outcomes.get(key)?.status === "succeeded");
      if (over !== undefined) return void this.#moments.add(over);
    }
    this.#leave(this.#placeOf(failure));
  }

  /** Why branches have failed by themselves. */
  #branchesOf(place: InstancePath): readonly Failure[] {
    const last = new Map<string, StepResult>();
    for (const { key, result } of this.#run.frames) if (withoutLast(key) === place) last.set(withoutAttempt(key), result);
    return [...last.values()].flatMap((result) => (result.status === "failed" && !wasToldToStop(result.failure) ? [result.failure] : []));
  }

  /** The operation that has failed so; where that was none, the node that has. */
  #placeOf({ path, code }: Failure): InstancePath {
    let found = path;
    for (const [key, outcome] of this.#outcomes)
      if (outcome.status === "failed" && outcome.failure.path === path && outcome.failure.code === code) found = key;
    return parseInstancePath(withoutAttempt(parseInstancePath(found.replace(ABOUT_FAILURES, ""))));
  }

  /** What ran in the place of something that failed is not what is tried again: that is what it ran in place of. */
  #leave(place: InstancePath): void {
    for (const at of placesAround(place)) {
      const node = nodePathOf(at);
      const owner = this.#nodes.get(withoutLast(node));
      const { fallbacks = [], redirects = {} } = owner?.policy ?? {};
      const isFallback = fallbacks.some(({ path }) => path === node);
      if (!isFallback && !Object.values(redirects).some(({ path }) => path === node)) continue;
      const whole = parseInstancePath(withoutAttempt(withoutLast(at)));
      const why = isFallback ? this.#whyNot(whole, fallbacks) : null;
      if (why === null) this.#places.add(whole);
      else this.#add(why);
      return;
    }
    this.#places.add(place);
  }

  /** Why the node itself had failed when its first fallback was tried; null where that was not in it. */
  #whyNot(owner: InstancePath, fallbacks: readonly PlanNode[]): Failure | null {
    const { frames } = this.#run;
    const inItsPlace = new Set(fallbacks.map(({ segment }) => `${owner}/${segment}`));
    const first = frames.findIndex(({ key }) => isBelow(key, inItsPlace));
    const last = frames.slice(0, first).findLast(({ key }) => withoutAttempt(key) === owner);
    if (last?.result.status !== "failed" || !isBelow(last.result.failure.path, new Set([owner]))) return null;
    return last.result.failure;
  }

  #isCompensation(key: InstancePath): boolean {
    return this.#compensations.has(nodePathOf(key));
  }

  /** How each that was begun in a saga has ended, with all its attempts. */
  #compensationsIn(saga: InstancePath): readonly Ended[] {
    const last = new Map<string, Ended>();
    for (const frame of this.#run.frames)
      if (frame.key.startsWith(`${saga}/`) && this.#isCompensation(frame.key)) last.set(withoutAttempt(frame.key), frame);
    return [...last.values()];
  }

  /** What of a saga was undone, or may have been: one whose compensation was called off before it did anything was not. */
  #undoingsIn(saga: InstancePath): readonly Undoing[] {
    return this.#compensationsIn(saga).flatMap(({ key, result }): readonly Undoing[] => {
      if (result.status === "succeeded") return [{ key, isDone: true }];
      return wasToldToStop(result.failure) && !this.#hasBegun(key) ? [] : [{ key, isDone: false }];
    });
  }

  #hasBegun(place: InstancePath): boolean {
    const places = new Set([place]);
    return [...this.#outcomes.keys()].some((key) => isBelow(key, places));
  }

  #forwardHolds(saga: InstancePath, held: ReadonlySet<number>): boolean {
    const isForward = (key: InstancePath): boolean =>
      key.startsWith(`${saga}/`) && ![...placesAround(key)].some((at) => this.#isCompensation(at));
    return this.#run.entries.every((entry) => {
      if (entry.type === "operation-finished") return held.has(entry.seq) || !isForward(entry.key);
      if (entry.type !== "decisions-made") return true;
      return entry.decisions.every(({ key, seq }) => held.has(seq) || !isForward(key));
    });
  }
}

/** What is around a place and the place itself, outermost first. */
function* placesAround(key: string): Generator<InstancePath> {
  for (let end = 1; end < key.length; end++) if (BELOW.has(key.charAt(end))) yield parseInstancePath(key.slice(0, end));
  yield parseInstancePath(key);
}

function isBelow(key: string, places: ReadonlySet<string>): boolean {
  if (places.size === 0) return false;
  for (const at of placesAround(key)) if (places.has(at)) return true;
  return false;
}

function withoutLast<P extends InstancePath | NodePath>(path: P): P {
  return path.slice(0, Math.max(0, path.lastIndexOf("/"))) as P;
}
