import type { Dirent } from "node:fs";
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { FlujoError, messageOf } from "../../base/errors.ts";
import { didYouMean } from "../../base/near-names.ts";
import { GOLDEN_ENDING } from "../file/write-golden.ts";
import { GOLDENS, projectFolder } from "./golden-place.ts";

/** Every golden of the project that a folder is in: `goldens/**` anywhere below its folder, packages and hidden folders left out. */
export function goldensOfProject(from: string): readonly string[] {
  const project = projectFolder(from);
  return goldensBelow(project).filter((file) => relative(project, dirname(file)).split(sep).includes(GOLDENS));
}

/**
 * The goldens that are meant: by their file, a folder, a pattern (`*`, `**`, `?`), or as `pipeline/name`, or `pipeline` for
 * all of it. What is there goes before names: only where a file is no golden, and a folder has none, is what is wanted looked
 * for among the names; with `./` in front, never. In the order of their files, each once.
 *
 * @throws {FlujoError} `usage_invalid` for what means none.
 */
export function goldensMeant(from: string, wanted: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const each of wanted) for (const file of meantBy(from, each)) found.add(file);
  return [...found].sort(byName);
}

function meantBy(from: string, wanted: string): readonly string[] {
  const place = resolve(from, wanted);
  const stat = statSync(place, { throwIfNoEntry: false });
  if (stat?.isDirectory() === false && place.endsWith(GOLDEN_ENDING)) return [place];
  const there = stat === undefined ? byPattern(place) : stat.isDirectory() ? goldensBelow(place) : [];
  const found = there.length > 0 ? there : byShortName(from, wanted);
  if (found.length > 0) return found;
  if (stat?.isDirectory() === false) return [place]; // whoever reads it says what is wrong with it
  const what = stat === undefined ? `"${wanted}" is no golden, and no pattern for any` : `There is no golden below ${wanted}`;
  const names = goldensOfProject(from).map((file) => shortNameOf(file));
  const near = names.length === 0 ? " The project has none yet." : didYouMean(wanted, names);
  throw new FlujoError("usage_invalid", `${what}.${near}`, { remedy: "See which there are with `flujo golden list`; quote patterns." });
}

/** The way from the nearest folder `goldens`, without the ending: `triage/billing`. */
export function shortNameOf(file: string): string {
  const parts = file.slice(0, -GOLDEN_ENDING.length).split(sep);
  return parts.slice(parts.lastIndexOf(GOLDENS) + 1).join("/");
}

function byShortName(from: string, wanted: string): readonly string[] {
  if (/[*?]|^\.{0,2}\//.test(wanted)) return [];
  const isMeant = patternOf(wanted.replace(/\/+$/, "")); // a shell that completes the name of a folder puts one behind it
  return goldensOfProject(from).filter((file) => isMeant.test(shortNameOf(file)));
}

/** What matches a pattern, below the last folder that it says without a star. */
function byPattern(pattern: string): readonly string[] {
  if (!/[*?]/.test(pattern)) return [];
  let folder = pattern;
  while (/[*?]/.test(folder)) folder = dirname(folder);
  const isMeant = patternOf(pattern.split(sep).join("/"));
  return existsSync(folder) ? goldensBelow(folder).filter((file) => isMeant.test(file.split(sep).join("/"))) : [];
}

function patternOf(pattern: string): RegExp {
  const text = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll(/\/\*\*\/|\*{2,}|\*|\?/g, (sign) =>
      sign === "/**/" ? "/(?:.*/)?" : sign === "*" ? "[^/]*" : sign === "?" ? "[^/]" : ".*",
    );
  return new RegExp(`^${text}(?:/.*)?$`, "u"); // a folder means all below it
}

function goldensBelow(folder: string): readonly string[] {
  const found: string[] = [];
  const open = [folder];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const entry of entriesOf(at)) {
      const place = join(at, entry.name);
      if (entry.isDirectory() && entry.name !== "node_modules" && !entry.name.startsWith(".")) open.push(place);
      else if (entry.name.endsWith(GOLDEN_ENDING) && !entry.isDirectory() && basename(place) !== GOLDEN_ENDING) found.push(place);
    }
  }
  return found.sort(byName);
}

/** @throws {FlujoError} `golden_unreadable` for a folder that may not be looked into: a golden in it would be missed. */
function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    throw new FlujoError("golden_unreadable", `The folder ${folder} cannot be looked into: ${messageOf(cause)}.`, { cause });
  }
}

function byName(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
