import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import type { LargeSaid, LargeTask } from "./support/large.ts";

const FILE = fileURLToPath(new URL("./support/large.ts", import.meta.url));
const MILLION = 1_000_000;

const folder = mkdtempSync(join(tmpdir(), "flujo-large-"));
afterAll(() => rmSync(folder, { recursive: true }));

const run = promisify(execFile);

/** Runs it in a process that ends when it needs more than so many megabytes for its objects. */
async function within(megabytes: number, task: Omit<LargeTask, "file">): Promise<LargeSaid> {
  const given: LargeTask = { ...task, file: join(folder, `${task.kind}.db`) };
  const args = ["--disable-warning=ExperimentalWarning", `--max-old-space-size=${megabytes}`, FILE, JSON.stringify(given)];
  const { stdout } = await run(process.execPath, args, { env: { ...process.env, NODE_ENV: "test", NODE_OPTIONS: "" } });
  return JSON.parse(stdout) as LargeSaid;
}

test.concurrent("a map of a million items runs in 256 MB: its list, its results, and nothing for each item beside", {
  timeout: 600_000,
}, async () => {
  expect(await within(256, { kind: "map", count: MILLION })).toEqual({ status: "succeeded", output: MILLION });
});

test.concurrent("a loop of a million iterations, each with a decision, runs in 128 MB: one iteration is forgotten when the next begins", {
  timeout: 600_000,
}, async () => {
  expect(await within(128, { kind: "loop", count: MILLION })).toEqual({ status: "succeeded", output: MILLION });
});
