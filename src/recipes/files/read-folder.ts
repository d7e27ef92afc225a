import { createHash } from "node:crypto";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { FlujoError } from "../../index.ts";
import type { PathTest } from "./glob.ts";

/** A file that was not indexed, and why. */
export interface SkippedFile {
  /** Its path from the root on, with `/` between its parts. */
  readonly file: string;
  /**
   * `outside`: a link that leads out of the root. `binary`: no text. `too large`: more than `maxBytes`. `unreadable`: it could not be read, no
   * permission for one.
   */
  readonly why: "outside" | "binary" | "too large" | "unreadable";
}

/** Which files of which folder. */
export interface Folder {
  readonly root: string;
  readonly isIncluded: PathTest;
  readonly isExcluded: PathTest;
  readonly maxBytes: number;
}

/** What a file says, and the hash of its bytes. */
export interface ReadFile {
  readonly text: string;
  readonly hash: string;
}

/**
 * The files that are meant, by their paths from the root on, in order. Folders that are links are not entered.
 *
 * @throws {FlujoError} `file_unreadable` where the root is no folder that can be read.
 */
export async function listFiles({ root, isIncluded, isExcluded }: Folder): Promise<readonly string[]> {
  const found: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((cause: unknown) => {
      if (folder !== "") return []; // what is in it is as if it were not there
      throw new FlujoError(
        "file_unreadable",
        `The folder ${root} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
        { cause },
      );
    });
    for (const entry of entries) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (isExcluded(path)) continue;
      if (entry.isDirectory()) {
        if (!isExcluded(`${path}/`)) await visit(path);
      } else if ((entry.isFile() || entry.isSymbolicLink()) && isIncluded(path)) found.push(path);
    }
  };
  await visit("");
  return found.sort();
}

/**
 * Reads a file of the folder as text.
 *
 * @returns Why it is none, where it is none; null where a link leads to a folder, which is no file.
 */
export async function readText({ root, maxBytes }: Folder, file: string): Promise<ReadFile | SkippedFile | null> {
  try {
    const [place, home] = await Promise.all([realpath(join(root, file)), realpath(root)]);
    const way = relative(home, place);
    if (way === ".." || way.startsWith(`..${sep}`)) return { file, why: "outside" };
    const facts = await stat(place);
    if (facts.isDirectory()) return null;
    if (facts.size > maxBytes) return { file, why: "too large" };
    return textOf(file, await readFile(place));
  } catch {
    return { file, why: "unreadable" };
  }
}

/** How far into a file a byte of zero says that it is no text. */
const LOOKED_AT = 8_000;

function textOf(file: string, bytes: Uint8Array): ReadFile | SkippedFile {
  if (bytes.subarray(0, LOOKED_AT).includes(0)) return { file, why: "binary" };
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { text, hash: createHash("sha256").update(bytes).digest("hex") };
  } catch {
    return { file, why: "binary" };
  }
}
