import { isUtf8 } from "node:buffer";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { FlujoError, messageOf } from "../../base/errors.ts";
import type { Foreign } from "../../serialize/envelope.ts";
import type { Golden } from "../golden.ts";
import { answerMisfit } from "./answer-misfit.ts";
import { parseGolden } from "./parse-golden.ts";
import { PAYLOADS } from "./payload.ts";
import { placeIn, unreadable } from "./spot.ts";

/** A golden's file may have so many bytes. Larger ones are not read further than that. */
export const LARGEST_GOLDEN = 16 * 1024 * 1024;
/** So many may have each of its payloads. */
export const LARGEST_PAYLOAD = 64 * 1024 * 1024;

/** What {@link readGolden} takes. */
export interface ReadGolden {
  /** Instances of classes that are not registered here: refused (the default), or kept as they are stored, to be shown. */
  readonly foreign?: Foreign;
}

/**
 * The golden in a file, with the payloads in the folder `payloads` beside it.
 *
 * @throws {FlujoError} `golden_unreadable` for a file that is not there, is none, is too large (more than 16 MiB) or is not
 * what `writeGolden` writes: with file, line and what is wrong there; `golden_newer` for one of a later version.
 */
export async function readGolden(file: string, { foreign = "refuse" }: ReadGolden = {}): Promise<Golden> {
  const text = textOf(await bytesOf(file, LARGEST_GOLDEN), file);
  const payloads = new Map<string, string | null>();
  for (const name of payloadsIn(text)) payloads.set(name, await readPayload(join(dirname(file), PAYLOADS, name)));
  return parseGolden(text, { file, foreign, misfit: answerMisfit, payload: (name) => payloads.get(name) ?? null });
}

/** The names of payloads that a golden's text has in it, those in an author's own words included. */
export function payloadsIn(text: string): ReadonlySet<string> {
  return new Set(text.match(/(?<=payloads\/)[0-9a-f]{32}\.(?:txt|json)\b/g));
}

/** Null where it is not there: the golden says where it is asked for. */
async function readPayload(file: string): Promise<string | null> {
  try {
    return textOf(await bytesOf(file, LARGEST_PAYLOAD), file);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && codeOf(error.cause) === "ENOENT";
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : null;
}

/** All of a file, of which no more than `most` bytes are read. */
async function bytesOf(file: string, most: number): Promise<Buffer> {
  let handle: FileHandle | null = null;
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK); // a pipe would wait for somebody who writes
    const about = await handle.stat();
    if (!about.isFile()) throw unreadable({ file }, about.isDirectory() ? "It is a folder: name a file in it." : "It is no file.");
    const bytes = Buffer.allocUnsafe(Math.min(about.size, most + 1));
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    if (length > most) throw tooLarge(file, { size: about.size, most, bytes });
    return bytes.subarray(0, length);
  } catch (cause) {
    if (FlujoError.is(cause)) throw cause;
    throw unreadable({ file }, codeOf(cause) === "ENOENT" ? "There is no such file." : `It cannot be read: ${messageOf(cause)}.`, {
      cause,
    });
  } finally {
    await handle?.close();
  }
}

interface Excess {
  readonly size: number;
  readonly most: number;
  readonly bytes: Buffer;
}

function tooLarge(file: string, { size, most, bytes }: Excess): Error {
  let line = 1;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) line++;
  const what = `It has ${size.toLocaleString("en")} bytes, and here it passes the ${most.toLocaleString("en")} that it may have: record a smaller run.`;
  return unreadable({ file, line, column: 1 }, what);
}

/** Bytes as text. @throws {FlujoError} `golden_unreadable` for what is no text, with the place where that begins. */
function textOf(bytes: Buffer, file: string): string {
  const text = bytes.toString("utf8");
  if (isUtf8(bytes) && !bytes.includes(0)) return text;
  throw unreadable({ file, ...placeIn(text, Math.max(0, text.search(/[\0\ufffd]/))) }, "It is no text in UTF-8.");
}
