import type { ErrorCode } from "../../base/errors.ts";

/** Where a fault strikes. */
interface FaultPlace {
  /**
   * The operation's path, as `flujo trace` shows it: `order/charge`, `triage/label/turn[0]`. `*` stands for anything within a
   * segment, `**` for any number of segments. Attempts (`#2`) are best left out.
   */
  readonly at: string;
  /** Which kind of operation. Default: steps, model calls and tool calls; decisions of functions only where it says so. */
  readonly kind?: "step" | "model" | "tool" | "decide";
  /** Which time, from 1, that an operation of this path begins, in all runs that these faults are given to. Default: every time; of a crash the first. */
  readonly attempt?: number;
}

/**
 * Something that goes wrong at an operation.
 *
 * - `fail`: it fails without being done, with a code (default: that of its kind, as `step_failed`) and a message; `retryable`
 *   (default: true, of decisions false) says whether trying again may help.
 * - `hang`: it never ends, until it is told to: by a time limit, a cancellation, a lost race.
 * - `garble`: the model answers, but its text is `cut` in the middle, or `mangled` so that it is no JSON (the default); of calls
 *   of tools, the arguments.
 * - `crash`: the process is gone `before` it is done (the default) or `after`, when nobody has written down yet what came of it.
 *   The run is left as it was; a resume goes on with it.
 */
export type Fault = FaultPlace &
  (
    | { readonly do: "fail"; readonly code?: ErrorCode; readonly message?: string; readonly retryable?: boolean }
    | { readonly do: "hang" }
    | { readonly do: "garble"; readonly how?: "cut" | "mangled" }
    | { readonly do: "crash"; readonly when?: "before" | "after" }
  );

/** A fault that has struck. */
export interface FaultStrike {
  readonly fault: Fault;
  /** The operation, with its attempt. */
  readonly path: string;
}
