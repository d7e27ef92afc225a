/** Rounds after which states that differ in one bit have nothing in common any more. */
const WARM_UP = 15;

/**
 * The generator sfc32, by Chris Doty-Humphrey (from PractRand, in the public domain): 128 bits of state, the shortest
 * possible cycle 2^32, on average 2^127. For what is to be the same again, never for secrets.
 */
export class Sfc32 {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(a: number, b: number, c: number) {
    this.#a = a | 0;
    this.#b = b | 0;
    this.#c = c | 0;
    for (let round = 0; round < WARM_UP; round++) this.next();
  }

  /** 32 bits, as a number from 0 to below 2^32. */
  next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}
