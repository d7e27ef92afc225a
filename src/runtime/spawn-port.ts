import type { InstancePath } from "../model/path.ts";
import type { Bindings } from "../plan/bindings.ts";
import type { Plan } from "../model/node.ts";

/** A program that is to run on its own. */
export interface Spawning {
  readonly compiled: { readonly plan: Plan; readonly bindings: Bindings };
  /** The instance path of what starts it. Attempts in it are no matter: the same place starts one run. */
  readonly key: InstancePath;
  readonly input: unknown;
}

/** Starts runs that outlive the one that starts them. */
export interface SpawnPort {
  /**
   * Starts a run, unless it is there already, and gives its id.
   *
   * @throws {FlujoError} `input_invalid`, `context_invalid`, `run_exists`, `value_unstorable`, and what the store throws.
   */
  spawn(wanted: Spawning): Promise<string>;
}
