import type { ContextAccess } from "../../model/node.ts";
import type { Patch } from "../../model/patch.ts";
import type { NodePath } from "../../model/path.ts";
import type { Reducers } from "./apply-patch.ts";
import { applyPatches } from "./apply-patch.ts";

/** A limit on what may be looked at and written, and of which node it is. */
export interface ContextLimit extends ContextAccess {
  readonly of: NodePath;
}

const NO_LIMITS: readonly ContextLimit[] = Object.freeze([]);

/** Whose context it is, where it is not the run's own but that of a nested program. */
export interface NestedScope {
  /** The nested node. */
  readonly path: NodePath;
  /** What that program began with, as text. */
  readonly initialPrompt: string;
}

/** The answer to an `enter` decision: what a nested program begins with. */
export interface Entered {
  readonly context: unknown;
  readonly initialPrompt: string;
}

/**
 * The context at one point of a run: what it was before, and the writes since. Immutable. The value is worked out when
 * somebody looks, and then kept, so that n steps that write cost n patches and steps that do not look cost nothing.
 */
export class ContextState {
  readonly reducers: Reducers;
  /** Null for the run's own context. */
  readonly nested: NestedScope | null;
  /** Each of them holds; from the outside in. */
  readonly limits: readonly ContextLimit[];
  #before: ContextState | null;
  #writes: readonly Patch[];
  #value: unknown;

  private constructor(
    scope: { readonly reducers: Reducers; readonly nested: NestedScope | null; readonly limits: readonly ContextLimit[] },
    from: { readonly before: ContextState | null; readonly writes: readonly Patch[]; readonly value: unknown },
  ) {
    this.reducers = scope.reducers;
    this.nested = scope.nested;
    this.limits = scope.limits;
    this.#before = from.before;
    this.#writes = from.writes;
    this.#value = from.value;
  }

  /** A context that begins with this value. */
  static of(value: unknown, reducers: Reducers, nested: NestedScope | null = null): ContextState {
    return new ContextState({ reducers, nested, limits: NO_LIMITS }, { before: null, writes: [], value });
  }

  /** The context after these writes. Itself, where there are none. */
  with(writes: readonly Patch[]): ContextState {
    if (writes.length === 0) return this;
    return new ContextState(this, { before: this, writes, value: undefined });
  }

  /** The same context for something that may look at and write some of its fields only. What checks it as a whole still sees all. */
  limitedTo(limit: ContextLimit): ContextState {
    const { reducers, nested, limits } = this;
    return new ContextState({ reducers, nested, limits: [...limits, limit] }, { before: null, writes: [], value: this.value() });
  }

  /** Whether its value is worked out already. */
  get isKnown(): boolean {
    return this.#before === null;
  }

  /** What a step sees. Never change it: concurrent steps see the same. */
  value(): unknown {
    if (this.#before === null) return this.#value;
    // A loop, not recursion: a thousand writing steps lie one behind the other.
    const pending: ContextState[] = [this];
    let known = this.#before;
    while (known.#before !== null) {
      pending.push(known);
      known = known.#before;
    }
    let value = known.#value;
    for (let at = pending.length - 1; at >= 0; at--) value = applyPatches(value, (pending[at] ?? known).#writes, this.reducers);
    this.#value = value;
    this.#before = null; // what came before is in the value now, and can be forgotten
    this.#writes = [];
    return value;
  }
}
