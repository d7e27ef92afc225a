import type { Failure } from "../../model/failure.ts";
import { isFinal } from "../../model/failure.ts";
import type { MapNode } from "../../model/node.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { BranchWrites } from "../context/merge-writes.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import { included, join } from "../join.ts";
import type { Program } from "../program.ts";
import { call, forkEach } from "../program.ts";
import { Tally } from "../tally.ts";

/** The same program for every item, results in the order of the items. Each item sees the context as it was before the map. */
export function* runMap(frame: ExecutionFrame<MapNode>): Program<StepResult> {
  const { each, concurrency, onFailure } = frame.node;
  const tally = new Tally(frame);
  const items: unknown = frame.input;
  if (!Array.isArray(items)) return tally.failed(notAList(frame));
  tally.note("items", items.length);
  const context = included(frame.node, frame.context);
  const taken = new Taken(onFailure, items.length);
  yield* forkEach<StepResult>({
    count: items.length,
    concurrency,
    start: (index) =>
      call(frame.child(each, { input: items[index], context, atMs: frame.enteredAtMs, index, history: frame.history?.ofItem(index) })),
    takes: (result, index) => {
      tally.include(result);
      taken.take(result, index);
    },
    stopsAfter: (result) => result.status === "failed" && (onFailure === "propagate" || isFinal(result.failure)),
  });
  const { failure } = taken;
  if (failure !== null && (onFailure === "propagate" || isFinal(failure))) return tally.failed(failure);
  return yield* join({ frame, tally, branches: taken.writes, output: taken.outputs });
}

/** What is kept of the items that have ended: what they gave and wrote, and not their whole results. */
class Taken {
  readonly #collects: boolean;
  readonly #failures: { readonly index: number; readonly failure: Failure }[] = [];
  readonly #writes: { readonly index: number; readonly writes: StepResult["writes"] }[] = [];
  readonly outputs: unknown[];

  constructor(onFailure: MapNode["onFailure"], count: number) {
    this.#collects = onFailure === "collect";
    this.outputs = Array.from({ length: count });
  }

  take(result: StepResult, index: number): void {
    if (result.status === "failed") {
      const { failure } = result;
      this.#failures.push({ index, failure });
      if (this.#collects) this.outputs[index] = { status: "failed", failure };
      return;
    }
    this.outputs[index] = this.#collects ? { status: "succeeded", output: result.output } : result.output;
    if (result.writes.length > 0) this.#writes.push({ index, writes: result.writes });
  }

  /** The first that counts, in the order of the items: one that was told to stop only where no other is to blame. */
  get failure(): Failure | null {
    const inOrder = this.#failures.toSorted((a, b) => a.index - b.index).map(({ failure }) => failure);
    return inOrder.find(({ code }) => code === "continued") ?? inOrder.find(({ code }) => code !== "cancelled") ?? inOrder[0] ?? null;
  }

  /** In the order of the items. */
  get writes(): readonly BranchWrites[] {
    return this.#writes.toSorted((a, b) => a.index - b.index).map(({ index, writes }) => ({ name: `[${index}]`, writes }));
  }
}

function notAList(frame: ExecutionFrame<MapNode>) {
  return {
    code: "input_invalid" as const,
    message: `${frame.key}: a map takes a list, but was given ${frame.input === null ? "null" : typeof frame.input}.`,
    path: frame.key,
    retryable: false,
  };
}
