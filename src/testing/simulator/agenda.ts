import type { Draws } from "./draws.ts";

/** Something that will happen. */
interface Due {
  readonly dueMs: number;
  /** Drawn: of what is due at the same time, the lowest comes first. */
  readonly order: number;
  readonly number: number;
  /** Whose it is: what belongs to a process goes with it. */
  readonly owner: object;
  readonly kind: DueKind;
  happens: (() => void) | null;
}

/**
 * `timer`: of a Flujo's clock. `idle`: of its clock, but nothing that keeps a process alive. `work`: of a user's function
 * or a store that takes its time. `world`: of what is around the processes.
 */
export type DueKind = "timer" | "idle" | "work" | "world";

/** What is put on an {@link Agenda}. */
export interface NewDue {
  readonly afterMs: number;
  readonly owner: object;
  readonly kind: DueKind;
  readonly happens: () => void;
}

/** The virtual time of one history, and what is still to come in it: a heap by time, and by lot where the time is the same. */
export class Agenda {
  readonly #draws: Draws;
  #heap: Due[] = [];
  #nowMs: number;
  #count = 0;
  #busy = 0;

  constructor(startMs: number, draws: Draws) {
    this.#nowMs = startMs;
    this.#draws = draws;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** How much is still to come that is not `idle`. */
  get busy(): number {
    return this.#busy;
  }

  /** Puts something down; the function it gives back calls it off. */
  add({ afterMs, owner, kind, happens }: NewDue): () => void {
    const dueMs = this.#nowMs + (afterMs > 0 ? afterMs : 0);
    const due: Due = { dueMs, order: this.#draws.int(0x1_00_00_00_00), number: this.#count++, owner, kind, happens };
    this.#heap.push(due);
    this.#rise(this.#heap.length - 1);
    if (kind !== "idle") this.#busy++;
    return () => this.#callOff(due);
  }

  /** Calls off all that belongs to somebody. */
  drop(owner: object): void {
    for (const due of this.#heap) if (due.owner === owner) this.#callOff(due);
  }

  /** How many timers somebody has left running. */
  timersOf(owner: object): number {
    return this.#heap.filter((due) => due.owner === owner && due.kind === "timer" && due.happens !== null).length;
  }

  /** Moves time on to what comes next, and lets it happen. False where nothing is left. */
  next(): boolean {
    const due = this.#take();
    if (due === null) return false;
    this.#happen(due);
    return true;
  }

  /** {@link next}, where that is due at this very moment. */
  nextAtOnce(): boolean {
    this.#skip();
    const due = this.#heap[0];
    return due !== undefined && due.dueMs <= this.#nowMs && this.next();
  }

  #happen(due: Due): void {
    const { happens } = due;
    due.happens = null;
    if (due.kind !== "idle") this.#busy--;
    if (due.dueMs > this.#nowMs) this.#nowMs = due.dueMs;
    happens?.();
  }

  #callOff(due: Due): void {
    if (due.happens === null) return;
    due.happens = null; // it stays in the heap until its turn comes, and holds nothing
    if (due.kind !== "idle") this.#busy--;
  }

  #take(): Due | null {
    this.#skip();
    return this.#pop();
  }

  #skip(): void {
    while (this.#heap[0]?.happens === null) this.#pop();
  }

  #pop(): Due | null {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined) return null;
    if (first !== last) {
      this.#heap[0] = last;
      this.#sink();
    }
    return first;
  }

  #rise(from: number): void {
    const heap = this.#heap;
    for (let at = from; at > 0; ) {
      const above = (at - 1) >> 1;
      if (!swapIfBefore(heap, at, above)) return;
      at = above;
    }
  }

  #sink(): void {
    const heap = this.#heap;
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      const right = left + 1;
      const first = isBefore(heap[right], heap[left]) ? right : left;
      if (!swapIfBefore(heap, first, at)) return;
      at = first;
    }
  }
}

function isBefore(a: Due | undefined, b: Due | undefined): boolean {
  if (a === undefined || b === undefined) return a !== undefined;
  if (a.dueMs !== b.dueMs) return a.dueMs < b.dueMs;
  return a.order === b.order ? a.number < b.number : a.order < b.order;
}

/** Exchanges two where the lower one comes first. */
function swapIfBefore(heap: Due[], low: number, high: number): boolean {
  const below = heap[low];
  const above = heap[high];
  if (below === undefined || above === undefined || !isBefore(below, above)) return false;
  heap[low] = above;
  heap[high] = below;
  return true;
}
