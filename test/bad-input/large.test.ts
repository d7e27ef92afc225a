import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import type { LargeSaid, LargeTask } from "./support/large.ts";

const FILE = fileURLToPath(new URL("./support/large.ts", import.meta.url));
/** Enough that what was kept of each would not fit in the memory that there is; a million in `npm run test:deep`. */
const COUNT = Number(process.env["FLUJO_LARGE"] ?? 200_000);

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

const IN_MB = COUNT > 200_000 ? { map: 256, loop: 128 } : { map: 64, loop: 40 };

test.concurrent(`a map of ${COUNT} items runs in ${IN_MB.map} MB: its list, its results, and nothing for each item beside`, {
  timeout: 600_000,
}, async () => {
  expect(await within(IN_MB.map, { kind: "map", count: COUNT })).toEqual({ status: "succeeded", output: COUNT });
});

test.concurrent(`a loop of ${COUNT} iterations, each with a decision, runs in ${IN_MB.loop} MB: one iteration is forgotten when the next begins`, {
  timeout: 600_000,
}, async () => {
  expect(await within(IN_MB.loop, { kind: "loop", count: COUNT })).toEqual({ status: "succeeded", output: COUNT });
});
