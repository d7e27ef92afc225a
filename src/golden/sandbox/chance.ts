import { Sfc32 } from "../../base/sfc32.ts";

const TWO_TO_26 = 0x4_00_00_00;
const TWO_TO_53 = 0x20_00_00_00_00_00_00;

/**
 * What is drawn in one sandbox. The generator is sfc32 (Chris Doty-Humphrey, PractRand), its state the first 96 bits of the
 * SHA-256 of the seed, a NUL and the key, so that no draw in one place moves those of another. Worked out with the first draw.
 */
export class Chance {
  readonly #from: string;
  #generator: Sfc32 | null = null;

  constructor(seed: string, key: string) {
    this.#from = `${seed}\0${key}`;
  }

  /** From 0 to below 1, with 53 bits of chance: two draws, as in `genrand_res53` of the Mersenne Twister. */
  share(): number {
    const generator = this.#drawing();
    const high = generator.next() >>> 5;
    const low = generator.next() >>> 6;
    return (high * TWO_TO_26 + low) / TWO_TO_53;
  }

  /** Fills it anew; each draw gives four bytes, the lowest first. */
  fill(bytes: Uint8Array): void {
    const generator = this.#drawing();
    let drawn = 0;
    for (let at = 0; at < bytes.length; at++) {
      drawn = at % 4 === 0 ? generator.next() : drawn >>> 8;
      bytes[at] = drawn & 0xff;
    }
  }

  /** A UUID of version 4. */
  uuid(): string {
    const bytes = Buffer.alloc(16);
    this.fill(bytes);
    bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
    bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
    return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  #drawing(): Sfc32 {
    this.#generator ??= seeded(this.#from);
    return this.#generator;
  }
}

function seeded(text: string): Sfc32 {
  // Not imported: who never draws does not load it.
  const hash = process.getBuiltinModule("node:crypto").createHash("sha256").update(text).digest();
  return new Sfc32(hash.readUInt32BE(0), hash.readUInt32BE(4), hash.readUInt32BE(8));
}
