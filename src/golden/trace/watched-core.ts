import type { ExecutionFrame } from "../../core/execution-frame.ts";
import { ExecutorCore } from "../../core/executor-core.ts";
import type { Control, Op, Program } from "../../core/program.ts";
import { wasToldToStop } from "../../model/failure.ts";
import type { PlanNode } from "../../model/node.ts";
import type { InstancePath } from "../../model/path.ts";
import type { StepResult } from "../../model/step-result.ts";

/** Runs nodes as ever, and notes where what came first ended what was under way beside it: there, order counts. */
export class WatchedCore extends ExecutorCore {
  /** The places below which a race was decided; some lie below others. */
  readonly races = new Set<string>();

  override execute(frame: ExecutionFrame<PlanNode>): Program<StepResult> {
    return new WatchedProgram(super.execute(frame), (result) => {
      if (result.status === "failed" && wasToldToStop(result.failure)) this.races.add(around(frame.key));
    });
  }
}

/** The place that a place is in; empty for the run as a whole. */
function around(key: InstancePath): string {
  return key.replace(/(?:\/[^/[\]#]+|\[\d+\]|#\d+|^[^/[\]#]+)$/, "");
}

class WatchedProgram implements Program<StepResult> {
  readonly #program: Program<StepResult>;
  readonly #ended: (result: StepResult) => void;

  constructor(program: Program<StepResult>, ended: (result: StepResult) => void) {
    this.#program = program;
    this.#ended = ended;
  }

  next(answer?: unknown): IteratorResult<Op | Control, StepResult> {
    const step = this.#program.next(answer);
    if (step.done === true) this.#ended(step.value);
    return step;
  }

  [Symbol.iterator](): this {
    return this;
  }
}
