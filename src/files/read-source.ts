import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { FlujoError, messageOf } from "../base/errors.ts";
import type { FileSource } from "./file-source.ts";
import { unreadable } from "./unreadable.ts";

/** What was read, and what its source says of it. */
export interface ReadFile {
  readonly bytes: Uint8Array;
  readonly name: string | null;
  /** The media type, in the words of whoever sent it. */
  readonly declared: string | null;
}

/** How much may be read, and when to stop. */
export interface ReadLimits {
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** @throws {FlujoError} `file_unreadable`, `usage_invalid` */
export async function readSource(source: FileSource, limits: ReadLimits): Promise<ReadFile> {
  if (source instanceof URL) return readUrl(source, limits);
  if (typeof source === "string") return /^(?:https?|file|data):/i.test(source) ? readUrl(urlOf(source), limits) : readText(source, limits);
  if (source instanceof Blob) return readBlob(source, limits);
  if (source instanceof Uint8Array || source instanceof ArrayBuffer) return { bytes: copyOf(source, limits), name: null, declared: null };
  throw new FlujoError("usage_invalid", "What was given as a file is neither a path, a URL, bytes nor a blob.", {
    remedy: "Give file() a path or URL, a Uint8Array, an ArrayBuffer or a Blob.",
  });
}

function urlOf(text: string): URL {
  if (URL.canParse(text)) return new URL(text);
  throw unreadable(text, { what: "is not written as URLs are" });
}

function readText(path: string, limits: ReadLimits): Promise<ReadFile> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path)) return readUrl(urlOf(path), limits); // refused there, by its protocol
  return readPath(path, path, limits);
}

async function readUrl(url: URL, limits: ReadLimits): Promise<ReadFile> {
  switch (url.protocol) {
    case "http:":
    case "https:":
    case "data:":
      return fetched(url, limits);
    case "file:":
      return readPath(pathOf(url), url, limits);
    default:
      throw unreadable(url, {
        what: `cannot be read: ${url.protocol} is no protocol for files`,
        remedy: "Give a path, or an http, https, file or data URL.",
      });
  }
}

function pathOf(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw unreadable(url, { what: `names no file of this machine (${messageOf(cause)})`, cause });
  }
}

async function readPath(path: string, source: FileSource, limits: ReadLimits): Promise<ReadFile> {
  try {
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)); // or opening a pipe would wait for whoever writes to it
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw unreadable(source, { what: stat.isDirectory() ? "is a folder" : "is no ordinary file" });
      refuseLarger(source, { size: stat.size, maxBytes: limits.maxBytes });
      const bytes = await gathered(handle.createReadStream({ autoClose: false }), source, limits); // not what `stat` says: it may grow
      return { bytes, name: path, declared: null };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (FlujoError.is(error)) throw error;
    throw unreadable(source, { what: systemFault(error), details: { path }, cause: error });
  }
}

const SYSTEM_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: "is not there",
  ENOTDIR: "is not there: a part of its path is no folder",
  EACCES: "may not be read by this user",
  EPERM: "may not be read by this user",
  EISDIR: "is a folder",
  ENAMETOOLONG: "has too long a path",
  ELOOP: "is a link that leads back to itself",
};

function systemFault(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return SYSTEM_FAULTS[code] ?? `cannot be read (${code === "" ? messageOf(error) : code})`;
}

async function fetched(url: URL, limits: ReadLimits): Promise<ReadFile> {
  const { maxBytes, signal } = limits;
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) {
      await response.body?.cancel();
      const { status, statusText } = response;
      throw unreadable(url, { what: `answered ${status}${statusText === "" ? "" : ` ${statusText}`}`, details: { status } });
    }
    const declared = response.headers.get("content-type");
    const size = response.headers.has("content-encoding") ? 0 : Number(response.headers.get("content-length") ?? 0);
    if (size > maxBytes) await response.body?.cancel();
    refuseLarger(url, { size, maxBytes });
    const bytes = response.body === null ? new Uint8Array() : await gathered(response.body, url, limits);
    return { bytes, name: nameOf(url), declared };
  } catch (error) {
    if (FlujoError.is(error)) throw error;
    const reason = error instanceof Error && error.cause !== undefined ? error.cause : error; // fetch itself says no more than that it failed
    const code = reason instanceof Error && "code" in reason ? String(reason.code) : messageOf(reason);
    throw unreadable(url, {
      what: `cannot be fetched (${code})`,
      remedy: "Check the address, and that it can be reached from here.",
      cause: error,
    });
  }
}

function nameOf(url: URL): string | null {
  if (url.protocol === "data:") return null;
  const last = url.pathname.split("/").at(-1) ?? "";
  try {
    return last === "" ? null : decodeURIComponent(last);
  } catch {
    return last; // a stray percent sign
  }
}

async function readBlob(blob: Blob, limits: ReadLimits): Promise<ReadFile> {
  refuseLarger(blob, { size: blob.size, maxBytes: limits.maxBytes });
  try {
    const bytes = await gathered(blob.stream(), blob, limits);
    const name = "name" in blob && typeof blob.name === "string" && blob.name !== "" ? blob.name : null;
    return { bytes, name, declared: blob.type };
  } catch (error) {
    if (FlujoError.is(error)) throw error;
    throw unreadable(blob, { what: `cannot be read (${messageOf(error)})`, cause: error });
  }
}

function copyOf(source: Uint8Array | ArrayBuffer, { maxBytes }: ReadLimits): Uint8Array {
  refuseLarger(source, { size: source.byteLength, maxBytes });
  try {
    return new Uint8Array(source instanceof ArrayBuffer ? source.slice(0) : source);
  } catch (cause) {
    throw unreadable(source, { what: `cannot be read (${messageOf(cause)})`, cause }); // a buffer that was handed to another thread
  }
}

/** All of it in one array; stops, and lets go of the source, as soon as it is more than may be. */
async function gathered(chunks: AsyncIterable<Uint8Array>, source: FileSource, { maxBytes, signal }: ReadLimits): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    size += chunk.byteLength;
    refuseLarger(source, { size, maxBytes, isPartial: true });
    parts.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

function refuseLarger(source: FileSource, about: { readonly size: number; readonly maxBytes: number; readonly isPartial?: boolean }): void {
  const { size, maxBytes, isPartial = false } = about;
  if (size <= maxBytes) return;
  throw unreadable(source, {
    what: `has ${isPartial ? "more than the" : `${size} bytes, and`} ${maxBytes}${isPartial ? " bytes that are" : " are"} allowed`,
    remedy: "Give a smaller file, or raise `maxBytes`.",
    details: { maxBytes },
  });
}
