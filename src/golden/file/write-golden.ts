import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { FlujoError, messageOf } from "../../base/errors.ts";
import { newInstanceId } from "../../base/system.ts";
import type { Golden } from "../golden.ts";
import { cutOf, longestOf } from "./cut.ts";
import { PAYLOADS } from "./payload.ts";
import { type GoldenText, printGolden } from "./print-golden.ts";
import { LARGEST_PIECE } from "./refuse-foreign.ts";
import { LARGEST_GOLDEN, LARGEST_PAYLOAD, payloadsIn } from "./read-golden.ts";

/** How the files of goldens end. */
export const GOLDEN_ENDING = ".golden.yaml";

/** What is being written, by folder: payloads belong to a folder, so its goldens are written one after the other. */
const writing = new Map<string, Promise<void>>();

/**
 * Writes a golden into a file, and its payloads into the folder `payloads` beside it. Whoever reads the file at the same
 * time sees the one before or this one, never a half. Payloads that the one before had and no golden of the folder has any
 * more are removed. What the file holds already is not written again.
 *
 * @throws {FlujoError} `value_unstorable` for what the codec cannot store, and for a golden that would be too large to be
 * read; `usage_invalid` where the file system does not let it be written: then all is as it was.
 */
export async function writeGolden(file: string, golden: Golden): Promise<void> {
  const printed = printGolden(golden);
  refuseTooLarge(file, printed);
  const folder = resolve(dirname(file));
  const before = writing.get(folder) ?? Promise.resolve();
  const written = before.then(() => write(folder, basename(file), printed));
  const settled = written.catch(() => undefined); // whoever comes next only waits; the caller is told below
  writing.set(folder, settled);
  try {
    await written;
  } finally {
    if (writing.get(folder) === settled) writing.delete(folder);
  }
}

function refuseTooLarge(file: string, { text, payloads }: GoldenText): void {
  const refuse = (what: string, size: number, most: number): void => {
    if (size <= most) return;
    const remedy = "Record a smaller run: fewer items, smaller files.";
    throw new FlujoError("value_unstorable", `${file}: ${what} would be ${size}, of at most ${most}.`, { remedy });
  };
  const bytes = Buffer.byteLength(text);
  refuse("the golden's bytes", bytes, LARGEST_GOLDEN);
  if (bytes > LARGEST_PIECE) refuse("the characters of one operation", longestOf(cutOf(text)), LARGEST_PIECE);
  for (const payload of payloads.values()) refuse("the bytes of one value", Buffer.byteLength(payload), LARGEST_PAYLOAD);
}

async function write(folder: string, name: string, { text, payloads }: GoldenText): Promise<void> {
  const shelf = join(folder, PAYLOADS);
  const made: string[] = [];
  let old: string | null = null;
  try {
    await mkdir(payloads.size === 0 ? folder : shelf, { recursive: true });
    old = await textIn(join(folder, name));
    for (const [payload, content] of payloads) if (await replace(join(shelf, payload), content)) made.push(payload);
    await replace(join(folder, name), text);
  } catch (cause) {
    await removeUnused(folder, made).catch(() => undefined); // what stays is named by nothing; why it was not written is told
    throw unwritable(join(folder, name), cause);
  }
  const dropped = [...payloadsIn(old ?? "")].filter((payload) => !payloads.has(payload));
  if (dropped.length > 0) await removeUnused(folder, dropped);
}

function unwritable(file: string, cause: unknown): FlujoError {
  return new FlujoError("usage_invalid", `${file} cannot be written: ${messageOf(cause)}.`, {
    cause,
    remedy: "Make its folder one that can be written to. The golden there is as it was.",
  });
}

/** The file holds this text from one moment to the next: it is written under another name, and then given its own. False where it did before. */
async function replace(file: string, text: string): Promise<boolean> {
  if ((await textIn(file)) === text) return false;
  const draft = `${file}.${newInstanceId()}.tmp`;
  try {
    await writeFile(draft, text, { flag: "wx" });
    await rename(draft, file);
    return true;
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** What a file holds, or null where it is not there. */
async function textIn(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** Removes payloads that no golden of the folder names. Where one cannot be read, nobody knows what it names: then all stay. */
async function removeUnused(folder: string, dropped: readonly string[]): Promise<void> {
  const unused = new Set(dropped);
  for (const name of await readdir(folder)) {
    if (!name.endsWith(GOLDEN_ENDING) || unused.size === 0) continue;
    const text = await textIn(join(folder, name));
    for (const payload of payloadsIn(text ?? "")) unused.delete(payload);
  }
  for (const payload of unused) await rm(join(folder, PAYLOADS, payload), { force: true });
}
