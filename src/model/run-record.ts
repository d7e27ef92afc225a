import type { Cost } from "./cost.ts";
import type { Plan } from "./node.ts";
import type { Pause, RunStatus } from "./run-result.ts";
import type { Usage } from "./usage.ts";

/** A process that runs something: enough to tell, on the same machine, whether it is still alive. */
export interface Owner {
  readonly host: string;
  /** Changes with every start of the machine, so that a process id of before cannot be mistaken. */
  readonly bootId: string;
  readonly pid: number;
  /** When that process began, in the kernel's own words, so that a reused process id cannot be mistaken. */
  readonly processStart: string;
  /** Tells apart the Flujo objects of one process. */
  readonly instance: string;
}

/** Where a run's pipeline was loaded from, so that the command line can resume it by its id alone. */
export interface RunSource {
  /** Absolute path of the file. */
  readonly file: string;
  readonly exportName: string;
}

/** Where a run comes from. */
export interface Lineage {
  /** The first run of the line. */
  readonly root: string;
  /** The run it was made of. */
  readonly parent: string;
  /**
   * `continued`: the parent went on as this one (`continueAs`); `forked`: it keeps what the parent has recorded up to a point;
   * `spawned`: the parent started it in the background; `retried`: it tries again what failed in the parent.
   */
  readonly how: "continued" | "forked" | "spawned" | "retried";
}

/** What a store keeps about a run beside its journal. */
export interface RunRecord {
  readonly runId: string;
  readonly pipeline: string;
  readonly version: string;
  readonly status: RunStatus;
  readonly planHash: string;
  readonly source: RunSource | null;
  /** Who runs it now; null where nobody does. */
  readonly owner: Owner | null;
  /** Goes up with every change of owner; every write carries it. */
  readonly epoch: number;
  /** What it waits for, while it is paused. */
  readonly pauses: readonly Pause[];
  /** When it can go on by itself, in milliseconds since 1970, while it is paused; null where it waits for answers alone. */
  readonly wakeAtMs: number | null;
  /** The run it comes from; null where it is the first of its line. */
  readonly lineage: Lineage | null;
  readonly usage: Usage;
  readonly cost: Cost;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What {@link RunRecord} is made with. */
export interface NewRun {
  readonly runId: string;
  readonly plan: Plan;
  readonly source: RunSource | null;
  readonly owner: Owner;
  readonly createdAtMs: number;
  readonly lineage: Lineage | null;
}

/** What changes on the record when a run comes to rest. */
export interface RunRest {
  readonly status: Exclude<RunStatus, "running">;
  readonly pauses: readonly Pause[];
  readonly wakeAtMs: number | null;
  /** The id of the last letter that it has had from its mailbox; 0 where it had none, null to leave that as it was. A later one lets it go on. */
  readonly lastLetter: number | null;
  readonly usage: Usage;
  readonly cost: Cost;
  readonly atMs: number;
}
