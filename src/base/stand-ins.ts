/** A member of an object that is not ours, and what stands in for it while somebody needs that. */
export interface StandIn {
  /** Whose member it is; asked anew each time, as others put things in the place of globals, too. */
  readonly of: () => object;
  readonly member: string;
  /** Given what is there otherwise; of a getter, a function that reads it. Makes what stands in, of a getter what that calls. */
  readonly make: (original: unknown) => unknown;
  readonly isGetter?: boolean;
}

/** How members are replaced. */
export interface StandInOptions {
  /** Whether functions of Node's own modules are among them: imports by name are told then. */
  readonly areImported: boolean;
  /** Whether others are known to replace them, too, as fake timers do: each who needs them looks then whether they are there. */
  readonly areContested: boolean;
}

/**
 * Members of objects that everybody shares, replaced as long as somebody needs it, and put back exactly as they were after
 * the last of them. While nobody does, nothing is there of it.
 *
 * Where somebody else has replaced a member in between (fake timers), theirs is left alone, and ours goes around it with the
 * next who needs it. What stands in must therefore be as good as the original for whomever it does not concern.
 */
export class StandIns {
  readonly #make: () => readonly StandIn[];
  readonly #options: StandInOptions;
  #slots: readonly Slot[] | null = null;
  #users = 0;

  constructor(make: () => readonly StandIn[], options: StandInOptions) {
    this.#make = make;
    this.#options = options;
  }

  /** Puts them in place, or keeps them there. What it gives back says, once, that they are needed no more. */
  use(): () => void {
    this.#slots ??= this.#make().map((standIn) => new Slot(standIn));
    this.#users += 1;
    if (this.#users === 1 || this.#options.areContested) this.#change((slot) => slot.put());
    let isNeeded = true;
    return () => {
      if (!isNeeded) return;
      isNeeded = false;
      this.#users -= 1;
      if (this.#users === 0) this.#change((slot) => slot.putBack());
    };
  }

  #change(change: (slot: Slot) => boolean): void {
    let hasChanged = false;
    for (const slot of this.#slots ?? []) hasChanged = change(slot) || hasChanged;
    if (hasChanged && this.#options.areImported) process.getBuiltinModule("node:module").syncBuiltinESMExports();
  }
}

/** One member, and what it was before. */
class Slot {
  readonly #standIn: StandIn;
  #of: object | null = null;
  /** All that we have ever put there, to what was there before; null where the object itself had none, but inherited it. */
  readonly #before = new WeakMap<object, PropertyDescriptor | null>();

  constructor(standIn: StandIn) {
    this.#standIn = standIn;
  }

  /** Gives whether it had to do anything. */
  put(): boolean {
    const of = this.#standIn.of();
    if (of !== this.#of) this.putBack();
    if (this.#oursAt(of) !== null) return false;
    const { member, make, isGetter = false } = this.#standIn;
    const own = Object.getOwnPropertyDescriptor(of, member) ?? null;
    const found: Described | null = own ?? inherited(of, member);
    if (found === null) return false; // a later or earlier Node has none of it
    const read = readerOf(found, of);
    const ours = make(isGetter ? read : read()) as () => unknown; // whatever stands in is called, or made with `new`
    const { configurable = true, enumerable = true } = found;
    this.#of = of;
    this.#before.set(ours, own);
    Object.defineProperty(of, member, { ...(isGetter ? { get: ours } : { value: ours, writable: true }), configurable, enumerable });
    return true;
  }

  /** Leaves what somebody else has put there meanwhile. Gives whether it had to do anything. */
  putBack(): boolean {
    const of = this.#of;
    if (of === null) return false;
    let hasChanged = false;
    for (let ours = this.#oursAt(of); ours !== null; ours = this.#oursAt(of)) {
      const before = this.#before.get(ours) ?? null;
      if (before === null) Reflect.deleteProperty(of, this.#standIn.member);
      else Object.defineProperty(of, this.#standIn.member, before);
      hasChanged = true;
    }
    return hasChanged;
  }

  /** What is there, if it is of ours. */
  #oursAt(of: object): object | null {
    const now: Described | undefined = Object.getOwnPropertyDescriptor(of, this.#standIn.member);
    const there = this.#standIn.isGetter === true ? now?.get : now?.value;
    return typeof there === "function" && this.#before.has(there) ? there : null;
  }
}

/** A property's descriptor, of whose getter nothing is believed. */
interface Described extends Omit<PropertyDescriptor, "get" | "value"> {
  readonly get?: unknown;
  readonly value?: unknown;
}

/** How it is read: fake timers may have put a value where a getter was. */
function readerOf(found: Described, of: object): () => unknown {
  const { get, value } = found;
  return typeof get === "function" ? (): unknown => Reflect.apply(get, of, []) : () => value;
}

function inherited(of: object, member: string): Described | null {
  for (let from: unknown = Object.getPrototypeOf(of); typeof from === "object" && from !== null; from = Object.getPrototypeOf(from)) {
    const found = Object.getOwnPropertyDescriptor(from, member);
    if (found !== undefined) return found;
  }
  return null;
}
