import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mutated } from "../../scripts/mutate/mutant.ts";
import { MUTANTS as KINDS } from "../../scripts/mutate/mutants/index.ts";

// What a mistake in a handler looks like to the goldens that keep it: eight are made, one at a time, in a copy of the project.

const ROOT = resolve(import.meta.dirname, "../..");
const MUTANTS = new Map(
  Object.values(KINDS)
    .flat()
    .map((mutant) => [mutant.id, mutant]),
);
let copy = "";

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "flujo-golden-"));
  for (const path of ["src", "test/golden", "package.json"]) cpSync(join(ROOT, path), join(copy, path), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
});

afterAll(() => {
  rmSync(copy, { recursive: true });
});

/** What each golden finds first, by its name; those that find nothing are not there. */
async function found(): Promise<Readonly<Record<string, readonly string[]>>> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--conditions=flujo-src",
    join(copy, "test/golden/support/child-check-own.ts"),
  ]);
  return JSON.parse(stdout) as Record<string, readonly string[]>;
}

test("the code as it is, in another folder, is what was recorded", { timeout: 60_000 }, async () => {
  expect(await found()).toEqual({});
});

test.each([
  ["sequence-runs-backwards", "steps-that-write-to-a-context", "order p"],
  ["sequence-drops-the-writes", "steps-that-write-to-a-context", "missing p/?end"],
  ["loop-goes-round-once-more", "a-loop-that-was-not-enough", "added p/loop[2]"],
  ["map-goes-on-after-a-failure", "an-item-that-fails-while-others-are-under-way", "added p/map[3]"],
  ["nested-shows-the-outer-context", "a-program-with-a-context-of-its-own", "output p/inner/inner/a"],
  ["parallel-waits-for-one-more", "two-of-three", "result "],
  ["human-hides-what-is-shown", "what-a-person-is-shown", "request p/look"],
  ["step-takes-failure-for-success", "attempts-and-why-the-first-failed", "missing p/s#2"],
  ["agent-forgets-what-was-said", "an-agent-with-tools-at-once", "request p/ag/turn[1]"],
])("%s: the golden of %s says %s", { timeout: 60_000 }, async (id, golden, says) => {
  const mutant = MUTANTS.get(id);
  if (mutant === undefined) throw new Error(`There is no mutant ${id}.`);
  const file = join(copy, mutant.file);
  const source = readFileSync(file, "utf8");
  writeFileSync(file, mutated(source, mutant));
  try {
    expect((await found())[golden]?.[0]).toBe(says);
  } finally {
    writeFileSync(file, source);
  }
});
