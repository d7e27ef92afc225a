import { isUtf8 } from "node:buffer";

/** A part of a text that is the bytes of something in base64 or in hexadecimal. */
export interface Packed {
  readonly from: number;
  readonly to: number;
  /** What its bytes say, if they are text; else each byte as one character, in which only what is known can be found. */
  readonly text: string;
  readonly isText: boolean;
  /** The same for another text, which is of the same kind. */
  readonly pack: (text: string) => string;
}

const BASE64 = /[\w+/-]{11,}={0,2}/g;
const HEX = /(?:[\da-f]{2}){6,}[\da-f]?/gi;

/** What may be packed in a text, from what 8 bytes take. */
export function packedIn(text: string): readonly Packed[] {
  if (text.length < 11) return [];
  const found: Packed[] = [];
  for (const run of text.matchAll(BASE64)) if (isMixed(run[0])) found.push(...base64Readings(run[0], run.index));
  for (const run of text.matchAll(HEX)) found.push(...hexReadings(run[0], run.index));
  return found;
}

/** A word has letters of one kind; so has no base64 that says anything. */
function isMixed(run: string): boolean {
  return Number(/[a-z]/.test(run)) + Number(/[A-Z]/.test(run)) + Number(/[\d+/]/.test(run)) >= 2;
}

/** From its beginning or, where that is part of something else, from the next three characters. */
function base64Readings(run: string, at: number): readonly Packed[] {
  const readings: Packed[] = [];
  const isForUrls = /[-_]/.test(run);
  for (let skipped = 0; skipped < 4; skipped++) {
    const packed = run.slice(skipped);
    const bytes = Buffer.from(packed, "base64");
    const isPadded = packed.endsWith("=") || (!isForUrls && packed.length % 4 === 0);
    const pack = (changed: Buffer): string => {
      const padded = isForUrls ? changed.toString("base64url") : changed.toString("base64");
      return isPadded ? padded : padded.replace(/=+$/, "");
    };
    const reading = readingOf(bytes, pack);
    readings.push({ from: at + skipped, to: at + run.length, ...reading });
    if (reading.isText) break;
  }
  return readings;
}

function hexReadings(run: string, at: number): readonly Packed[] {
  const isUpper = /[A-F]/.test(run);
  const readings: Packed[] = [];
  for (let skipped = 0; skipped <= run.length % 2; skipped++) {
    const length = (run.length - skipped) & ~1;
    const bytes = Buffer.from(run.slice(skipped, skipped + length), "hex");
    const pack = (changed: Buffer): string => (isUpper ? changed.toString("hex").toUpperCase() : changed.toString("hex"));
    const reading = readingOf(bytes, pack);
    readings.push({ from: at + skipped, to: at + skipped + length, ...reading });
    if (reading.isText) break;
  }
  return readings;
}

type Reading = Pick<Packed, "text" | "isText" | "pack">;

function readingOf(bytes: Buffer, pack: (changed: Buffer) => string): Reading {
  const { text, isText } = readBytes(bytes);
  return { text, isText, pack: (changed) => pack(Buffer.from(changed, isText ? "utf8" : "latin1")) };
}

/** Bytes as text if they are that, else each byte as a character. */
export function readBytes(bytes: Uint8Array): { readonly text: string; readonly isText: boolean } {
  const isText = isUtf8(bytes);
  const { buffer, byteOffset, byteLength } = bytes;
  return { text: Buffer.from(buffer, byteOffset, byteLength).toString(isText ? "utf8" : "latin1"), isText };
}
