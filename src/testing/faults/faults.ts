import type { Schema } from "../../base/schema.ts";
import { assertNever } from "../../base/assert-never.ts";
import type { Op } from "../../core/program.ts";
import type { Recorded } from "../../model/entry.ts";
import type { InstancePath, NodePath } from "../../model/path.ts";
import { withoutAttempts } from "../../model/path.ts";
import type { ModelTurn } from "../../model/transcript.ts";
import { ONE_TOOL_CALL } from "../../model/usage.ts";
import type { Intent, OpHandle, Performer } from "../../runtime/performer.ts";
import { thrownOutcome } from "../../runtime/performers/outcomes.ts";
import type { PathPattern } from "../path-pattern.ts";
import { didYouMeanPath, pathPattern } from "../path-pattern.ts";
import type { Fault, FaultStrike } from "./fault.ts";
import { garbled } from "./garble.ts";

/** Faults, for {@link runForTest}. They count over all runs they are given to, so that a resume goes on where a crash was. */
export interface Faults {
  /** Those that have struck, in that order. */
  readonly struck: readonly FaultStrike[];
  /** @throws {Error} Where one of them has never struck: its path may be misspelt. It names the paths there were. */
  assertComplete(): void;
}

/** What faults need of the run they strike. */
export interface FaultGround {
  /** Leaves the run as it is, as if its process were gone. */
  readonly crash: () => void;
  /** What an agent's answer has to fit. */
  readonly schemaOf: (agent: NodePath) => Schema | null;
}

/**
 * Things that go wrong in a test, at operations of your choice. The first of the list that fits an operation strikes.
 *
 * @example
 * ```ts
 * import { pipeline, step } from "flujo";
 * import { faults, runForTest } from "flujo/testing";
 *
 * const order = pipeline({ name: "order" })
 *   .step(step({ name: "charge", retry: { retries: 2, firstDelayMs: 60_000 }, run: (cents: number) => `charged ${cents}` }));
 * const wrong = faults([{ at: "order/charge", attempt: 1, do: "fail", message: "the bank is closed" }]);
 * const { result, trace } = await runForTest(order, 900, { faults: wrong });
 * wrong.assertComplete();
 * console.log(result.unwrap(), trace.at(-1)?.attempts); // charged 900 2
 * ```
 */
export function faults(list: readonly Fault[]): Faults {
  return new FaultSet(list);
}

interface Armed {
  readonly fault: Fault;
  readonly isMeant: PathPattern;
}

/** What `faults()` makes, with what only the kit needs of it. */
export class FaultSet implements Faults {
  readonly struck: FaultStrike[] = [];
  readonly #armed: readonly Armed[];
  /** How often an operation has begun, by kind and path. */
  readonly #begun = new Map<string, number>();

  constructor(list: readonly Fault[]) {
    this.#armed = list.map((fault) => ({ fault, isMeant: pathPattern(fault.at) }));
  }

  assertComplete(): void {
    const idle = this.#armed.filter(({ fault }) => !this.struck.some((strike) => strike.fault === fault));
    if (idle.length === 0) return;
    const paths = [...new Set([...this.#begun.keys()].map((place) => place.slice(place.indexOf(" ") + 1)))];
    const [{ fault }] = idle as [Armed, ...Armed[]]; // there is one
    const which = fault.attempt === undefined ? "" : `, attempt ${fault.attempt}`;
    const list = paths.length === 0 ? "none began." : `these began: ${paths.slice(0, 20).join(", ")}${paths.length > 20 ? ", …" : "."}`;
    throw new Error(
      `The fault "${fault.do}" at ${fault.at}${which} has never struck.${didYouMeanPath(fault.at, paths)} Of all operations, ${list}`,
    );
  }

  /** A performer in which they strike. */
  around(inner: Performer, ground: FaultGround): Performer {
    return new FaultyPerformer(inner, { ...ground, strike: (op) => this.#strike(op) });
  }

  #strike(op: Op): Fault | null {
    const place = `${op.kind} ${withoutAttempts(op.key)}`;
    const nth = (this.#begun.get(place) ?? 0) + 1;
    this.#begun.set(place, nth);
    const armed = this.#armed.find(({ fault, isMeant }) => isOfKind(fault, op) && isTime(fault, nth) && isMeant(op.key));
    if (armed === undefined) return null;
    this.struck.push({ fault: armed.fault, path: op.key });
    return armed.fault;
  }
}

function isOfKind({ kind, do: what }: Fault, op: Op): boolean {
  if (what === "garble" && op.kind !== "model") return false;
  return kind === undefined ? op.kind !== "decide" : op.kind === kind;
}

function isTime({ attempt, do: what }: Fault, nth: number): boolean {
  return attempt === undefined ? what !== "crash" || nth === 1 : attempt === nth;
}

interface Striking extends FaultGround {
  readonly strike: (op: Op) => Fault | null;
}

class FaultyPerformer implements Performer {
  readonly #inner: Performer;
  readonly #ground: Striking;

  constructor(inner: Performer, ground: Striking) {
    this.#inner = inner;
    this.#ground = ground;
  }

  intentOf(op: Op): Intent | null {
    return this.#inner.intentOf(op);
  }

  perform(op: Op, handle: OpHandle): Recorded | Promise<Recorded> {
    const fault = this.#ground.strike(op);
    if (fault === null) return this.#inner.perform(op, handle);
    switch (fault.do) {
      case "fail":
        return failed(op, fault);
      case "hang":
        return untilTold(op, handle);
      case "garble":
        return this.#garble(op, handle, fault.how ?? "mangled");
      case "crash":
        return this.#crash(op, handle, fault.when ?? "before");
      default:
        return assertNever(fault);
    }
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

  async #garble(op: Op, handle: OpHandle, how: "cut" | "mangled"): Promise<Recorded> {
    const answered = await this.#inner.perform(op, handle);
    if (op.kind !== "model" || answered.status === "failed") return answered;
    const schema = op.asks === "turn" ? this.#ground.schemaOf(op.node.path) : null;
    return { ...answered, value: await garbled(answered.value as ModelTurn, how, schema) }; // what a model call gives
  }

  async #crash(op: Op, handle: OpHandle, when: "before" | "after"): Promise<Recorded> {
    if (when === "after") await this.#inner.perform(op, handle);
    const gone = untilTold(op, handle);
    this.#ground.crash();
    return gone;
  }
}

const FAILS_WITH = { step: "step_failed", model: "model_call_failed", tool: "tool_failed", decide: "decision_failed" } as const;

function failed(op: Op, fault: Extract<Fault, { readonly do: "fail" }>): Recorded {
  const ofKind = op.kind === "step" || op.kind === "model" || op.kind === "tool" ? op.kind : "decide";
  const { code = FAILS_WITH[ofKind], message = "a fault of the test", retryable = ofKind !== "decide" } = fault;
  const failure = { code, message: `${op.key}: ${message}`, path: op.key, retryable };
  return { status: "failed", failure, ...(ofKind === "tool" ? { usage: ONE_TOOL_CALL } : {}) };
}

/** Ends when it is told to, as what heeds its signal does. */
function untilTold(op: Op, { signal }: OpHandle): Promise<Recorded> {
  return new Promise((resolve) => {
    const end = (): void => resolve(thrownOutcome(op.key, signal.reason, "step_failed"));
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}
