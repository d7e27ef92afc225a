import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import type { Pause } from "../../src/index.ts";
import { effectsIn, tally } from "../kill/evidence.ts";
import { Ground } from "./support/answered-run.ts";
import type { ChildTask } from "./support/child.ts";
import { lineOf } from "./support/places.ts";

const CHILD = fileURLToPath(new URL("./support/child.ts", import.meta.url));
const run = promisify(execFile);

const ground = new Ground();
const compiled = ground.path("compiled");
afterAll(() => ground[Symbol.dispose]());

interface Said {
  readonly status: string;
  readonly pauses: readonly Pause[];
}

/** Has a process of its own do it, and end. */
async function inAProcess(task: ChildTask): Promise<Said> {
  const env = { ...process.env, NODE_ENV: "test", NODE_OPTIONS: "", NODE_COMPILE_CACHE: compiled };
  const { stdout } = await run(process.execPath, ["--disable-warning=ExperimentalWarning", CHILD, JSON.stringify(task)], { env });
  return JSON.parse(stdout) as Said;
}

test.each<Pick<ChildTask, "asks" | "inside">>([
  { asks: "a person", inside: ["loop", "parallel"] },
  { asks: "an approval", inside: ["nested, mapped", "attempt 2"] },
  { asks: "a signal", inside: ["fallback", "tap", "branch"] },
])("each answer by a process of its own, the last question first: $asks inside $inside", { timeout: 120_000 }, async (about) => {
  const task = { ...about, file: ground.path("state.db"), effects: ground.path("effects") };
  let said = await inAProcess({ ...task, answers: null });
  const answered: Pause[] = [];
  while (said.status === "paused") {
    const last = said.pauses.toSorted((a, b) => (a.id < b.id ? 1 : -1))[0];
    if (last === undefined || answered.length > 20) throw new Error(`It is paused after ${answered.length} answers.`);
    answered.push(last);
    said = await inAProcess({ ...task, answers: last });
  }
  expect(said.status).toBe("succeeded");
  const effects = effectsIn(task.effects);
  expect(answered.length).toBeGreaterThanOrEqual(3);
  expect(effects.filter((line) => line.includes(" has ")).toSorted()).toEqual(answered.map(lineOf).toSorted());
  expect(Object.entries(tally(effects)).filter(([, count]) => count > 1)).toEqual([]);
});
