import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decisionsOf, outcomesOf } from "../laws/support/comparable.ts";
import { Processes } from "./child-process.ts";
import { tally } from "./evidence.ts";
import type { Traces, Victim } from "./kill-story.ts";
import { EVERY, killEverywhere, undisturbedRun } from "./kill-story.ts";
import { clerkScript } from "./model-script.ts";

const processes = new Processes();
const victim: Victim = { program: "allKinds", script: clerkScript, processes };
let undisturbed: Traces;

beforeAll(async () => {
  undisturbed = await undisturbedRun(victim);
}, 30_000);

afterAll(() => processes.end());

/** What a decision is about, without names and numbers. */
function aboutOf(key: string): string {
  return /\?(\w+)[^/]*$/.exec(key)?.[1] ?? "";
}

describe("a process killed with SIGKILL while it runs a program with all kinds of nodes and policies", () => {
  test("the undisturbed run is worth comparing with: it uses everything, and never does a thing twice", () => {
    const { result, journal, effects, handles, modelCalls } = undisturbed;
    expect(result).toMatchObject({ status: "succeeded", output: { text: "gave up third, step_failed", lines: 18, pages: 1 } });
    expect(tally([...new Set(outcomesOf(journal).map(({ op }) => op))])).toEqual({
      human: 1,
      model: 1,
      signal: 1,
      sleep: 1,
      step: 1,
      tool: 1,
    });
    const waits = journal.flatMap((entry) => (entry.type === "wait-opened" ? [entry.waitsFor] : []));
    expect(tally([...new Set(waits)])).toEqual({ answer: 1, approval: 1, signal: 1, time: 1 });
    expect(new Set(decisionsOf(journal).map(({ key }) => aboutOf(key)))).toEqual(
      new Set("arguments approval until next output wake show context enter leave validate retryOn failed default end".split(" ")),
    );
    expect(new Set(outcomesOf(journal).flatMap(({ key }) => /\?(time|total|delay)$/.exec(key)?.[1] ?? []))).toEqual(
      new Set(["time", "total", "delay"]),
    );
    expect(tally(handles)).toEqual({ "closes ledger": 1, "closes session": 3, "opens ledger": 1, "opens session": 3 });
    expect(new Set(effects).size).toBe(effects.length);
    expect(new Set(modelCalls).size).toBe(modelCalls.length);
  });

  test("before and after its commits, resumes to the undisturbed run, repeats nothing that was recorded and leaves nothing open", {
    timeout: 600_000,
  }, async () => {
    expect(await killEverywhere(victim, undisturbed)).toBeGreaterThanOrEqual(Math.floor(120 / EVERY));
  });
});
