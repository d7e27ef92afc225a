import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { PlantedTree } from "../walls/planted-tree.ts";

const lines = (count: number, line: string): string => `${line}\n`.repeat(count);

/** Code that must be refused: the rule that refuses it, and the code. */
const REFUSED: readonly (readonly [rule: string, source: string])[] = [
  ["flujo(no-ambient-time)", "export const at = Date.now();"],
  ["flujo(no-ambient-time)", "export const at = globalThis.Date.now();"],
  ["flujo(no-ambient-time)", 'export const at = Date["now"]();'],
  ["flujo(no-ambient-time)", "export const at = new Date();"],
  ["flujo(no-ambient-time)", "export const at = performance.now();"],
  ["flujo(no-ambient-time)", "export const by = process.hrtime.bigint();"],
  ["flujo(no-ambient-time)", "export const by = Math.random();"],
  ["flujo(no-ambient-time)", "export const id = crypto.randomUUID();"],
  ["flujo(no-ambient-time)", "export const signal = AbortSignal.timeout(5);"],
  ["flujo(no-ambient-time)", "setTimeout(() => undefined, 5);"],
  ["flujo(no-ambient-time)", "globalThis.setTimeout(() => undefined, 5);"],
  ["flujo(no-ambient-time)", "setInterval(() => undefined, 5);"],
  ["flujo(no-ambient-time)", "export const later = new Promise(setImmediate);"],
  ["flujo(no-ambient-time)", 'import { setTimeout as sleep } from "node:timers/promises";\nexport { sleep };'],
  ["flujo(no-ambient-time)", 'import { performance as clock } from "node:perf_hooks";\nexport { clock };'],
  ["flujo(no-ambient-time)", 'import { randomUUID as id } from "node:crypto";\nexport { id };'],
  ["flujo(no-ambient-time)", 'import { v4 } from "uuid";\nexport { v4 };'],
  ["typescript(no-explicit-any)", "export const value = (given: any): unknown => given;"],
  ["typescript(no-unsafe-return)", "export const value = (text: string): string => JSON.parse(text);"],
  ["typescript(no-unsafe-member-access)", "export const value = (text: string): unknown => JSON.parse(text).field;"],
  ["typescript(no-floating-promises)", "export function start(): void { Promise.resolve(1); }"],
  ["typescript(no-floating-promises)", "export function start(): void { void Promise.resolve(1); }"],
  ["typescript(no-misused-promises)", 'export const on = (list: string[]): void => list.forEach(async () => Promise.resolve("x"));'],
  [
    "typescript(switch-exhaustiveness-check)",
    'export function say(it: "a" | "b"): string { switch (it) { case "a": return "A"; } return ""; }',
  ],
  ["typescript(ban-ts-comment)", "// @ts-ignore\nexport const value: string = 1;"],
  ["unicorn(no-thenable)", "export const it = { then: (): number => 1 };"],
  ["eslint(no-empty)", "export function read(text: string): void { try { JSON.stringify(text); } catch {} }"],
  ["eslint(max-params)", "export const four = (a: number, b: number, c: number, d: number): number => a + b + c + d;"],
  ["eslint(max-lines)", lines(401, "export {};")],
  ["eslint(max-lines-per-function)", `export function long(list: number[]): void {\n${lines(60, "list.push(1);")}}`],
];

/** Code that must be let through, by the file that it stands in. */
const LET_THROUGH: Readonly<Record<string, string>> = {
  "src/base/system.ts": "export const at = (): number => Date.now();",
  "src/testing/clock.ts": "export const at = (): number => Date.now();",
  "src/base/a.test.ts": "export const at = (): number => Date.now();",
  "src/base/dates.ts": 'export const at = Date.parse("2030-01-01");\nexport const day = new Date(at);',
  "src/base/names.ts": "export const names = { setTimeout: 1, now: 2 };\nexport const value = names.setTimeout;",
  "src/base/lines.ts": `export function short(list: number[]): void {\n${lines(58, "list.push(1);")}}`,
  "src/base/lines.test.ts": `export function long(list: number[]): void {\n${lines(80, "list.push(1);")}}`,
};

const fileOf = (index: number): string => `src/planted/refused-${index}.ts`;
let found: ReadonlyMap<string, ReadonlySet<string>>;

/** One run for all: what is planted stands in a file of its own. */
beforeAll(async () => {
  const own = [".oxlintrc.json", "tsconfig.base.json", "scripts/lint/plugin.ts", "scripts/lint/rule.ts", "scripts/lint/no-ambient-time.ts"];
  await using tree = await PlantedTree.make({
    "tsconfig.json": '{ "extends": "./tsconfig.base.json", "include": ["src"] }',
    ...Object.fromEntries(await Promise.all(own.map(async (path) => [path, await readFile(path, "utf8")] as const))),
    ...Object.fromEntries(REFUSED.map(([, source], index) => [fileOf(index), source])),
    ...LET_THROUGH,
  });
  found = rulesByFile(await oxlint(tree.root));
});

test.each(REFUSED.map(([rule, source], index) => ({ rule, index, source: source.slice(0, 80) })))(
  "$rule refuses: $source",
  ({ rule, index }) => {
    expect(found.get(fileOf(index)) ?? new Set()).toContain(rule);
  },
);

test.each(Object.keys(LET_THROUGH))("nothing is said against %s", (file) => {
  expect(found.get(file)).toBeUndefined();
});

function oxlint(folder: string): Promise<string> {
  return new Promise((done, fail) => {
    execFile(process.execPath, [resolve("node_modules/oxlint/bin/oxlint"), "--format=json", "src"], { cwd: folder }, (_, stdout, stderr) =>
      stdout.startsWith("{") ? done(stdout) : fail(new Error(`oxlint said no JSON: ${stdout}${stderr}`)),
    );
  });
}

function rulesByFile(report: string): ReadonlyMap<string, ReadonlySet<string>> {
  const { diagnostics } = JSON.parse(report) as { diagnostics: readonly { code: string; filename: string }[] };
  return new Map(
    Map.groupBy(diagnostics, ({ filename }) => filename)
      .entries()
      .map(([file, them]) => [file, new Set(them.map(({ code }) => code))] as const),
  );
}
