import { createHash } from "node:crypto";
import { resolve } from "node:path";
import type { EmbeddingModel, NamedStep, Step } from "../../index.ts";
import { FlujoError, pipeline, step } from "../../index.ts";
import { linesIn } from "../claims.ts";
import { type AllOf, checkOptions, invalid, shown, wholeNumber } from "../invalid.ts";
import { type SplitOptions, type SplitSize, splitSizeOf, splitText } from "../split-text.ts";
import type { VectorStore } from "../vectors/vector-store.ts";
import { embedAll } from "./embed.ts";
import { pathTest } from "./glob.ts";
import { type Folder, listFiles, readText, type SkippedFile } from "./read-folder.ts";

/** Which files are indexed, and how. */
export interface FilesOptions extends SplitOptions {
  /** The folder that they are in. A path that is no whole one begins at the folder that the process works in. */
  readonly root: string;
  /** Which files, as patterns of their paths from the root on: `*` within a part, `**` for any parts, `?`, `{a,b}`. @defaultValue `["**"]` */
  readonly include?: readonly string[];
  /** Which not. @defaultValue what is hidden (begins with a dot), and `node_modules` */
  readonly exclude?: readonly string[];
  /** Files with more bytes are skipped. @defaultValue `2_000_000` */
  readonly maxBytes?: number;
  /** How many characters a piece has at most, 20 or more: a whole one is found or not. @defaultValue `1_200` */
  readonly maxCharacters?: number;
  /** How many of them the next piece begins with again. @defaultValue `150` */
  readonly overlap?: number;
  /** How many files are embedded at the same time. @defaultValue `4` */
  readonly concurrency?: number;
}

/** What `indexFiles()` takes. */
export interface IndexFilesOptions<Name extends string = string> extends FilesOptions {
  /** Part of the path. @defaultValue `"index"` */
  readonly name?: Name;
  /** Where the vectors go. Files that are no longer there are taken out of it, with whatever else it holds: give each folder a store of its own. */
  readonly store: VectorStore;
  /** What makes the vectors. Another one, by its name, makes all of them anew. */
  readonly embedding: EmbeddingModel;
}

/** What an indexing has done. */
export interface IndexReport {
  /** Files that were embedded, since they are new or have changed, by their paths from the root on. */
  readonly indexed: readonly string[];
  /** How many were as they were. */
  readonly unchanged: number;
  /** Files that were in the store and are no longer there, or no longer meant. */
  readonly dropped: readonly string[];
  /** Files that are meant and could not be taken, and why. */
  readonly skipped: readonly SkippedFile[];
}

/** The options there are, for whoever takes them in its own. */
export const FILES: AllOf<FilesOptions> = {
  root: true,
  include: true,
  exclude: true,
  maxBytes: true,
  maxCharacters: true,
  overlap: true,
  concurrency: true,
};

const KNOWN: AllOf<IndexFilesOptions> = { ...FILES, name: true, store: true, embedding: true };

/** How often what reaches out of the process is tried again. */
const RETRIES = 2;

/**
 * Puts the texts of a folder into a store of vectors, in pieces. Only what is new or has changed since is embedded again (by the hash of its
 * bytes, of how it is cut up and of the model), and what is no longer there is taken out. Nothing outside of the root is read, also through links.
 *
 * It takes anything, and gives a report. Each file is a step of its own, so that a resume goes on with the files that are left.
 *
 * @throws {FlujoError} `pipeline_invalid` for options that there are not or that make no sense.
 *
 * @example
 * ```ts
 * import { mkdirSync, writeFileSync } from "node:fs";
 * import { Flujo } from "flujo";
 * import { hashedNgrams, indexFiles, sqliteVectors } from "flujo/recipes";
 *
 * mkdirSync("notes", { recursive: true });
 * writeFileSync("notes/tides.md", "The moon pulls the tides.");
 * const store = sqliteVectors("vectors.db");
 * const index = indexFiles({ root: "notes", include: ["**\/*.md"], store, embedding: hashedNgrams() });
 * const flujo = new Flujo();
 * console.log((await flujo.run(index, null)).unwrap()); // { indexed: [ 'tides.md' ], unchanged: 0, dropped: [], skipped: [] }
 * console.log((await flujo.run(index, null)).unwrap()); // { indexed: [], unchanged: 1, dropped: [], skipped: [] }
 * await flujo.close();
 * await store.close();
 * ```
 */
export function indexFiles<const Name extends string = "index">(
  options: IndexFilesOptions<Name>,
): NamedStep<unknown, IndexReport, unknown, Name>;
export function indexFiles(given: IndexFilesOptions): Step<unknown, IndexReport> {
  return indexing(given, { isEmptyAllowed: true });
}

/** The same; and, where an empty index is not allowed, one that fails where there is no file to be answered from. */
export function indexing(given: IndexFilesOptions, { isEmptyAllowed }: { readonly isEmptyAllowed: boolean }): Step<unknown, IndexReport> {
  const { name = "index", store, embedding, ...files } = checkOptions("indexFiles()", given, KNOWN);
  const at = `index ${JSON.stringify(name)}`;
  const index: Index = {
    folder: folderOf(at, files),
    size: sizeOf(at, files),
    store: storeOf(at, store),
    embedding: embeddingOf(at, embedding),
  };
  const concurrency = wholeNumber(`${at}, concurrency`, files.concurrency ?? 4, { least: 1 });
  const scan = step({ name: "scan", effect: "idempotent", retries: RETRIES, run: () => scanned(index) });
  const one = step({
    name: "file",
    effect: "idempotent",
    retries: RETRIES,
    run: (file: string, { signal }) => indexed(index, file, signal),
  });
  const changed = pipeline({ name: "changed" })
    .step("list", ({ changed }: Scanned) => changed)
    .map(one, { name: "files", concurrency });
  const drop = step({
    name: "drop",
    effect: "idempotent",
    retries: RETRIES,
    run: async ({ scan, changed }: { readonly scan: Scanned; readonly changed: readonly (SkippedFile | string)[] }) => {
      await index.store.drop(scan.gone);
      const report = reportOf(scan, changed);
      if (!isEmptyAllowed && report.indexed.length + report.unchanged === 0) throw nothingIn(index.folder.root, files, report);
      return report;
    },
  });
  return pipeline({ name }).step(scan).step(changed).gather({ scan, changed }).step(drop);
}

interface Index {
  readonly folder: Folder;
  readonly size: SplitSize;
  readonly store: VectorStore;
  readonly embedding: EmbeddingModel;
}

interface Scanned {
  readonly changed: readonly string[];
  readonly gone: readonly string[];
  readonly unchanged: number;
  readonly skipped: readonly SkippedFile[];
}

async function scanned({ folder, size, store, embedding }: Index): Promise<Scanned> {
  const known = new Map((await store.documents()).map(({ name, version }) => [name, version]));
  const [changed, skipped]: [string[], SkippedFile[]] = [[], []];
  let unchanged = 0;
  for (const file of await listFiles(folder)) {
    const read = await readText(folder, file);
    if (read === null) continue;
    if ("why" in read) {
      skipped.push(read);
      continue;
    }
    if (known.get(file) === versionOf(read.hash, size, embedding)) unchanged += 1;
    else changed.push(file);
    known.delete(file);
  }
  for (const file of changed) known.delete(file);
  return { changed, gone: [...known.keys()], unchanged, skipped };
}

/** Everything that the pieces and vectors of a file are made of. */
function versionOf(hash: string, { maxCharacters, overlap }: SplitSize, { name }: EmbeddingModel): string {
  return createHash("sha256")
    .update(JSON.stringify([1, hash, maxCharacters, overlap, name]))
    .digest("hex");
}

async function indexed({ folder, size, store, embedding }: Index, file: string, signal: AbortSignal): Promise<string | SkippedFile> {
  const read = await readText(folder, file);
  if (read === null || "why" in read) {
    await store.drop([file]); // it has changed since it was looked at
    return read ?? { file, why: "unreadable" };
  }
  const pieces = splitText(read.text, size);
  const vectors = await embedAll(
    embedding,
    pieces.map(({ text }) => text),
    signal,
  );
  const chunks = pieces.flatMap(({ text, start }, index) => {
    const vector = vectors[index];
    return vector === undefined ? [] : [{ text, start, line: 1 + linesIn(read.text.slice(0, start)), vector }];
  });
  await store.put({ name: file, version: versionOf(read.hash, size, embedding), model: embedding.name, chunks });
  return file;
}

function reportOf(scan: Scanned, changed: readonly (SkippedFile | string)[]): IndexReport {
  return {
    indexed: changed.filter((file) => typeof file === "string"),
    unchanged: scan.unchanged,
    dropped: scan.gone,
    skipped: [...scan.skipped, ...changed.filter((file) => typeof file !== "string")],
  };
}

function nothingIn(root: string, { include }: FilesOptions, { skipped }: IndexReport): FlujoError<"input_invalid"> {
  const which = include === undefined ? "" : ` that ${include.map((pattern) => JSON.stringify(pattern)).join(" or ")} means`;
  const what =
    skipped.length === 0
      ? `The folder ${root} has no file${which}, and there is nothing to answer from.`
      : `No file of the folder ${root} could be taken: ${skipped[0]?.file} is ${skipped[0]?.why}${skipped.length === 1 ? "" : `, and ${skipped.length - 1} more were skipped`}.`;
  return new FlujoError("input_invalid", what, { remedy: "Give the folder that the files are in, and patterns that mean them." });
}

const HIDDEN = ["**/.*", "**/.*/**", "**/node_modules/**"];

function folderOf(at: string, { root, include = ["**"], exclude = HIDDEN, maxBytes = 2_000_000 }: FilesOptions): Folder {
  if (typeof root !== "string" || root === "") throw invalid(`${at}, root`, `it is ${shown(root)}`, "Give the path of a folder.");
  return {
    root: resolve(root),
    isIncluded: pathTest(`${at}, include`, include),
    isExcluded: pathTest(`${at}, exclude`, exclude),
    maxBytes: wholeNumber(`${at}, maxBytes`, maxBytes, { least: 1 }),
  };
}

function sizeOf(at: string, { maxCharacters = 1_200, overlap }: FilesOptions): SplitSize {
  return splitSizeOf(at, { maxCharacters, overlap: overlap ?? Math.min(150, Math.floor(maxCharacters / 8)) });
}

/**
 * The store itself.
 *
 * @throws {FlujoError} `pipeline_invalid` where it is none.
 */
export function storeOf(at: string, store: VectorStore): VectorStore {
  const given: Partial<VectorStore> | null | undefined = store;
  if (typeof given?.search === "function" && typeof given.put === "function") return store;
  throw invalid(
    `${at}, store`,
    `it is ${shown(given)}`,
    "Give what memoryVectors() or sqliteVectors() makes, or a VectorStore of your own.",
  );
}

/**
 * The embedding model itself.
 *
 * @throws {FlujoError} `pipeline_invalid` where it is none.
 */
export function embeddingOf(at: string, embedding: EmbeddingModel): EmbeddingModel {
  const given: Partial<EmbeddingModel> | null | undefined = embedding;
  if (typeof given?.embed === "function" && typeof given.name === "string") return embedding;
  throw invalid(
    `${at}, embedding`,
    `it is ${shown(given)}`,
    "Give what embeddingModel('openai:text-embedding-3-small') of flujo or hashedNgrams() of flujo/recipes makes, or one of your own.",
  );
}
