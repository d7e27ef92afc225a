import { expect, test } from "vitest";
import { z } from "zod";
import { agent, pipeline, refine, step } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { logs, Shared, shared } from "./support/context.ts";
import { fails, patient, RUN_ID, Stage, turns } from "./support/stage.ts";

interface Draft {
  readonly input: string;
  readonly artifact: string;
}

/** Makes `draft 1`, `draft 2` and so on: one more than the feedback's artifact says. */
function writer(stage: Stage) {
  return step("writer", (topic: string, { feedback, path }) => {
    stage.note(`${path} of ${topic}: ${feedback === null ? "first" : `${feedback.code} ${feedback.message}`}`);
    const before = (feedback?.details as { readonly artifact?: string } | undefined)?.artifact ?? "draft 0";
    return `draft ${Number(before.slice(6)) + 1}`;
  });
}

/** Takes the draft of this number and all after it. */
function critic(stage: Stage, from: number) {
  return step("critic", ({ input, artifact }: Draft, { path }) => {
    stage.note(`${path} judges ${artifact} of ${input}`);
    const ok = Number(artifact.slice(6)) >= from;
    return ok ? { ok } : { ok, score: 0.5, feedback: `${artifact} is too early.` };
  });
}

function essay(stage: Stage, from: number, maxIterations = 3) {
  return refine({ name: "essay", generate: writer(stage), critique: critic(stage, from), maxIterations });
}

test("REF-1: each iteration generates of the same input, and the critique is given { input, artifact }", async () => {
  const stage = new Stage();
  expect(await stage.run(pipeline({ name: "p" }).step(essay(stage, 2)), "tides")).toMatchObject({ status: "succeeded" });
  expect(stage.notes).toEqual([
    "p/essay[0]/generate of tides: first",
    "p/essay[0]/critique judges draft 1 of tides",
    "p/essay[1]/generate of tides: critique_rejected draft 1 is too early.",
    "p/essay[1]/critique judges draft 2 of tides",
  ]);
});
