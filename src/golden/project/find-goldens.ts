import type { Dirent } from "node:fs";
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { FlujoError, messageOf } from "../../base/errors.ts";
import { didYouMean, nearNames } from "../../base/near-names.ts";
import { GOLDEN_ENDING } from "../file/write-golden.ts";
import { GOLDENS, projectFolder } from "./golden-place.ts";

/** Every golden of the project that a folder is in: `goldens/**` anywhere below its folder, packages and hidden folders left out. */
export function goldensOfProject(from: string): readonly string[] {
  const project = projectFolder(from);
  return goldensBelow(project).filter((file) => relative(project, dirname(file)).split(sep).includes(GOLDENS));
}

/** Files below `goldens/` of the project whose ending only looks like that of a golden: nothing finds them. */
export function misnamedGoldens(from: string): readonly string[] {
  const project = projectFolder(from);
  return filesBelow(project, MISNAMED).filter((file) => relative(project, dirname(file)).split(sep).includes(GOLDENS));
}

const MISNAMED = ".golden.yml";

/**
 * The goldens that are meant: by their file, a folder, or a pattern (`*`, `**`, `?`) of files; or as `pipeline/name`, `pipeline`
 * for all of it, or a pattern of these. What is there goes before names: only where a file is no golden, and a folder or a
 * pattern has none, is what is wanted looked for among the names; with `./` in front, never. In the order of their files, each
 * once.
 *
 * @throws {FlujoError} `usage_invalid` for what means none.
 */
export function goldensMeant(from: string, wanted: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const each of wanted) for (const file of meantBy(from, each)) found.add(file);
  return [...found].sort(byName);
}

/** Whether this very golden is said, by its file or its whole name, and not only among others by a folder or a pattern. */
export function isSaid(from: string, wanted: readonly string[], file: string): boolean {
  return wanted.some((each) => resolve(from, each) === file || each.replace(/\/+$/, "") === shortNameOf(file));
}

function meantBy(from: string, wanted: string): readonly string[] {
  const place = resolve(from, wanted);
  const stat = statSync(place, { throwIfNoEntry: false });
  if (stat?.isDirectory() === false && place.endsWith(GOLDEN_ENDING)) return [place];
  const there = stat === undefined ? byPattern(place) : stat.isDirectory() ? goldensBelow(place) : [];
  const found = there.length > 0 ? there : byShortName(from, wanted);
  if (found.length > 0) return found;
  if (stat?.isDirectory() === false) throw noGolden(wanted);
  const what = stat === undefined ? `"${wanted}" is no golden, and no pattern for any` : `There is no golden below ${wanted}`;
  const names = goldensOfProject(from).map((file) => shortNameOf(file));
  const near = names.length === 0 ? " The project has none yet." : meantName(wanted, names);
  throw new FlujoError("usage_invalid", `${what}.${near}`, { remedy: "See which there are with `flujo golden list`; quote patterns." });
}

function noGolden(wanted: string): FlujoError {
  const isMisnamed = wanted.endsWith(MISNAMED);
  const remedy = isMisnamed
    ? `Rename it: ${basename(wanted, MISNAMED)}${GOLDEN_ENDING}.`
    : "Name a golden, or see which there are with `flujo golden list`; `flujo golden record FILE` makes one of a program.";
  return new FlujoError("usage_invalid", `${wanted} is no golden: the names of their files end in ${GOLDEN_ENDING}.`, { remedy });
}

/** Names that are near; of a word alone, those that end with it, or with one that is near. */
function meantName(wanted: string, names: readonly string[]): string {
  const near = didYouMean(wanted, names);
  if (near !== "" || wanted.includes("/")) return near;
  const lastOf = (name: string): string => name.slice(name.lastIndexOf("/") + 1);
  const ends = new Set(nearNames(wanted, new Set(names.map(lastOf))));
  const found = names.filter((name) => ends.has(lastOf(name))).slice(0, MOST_NEAR);
  return found.length === 0 ? "" : ` Did you mean ${found.map((name) => `"${name}"`).join(" or ")}?`;
}

const MOST_NEAR = 3;

/** The way from the nearest folder `goldens`, without the ending: `triage/billing`. */
export function shortNameOf(file: string): string {
  const parts = file.slice(0, -GOLDEN_ENDING.length).split(sep);
  return parts.slice(parts.lastIndexOf(GOLDENS) + 1).join("/");
}

function byShortName(from: string, wanted: string): readonly string[] {
  if (/^\.{0,2}\//.test(wanted)) return [];
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
  return filesBelow(folder, GOLDEN_ENDING);
}

function filesBelow(folder: string, ending: string): readonly string[] {
  const found: string[] = [];
  const open = [folder];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const entry of entriesOf(at)) {
      const place = join(at, entry.name);
      if (entry.isDirectory() && entry.name !== "node_modules" && !entry.name.startsWith(".")) open.push(place);
      else if (entry.name.endsWith(ending) && !entry.isDirectory() && entry.name !== ending) found.push(place);
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
