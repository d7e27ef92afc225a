import type { GoldenOperation } from "../golden.ts";

/** Which recorded operation is which of now, by their positions. */
export class Pairs {
  readonly nowOf = new Map<number, number>();
  readonly recordedOf = new Map<number, number>();

  add(recordedAt: number, nowAt: number): void {
    this.nowOf.set(recordedAt, nowAt);
    this.recordedOf.set(nowAt, recordedAt);
  }
}

/** The operations of two goldens from where their paths begin to differ. */
export interface Sides {
  readonly recorded: readonly GoldenOperation[];
  readonly now: readonly GoldenOperation[];
  readonly begins: number;
}

/** Adds to the list that a key has, and begins one where there is none. */
export function putTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
