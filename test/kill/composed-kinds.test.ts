import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Processes } from "./child-process.ts";
import type { Traces, Victim } from "./kill-story.ts";
import { EVERY, killEverywhere, undisturbedRun } from "./kill-story.ts";

const processes = new Processes();
const victim: Victim = { program: "composedKinds", script: () => "it asks no model", processes };
let undisturbed: Traces;

beforeAll(async () => {
  undisturbed = await undisturbedRun(victim);
}, 30_000);

afterAll(() => processes.end());

describe("a process killed with SIGKILL while it runs a program with all kinds that are made of others", () => {
  test("the undisturbed run is worth comparing with: it goes round, chooses, plans, asks, undoes, keeps and starts another", () => {
    const { result, effects } = undisturbed;
    expect(result).toMatchObject({ status: "succeeded", output: { way: [1, 2, 4, 8, 9, 10] } });
    expect(effects.filter((path) => path.includes("/compensate"))).toHaveLength(3);
    expect(new Set(effects).size).toBe(effects.length);
    expect(undisturbed.children).toBe(1);
  });

  test("before and after its commits, resumes to the undisturbed run, repeats nothing that was recorded and starts nothing twice", {
    timeout: 600_000,
  }, async () => {
    expect(await killEverywhere(victim, undisturbed)).toBeGreaterThanOrEqual(Math.floor(120 / EVERY));
  });
});
