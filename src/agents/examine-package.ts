import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { isPlainObject } from "../base/json.ts";
import type { PackageFacts } from "../model/examination.ts";
import type { OptionalPackage } from "./load-package.ts";

/** Whether a package is installed, and in which version. Does not load it. */
export function examinePackage({ name, range }: OptionalPackage): PackageFacts {
  const installed = versionOf(name);
  return { name, range, installed, fits: installed !== null && isWithin(installed, range) };
}

function versionOf(name: string): string | null {
  try {
    const file = findPackageJSON(name, import.meta.url);
    if (file === undefined) return null;
    const facts: unknown = JSON.parse(readFileSync(file, "utf8"));
    return isPlainObject(facts) && typeof facts["version"] === "string" ? facts["version"] : null;
  } catch {
    return null; // not there, or only a part of it: either way it cannot be used
  }
}

/** For the two forms of range that are used here: `4` is any 4.x.y, `^1.32.0` any 1.x.y from there on. */
function isWithin(version: string, range: string): boolean {
  const has = numbersOf(version);
  const from = numbersOf(range);
  if (has[0] !== from[0]) return false;
  for (const [index, least] of from.entries()) {
    const number = has[index] ?? 0;
    if (number !== least) return number > least;
  }
  return true;
}

function numbersOf(version: string): readonly number[] {
  return (/\d+(?:\.\d+)*/.exec(version)?.[0] ?? "").split(".").map(Number);
}
