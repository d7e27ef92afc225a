import type { Op } from "../../core/program.ts";
import { wasToldToStop } from "../../model/failure.ts";
import type { InstancePath } from "../../model/path.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { DriveLog } from "../../runtime/drive-log.ts";

/** Notes what a run asks, and where what came first ended what was under way beside it: there, order counts. */
export class Questions implements DriveLog {
  /** By their keys, in the order in which they were asked first. */
  readonly ops = new Map<InstancePath, Op>();
  /** The places below which a race was decided; some lie below others. */
  readonly races = new Set<string>();

  asked(op: Op): void {
    this.ops.set(op.key, op);
  }

  frameEnded(key: InstancePath, result: StepResult): void {
    if (result.status === "failed" && wasToldToStop(result.failure)) this.races.add(around(key));
  }
}

/** The place that a place is in; empty for the run as a whole. */
function around(key: InstancePath): string {
  return key.replace(/(?:\/[^/[\]#]+|\[\d+\]|#\d+|^[^/[\]#]+)$/, "");
}
