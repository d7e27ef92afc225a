import { z } from "zod";
import { agent, agenticLoop, commandSchema, pipeline, refine, step } from "../../../src/index.ts";
import { scriptedModel } from "../../../src/testing/scripted-model.ts";
import type { Shape } from "./shapes.ts";

// Loops in which agents are given what they said before.

const repeats = () =>
  scriptedModel(({ lastUserText }) => (lastUserText.startsWith("Summarise") ? "It was about numbers." : `I heard ${lastUserText}`));

/** By what they show. */
export const REMEMBERING_SHAPES: Readonly<Record<string, () => Shape>> = {
  "a loop whose agent is given what it said": () => ({
    program: pipeline({ name: "p" }).loop(
      agent({ name: "a", model: repeats(), instructions: "Listen.", input: z.coerce.string().transform((text) => text.toUpperCase()) }),
      { maxIterations: 3, next: (_said, { iteration }) => `number ${iteration + 1}`, history: { keep: "whole" } },
    ),
  }),
  "a loop whose agent sums up what it said": () => ({
    program: pipeline({ name: "p" }).loop(agent({ name: "a", model: repeats(), instructions: "Listen." }), {
      maxIterations: 4,
      next: (_said, { iteration }) => `number ${iteration + 1}`,
      history: { keep: "summary", over: 60, newest: 30 },
    }),
  }),
  "a refine whose agent is given its last artifact as its own words": () => ({
    program: pipeline({ name: "p" }).step(
      refine({
        name: "r",
        generate: agent({ name: "write", model: scriptedModel(["Tides.", "Tides rise and fall."]), instructions: "Write." }),
        critique: step("judge", ({ artifact }: { readonly artifact: string }) => ({ ok: artifact.length > 10, feedback: "Longer." })),
        maxIterations: 3,
        history: { keep: "exchanges", exchanges: 2 },
      }),
    ),
  }),
  "an agentic loop whose planner is given its commands": () => ({
    program: agenticLoop({
      name: "l",
      planner: agent({
        name: "plan",
        model: scriptedModel([{ json: { do: "run", agent: "count", input: "tides" } }, { json: { do: "finish", output: "five letters" } }]),
        instructions: "Plan.",
        output: commandSchema(),
      }),
      agents: { count: { program: step("count", (text: string) => text.length), description: "Counts letters." } },
      maxCommands: 3,
      history: { keep: "tokens", tokens: 500 },
    }),
  }),
};
