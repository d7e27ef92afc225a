import { isProcessOffline, obeyEnvironment, onBehalfOf } from "../base/network/closed-network.ts";
import type { Op } from "../core/program.ts";
import type { Recorded } from "../model/entry.ts";
import type { InstancePath } from "../model/path.ts";
import type { Intent, OpHandle, Performer } from "../runtime/performer.ts";
import type { PerformerAround } from "./launch.ts";

/** Does as the environment says of the network; where that is closed, what wants to leave the process is named by its path. */
export function asEnvironmentSays(around: PerformerAround | null): PerformerAround | null {
  obeyEnvironment();
  if (!isProcessOffline()) return around;
  return (performer, run) => new NamedOperations(around === null ? performer : around(performer, run));
}

/** Performs on behalf of each operation's path. */
class NamedOperations implements Performer {
  readonly #inner: Performer;

  constructor(inner: Performer) {
    this.#inner = inner;
  }

  intentOf(op: Op): Intent | null {
    return this.#inner.intentOf(op);
  }

  perform(op: Op, handle: OpHandle): Recorded | Promise<Recorded> {
    return onBehalfOf(op.key, () => this.#inner.perform(op, handle));
  }

  waitOpens(key: InstancePath): void {
    this.#inner.waitOpens?.(key);
  }

  attemptEnded(key: InstancePath): void {
    this.#inner.attemptEnded(key);
  }

  release(): Promise<void> | void {
    return this.#inner.release();
  }
}
