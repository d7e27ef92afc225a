import type { NodeKind, NodeOf, PlanNode } from "../model/node.ts";
import type { StepResult } from "../model/step-result.ts";
import { ExecutionFrame } from "./execution-frame.ts";
import { HANDLERS } from "./handlers/index.ts";
import { runWithPolicy } from "./policy/run-with-policy.ts";
import type { Program } from "./program.ts";

/** Runs one kind of node. Knows its node and its frame, nothing else; yields operations, never awaits. */
export type StepExecutor<K extends NodeKind = NodeKind> = (frame: ExecutionFrame<NodeOf<K>>) => Program<StepResult>;

/** One executor for every kind: a kind without one does not compile. */
export type StepExecutors = { readonly [K in NodeKind]: StepExecutor<K> };

/**
 * The single place where nodes are executed (REQ-CORE-002). The scheduler calls {@link execute} for the root frame and
 * for every frame that a program enters by `call`; nobody else calls an executor.
 */
export class ExecutorCore {
  readonly #executors: StepExecutors;

  constructor(executors: StepExecutors = HANDLERS) {
    this.#executors = executors;
  }

  /**
   * The program of a frame: of its node, or of the policy around it, which calls the node as its attempts. Nothing runs
   * until it is driven.
   *
   * @throws {FlujoError} `frame_forged`
   */
  execute(frame: ExecutionFrame<PlanNode>): Program<StepResult> {
    ExecutionFrame.assertFrame(frame);
    if (frame.node.policy !== undefined && frame.attempt === 0) return runWithPolicy(frame, frame.node.policy);
    return this.#dispatch(frame.node.kind, frame);
  }

  #dispatch<K extends NodeKind>(kind: K, frame: ExecutionFrame<PlanNode>): Program<StepResult> {
    // A frame is as wide as its node; the kind that picks the executor is read from that very node.
    return this.#executors[kind](frame as ExecutionFrame<NodeOf<K>>);
  }
}
