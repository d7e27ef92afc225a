import type { Op } from "../core/program.ts";
import type { Recorded } from "../model/entry.ts";
import type { InstancePath } from "../model/path.ts";
import type { Spent } from "./model-port.ts";
import type { Progress } from "../model/run-event.ts";

/** What a performer may know of the operation it is given, beside the Op. */
export interface OpHandle {
  readonly signal: AbortSignal;
  readonly idempotencyKey: string;
  /** Tells whoever watches how far it is; null where nobody does. Never throws. */
  readonly report: ((progress: Progress) => void) | null;
  /** Says how to work out what was spent if the operation is aborted now. Without it that is unknown. */
  billIfAborted(spent: () => Spent): void;
}

/** What is written down before an operation starts (design law 4). */
export interface Intent {
  readonly request: unknown;
  readonly requestHash: string;
}

/** Does what operations ask. Never throws and never rejects for what a user's code did: that is a failed outcome. */
export interface Performer {
  /** What must be on record before this operation starts; null where nothing must. @throws {FlujoError} when the request cannot even be made. */
  intentOf(op: Op): Intent | null;
  perform(op: Op, handle: OpHandle): Recorded | Promise<Recorded>;
  /** An attempt, or a cache, under this key has ended, however: what was opened or held for everything in it is let go. Must not throw. */
  attemptEnded(key: InstancePath): void;
  /** Something waits under this key for longer than the run is kept in memory for. Must not throw. */
  waitOpens?(key: InstancePath): void;
  /** The run comes to rest here: resolves when all that was opened for it is closed. Never rejects. */
  release(): Promise<void> | void;
}
