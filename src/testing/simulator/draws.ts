import { Sfc32 } from "../../base/sfc32.ts";

/** What a simulation draws from: one stream of chance, the same for the same seed. */
export interface Draws {
  /** A whole number from 0 to below `below`; 0 where that is less than 1. */
  int(below: number): number;
  /** True in so large a share of the draws: never for 0, always for 1. */
  chance(share: number): boolean;
  /** One of the list, each as likely as any other. @throws {RangeError} Where the list is empty. */
  pick<T>(list: readonly T[]): T;
}

/** Streams of one seed differ by the name of their place, so that one more draw in one place leaves all others as they were. */
export class Stream implements Draws {
  readonly #source: Sfc32;

  /** @param seed - Any safe integer. */
  constructor(seed: number, place: string) {
    this.#source = new Sfc32(seed, Math.floor(seed / 0x1_00_00_00_00), hashOf(place));
  }

  int(below: number): number {
    return below < 1 ? 0 : Math.floor(this.#share() * below);
  }

  chance(share: number): boolean {
    return this.#share() < share;
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError("There is nothing to pick from: the list is empty.");
    return list[this.int(list.length)] as T; // its index is below the length; `T` itself may be undefined
  }

  /** From 0 to below 1. */
  #share(): number {
    return this.#source.next() / 0x1_00_00_00_00;
  }
}

/** FNV-1a, 32 bits. */
export function hashOf(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01_00_01_93);
  return hash | 0;
}
