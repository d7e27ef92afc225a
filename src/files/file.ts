import { FlujoError } from "../base/errors.ts";
import { sha256OfBytes } from "../base/hash.ts";
import { FlujoFile } from "../model/flujo-file.ts";
import type { FileSource } from "./file-source.ts";
import { typeByBytes, typeByGuess, typeByName } from "./media-type.ts";
import type { ReadFile } from "./read-source.ts";
import { unreadable } from "./unreadable.ts";
import { withinTime } from "./within-time.ts";

/** How a file is read. Everything has a default. */
export interface FileOptions {
  /** What it is, `image/png` say. Default: told by its bytes, else by its name, else by whoever sent it. */
  readonly mediaType?: string;
  /** What it is called, without a folder. Default: the end of its path or URL, or what the blob says. */
  readonly name?: string;
  /**
   * How many bytes it may have; more are refused, and not read to the end. Too low: files you need are refused. Too high:
   * one of them can fill the memory, and models refuse large files anyway.
   *
   * @defaultValue `50_000_000`
   */
  readonly maxBytes?: number;
  /**
   * How long reading may take in all, in **milliseconds**. Too short: slow servers are given up. Too long: a server that
   * falls silent holds up whoever waits.
   *
   * @defaultValue `30_000`
   */
  readonly timeoutMs?: number;
  /** Aborting it gives up reading: its reason is thrown. */
  readonly signal?: AbortSignal;
}

/**
 * Reads a file, to be given to a run, or returned by a step: from a path, from an `http:`, `https:`, `file:` or `data:` URL,
 * or from bytes. The bytes are copied, so that nobody changes what the journal has.
 *
 * A URL is fetched as it stands, also one of your own network: do not pass on what strangers write. A text that begins
 * with `http:`, `https:`, `file:` or `data:` is a URL, every other text a path.
 *
 * @throws {FlujoError} `file_unreadable` when there is none, it cannot be read or fetched, it is larger than `maxBytes`, or
 * it takes longer than `timeoutMs`; `usage_invalid` for a source or an option that is none.
 * @throws {unknown} The signal's reason, when it was aborted.
 *
 * @example
 * ```ts
 * import { file, Flujo, FlujoFile, step } from "flujo";
 * import { z } from "zod";
 *
 * const weigh = step({ name: "weigh", input: z.object({ photo: z.instanceof(FlujoFile) }), run: ({ photo }) => photo.size });
 * const photo = await file(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), { name: "photo.png" });
 * const result = await new Flujo().run(weigh, { photo });
 * console.log(photo.mediaType, result.unwrap());
 * ```
 */
export async function file(source: FileSource, options: FileOptions = {}): Promise<FlujoFile> {
  const { mediaType, name, maxBytes = 50_000_000, timeoutMs = 30_000, signal } = options;
  checkOptions({ mediaType, maxBytes, timeoutMs });
  const { readSource } = await import("./read-source.ts"); // with its part of Node, only where files are read
  const read = await withinTime((within) => readSource(source, { maxBytes, signal: within }), {
    timeoutMs,
    signal,
    late: () => unreadable(source, { what: `took longer than ${timeoutMs} ms`, remedy: "Try again, or raise `timeoutMs`." }),
  });
  const called = baseName(name ?? read.name);
  return new FlujoFile({
    sha256: sha256OfBytes(read.bytes),
    mediaType: mediaType?.toLowerCase() ?? typeOf(read, called),
    name: called,
    bytes: read.bytes,
  });
}

function typeOf({ bytes, declared }: ReadFile, name: string | null): string {
  return typeByBytes(bytes) ?? (name === null ? null : typeByName(name)) ?? plainType(declared) ?? typeByGuess(bytes);
}

/** What a server or a blob says, without parameters; null where it says nothing, or only that it does not know. */
function plainType(declared: string | null): string | null {
  const type = declared?.split(";")[0]?.trim().toLowerCase() ?? "";
  return MEDIA_TYPE.test(type) && !/\/(?:octet-stream|binary|unknown|x-unknown)$/.test(type) ? type : null;
}

const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/i;

/** The last part of a path, whichever way its slashes lean. */
function baseName(path: string | null): string | null {
  const name = path?.split(/[\\/]/).findLast((part) => part !== "");
  return name === undefined ? null : name;
}

function checkOptions({
  mediaType,
  maxBytes,
  timeoutMs,
}: {
  readonly mediaType: string | undefined;
  readonly maxBytes: number;
  readonly timeoutMs: number;
}): void {
  if (mediaType !== undefined && !MEDIA_TYPE.test(mediaType))
    throw new FlujoError("usage_invalid", `${JSON.stringify(mediaType)} is no media type.`, {
      remedy: "Write it as `image/png`, without parameters.",
    });
  for (const [option, number] of Object.entries({ maxBytes, timeoutMs })) {
    if (typeof number === "number" && number > 0) continue;
    throw new FlujoError("usage_invalid", `\`${option}\` is no number above 0.`, { remedy: `Leave \`${option}\` out for its default.` });
  }
}
