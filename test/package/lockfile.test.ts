import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly resolved?: string; readonly integrity?: string; readonly link?: boolean }>>;
}

const lockfile = JSON.parse(await readFile("package-lock.json", "utf8")) as Lockfile;
const installed = Object.entries(lockfile.packages).filter(([path, { link }]) => path.includes("node_modules/") && link !== true);

test("the lockfile names no registry: whoever installs asks their own", () => {
  expect(installed.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
});

test("every package in the lockfile is held to its integrity", () => {
  expect(installed.filter(([, { integrity }]) => integrity === undefined).map(([path]) => path)).toEqual([]);
});
