import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { outcomesOf } from "../laws/support/comparable.ts";
import { Processes } from "./child-process.ts";
import type { Traces, Victim } from "./kill-story.ts";
import { EVERY, killEverywhere, undisturbedRun } from "./kill-story.ts";
import { journeyScript } from "./model-script.ts";

const processes = new Processes();
const victim: Victim = { program: "journey", script: journeyScript, processes };
let undisturbed: Traces;

beforeAll(async () => {
  undisturbed = await undisturbedRun(victim);
}, 30_000);

afterAll(() => processes.end());

describe("a process killed with SIGKILL", () => {
  test("the undisturbed run is worth comparing with: it succeeds, uses everything, and never does a thing twice", () => {
    expect(undisturbed.result).toMatchObject({
      status: "succeeded",
      output: { graded: 15, size: "4 parts", total: 15, lines: 4 },
      context: { owner: "signed for 4", rush: true, total: 15 },
      usage: { modelCalls: 8, toolCalls: 6 },
    });
    const kinds = new Set(outcomesOf(undisturbed.journal).map(({ op }) => op));
    expect([...kinds].toSorted()).toEqual(["model", "step", "tool"]);
    expect(new Set(undisturbed.effects).size).toBe(undisturbed.effects.length);
    expect(new Set(undisturbed.modelCalls).size).toBe(undisturbed.modelCalls.length);
    expect(undisturbed.commits).toBeGreaterThanOrEqual(20);
  });

  test("before and after its commits, resumes to the undisturbed run and repeats nothing that was recorded", {
    timeout: 180_000,
  }, async () => {
    expect(await killEverywhere(victim, undisturbed)).toBeGreaterThanOrEqual(Math.floor(40 / EVERY));
  });
});
