import { existsSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { GOLDEN_ENDING } from "../file/write-golden.ts";

/** What the folders of goldens are called. */
export const GOLDENS = "goldens";

/** The folder of the project that a folder is in: the nearest with a `package.json`, from it upwards; where there is none, itself. */
export function projectFolder(from: string): string {
  return upwards(from).find((folder) => existsSync(join(folder, "package.json"))) ?? resolve(from);
}

/**
 * The folder that new goldens are written below: the nearest `goldens` that is there, from a folder up to its project; where
 * there is none, one in the project's own folder.
 */
export function goldensFolder(from: string): string {
  const project = projectFolder(from);
  const within = upwards(from).filter((folder) => folder === project || folder.startsWith(project + sep));
  return join(within.find((folder) => existsSync(join(folder, GOLDENS))) ?? project, GOLDENS);
}

/** The file of a golden: `FOLDER/<pipeline>/<name>.golden.yaml`. */
export function goldenFile(folder: string, pipeline: string, name: string): string {
  const below = pipeline.replaceAll(/[^\p{L}\p{N}_.-]+/gu, "-").replace(/^\.+/, "");
  return join(folder, below === "" ? "pipeline" : below, `${name}${GOLDEN_ENDING}`);
}

/** What a golden is called: its file, without the ending. */
export function goldenName(file: string): string {
  return basename(file, GOLDEN_ENDING);
}

/** Where a program is, as a golden below this `goldens` folder says it: `FILE#EXPORT` from the folder that `goldens` is in. */
export function sourceFrom(folder: string, { file, exportName }: { readonly file: string; readonly exportName: string }): string {
  return `${relative(dirname(folder), file).split(sep).join("/")}#${exportName}`;
}

/**
 * The file and export that a golden's source names: from the folder that the nearest `goldens` above it is in; where the file
 * is not there, from the next above; where it is in none of them, from the nearest, or beside the golden.
 */
export function sourcePath(golden: string, source: string): string {
  const above = upwards(dirname(golden)).filter((folder) => basename(folder) === GOLDENS);
  const places = (above.length === 0 ? [golden] : above).map((folder) => resolve(dirname(folder), source));
  const fileOf = (place: string): string => place.slice(0, place.lastIndexOf("#"));
  return places.find((place) => existsSync(fileOf(place))) ?? places[0] ?? source;
}

/** So many characters of an input become a name. */
const LONGEST_NAME = 40;

/** A name for the golden of an input, made of the first words in it: `charged-twice`; `default` where there are none. */
export function nameOfInput(input: unknown): string {
  const words = fileName(firstText(input) ?? "").split("-");
  let name = "";
  for (const word of words) {
    const longer = name === "" ? word.slice(0, LONGEST_NAME) : `${name}-${word}`;
    if (longer.length > LONGEST_NAME) break;
    name = longer;
  }
  return name === "" ? "default" : name;
}

/** How deep words are looked for. */
const DEEPEST = 4;

/** The first text with a letter in it; where there is none, the first number. */
function firstText(value: unknown, depth = 0): string | null {
  if (typeof value === "string") return /\p{L}/u.test(value) ? value.slice(0, 400) : null;
  if (typeof value === "number" || typeof value === "bigint") return depth === 0 ? String(value) : null;
  if (typeof value !== "object" || value === null || depth > DEEPEST) return null;
  const members: readonly unknown[] = Array.isArray(value) ? value.slice(0, 20) : Object.values(value);
  for (const member of members) {
    const text = firstText(member, depth + 1);
    if (text !== null) return text;
  }
  const number = depth === 0 ? Object.entries(value).find(([, member]) => typeof member === "number") : undefined;
  return number === undefined ? null : number.join(" ");
}

/** Lower case, and a dash for all that is no letter and no digit. */
function fileName(text: string): string {
  return text
    .normalize("NFC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-|-$/g, "");
}

/** A folder and all above it, the nearest first. */
function upwards(from: string): readonly string[] {
  const folders = [resolve(from)];
  for (let at = resolve(from), above = dirname(at); above !== at; at = above, above = dirname(at)) folders.push(above);
  return folders;
}
