import { agent, gate, pipeline, reducers, refine, step } from "../../../src/index.ts";
import { scriptedModel } from "../../../src/testing/scripted-model.ts";
import type { Shape } from "./shapes.ts";

// Programs in which something judges what something else has made.

const longer = step("longer", (text: string, { feedback }) => {
  const { artifact = text } = (feedback?.details ?? {}) as { readonly artifact?: string };
  return `${artifact}!`;
});
const judge = step("judge", ({ artifact }: { readonly artifact: string }) => ({ ok: artifact.endsWith("!!"), feedback: "Louder." }));

/** By what they show. */
export const JUDGING_SHAPES: Readonly<Record<string, () => Shape>> = {
  "a refine that accepts the second artifact": () => ({
    program: pipeline({ name: "p" }).step(refine({ name: "r", generate: longer, critique: judge, maxIterations: 3 })),
  }),
  "a refine whose checks a function makes sense of": () => ({
    program: pipeline({ name: "p" }).step(
      refine({
        name: "r",
        generate: longer,
        critique: step("measure", ({ artifact }: { readonly artifact: string }) => artifact.length),
        maxIterations: 2,
        accept: (length) => length > 3,
        feedback: (length, { iteration }) => `${length} is too short (${iteration}).`,
      }),
    ),
  }),
  "a refine that accepts nothing": () => ({
    program: pipeline({ name: "p" }).step(refine({ name: "r", generate: longer, critique: judge, maxIterations: 1, onExhausted: "fail" })),
  }),
  "a gate that opens": () => ({
    program: pipeline({ name: "p" }).step(
      gate({ name: "g", judges: { score: step("score", () => 0.9), says: step("says", () => ({ ok: true, score: 1 })) }, minScore: 0.8 }),
    ),
  }),
  "a gate that is closed": () => ({
    program: pipeline({ name: "p" }).step(
      gate({
        name: "g",
        judges: { no: step("no", () => ({ ok: false, feedback: "Not now." })), yes: step("yes", () => true) },
        needs: "majority",
      }),
    ),
  }),
  "a gate that looks past a judge who fails": () => ({
    program: pipeline({ name: "p" }).step(
      gate({
        name: "g",
        judges: {
          yes: step("yes", () => true),
          fails: step("fails", (): boolean => {
            throw new RangeError("cannot");
          }),
        },
        onFailure: "ignore",
      }),
    ),
  }),
  "results of which a function makes one": () => ({
    program: pipeline({ name: "p" }).parallel({ b: longer, a: longer }, { reduce: ({ a, b }, { input }) => [input, a, b].join(" ") }),
  }),
  "results that are put to the vote": () => ({
    program: pipeline({ name: "p" }).map(
      step("size", (text: string) => text.length),
      { reduce: reducers.majority() },
    ),
    input: ["a", "bb", "cc"],
  }),
  "results of which a judge makes one": () => ({
    program: pipeline({ name: "p" }).parallel(
      { b: longer, a: step("a", (text: string) => text) },
      { reduce: reducers.judge(agent({ name: "chooses", model: scriptedModel(["The first."]), instructions: "Choose." })) },
    ),
  }),
  "an agent that is told what a critic says of what it wrote": () => ({
    program: pipeline({ name: "p" }).step(
      refine({
        name: "r",
        generate: agent({ name: "poet", model: scriptedModel(["Tides!", "Tides!!"]), instructions: "Write." }),
        critique: judge,
        maxIterations: 2,
      }),
    ),
  }),
};
