import { agent, defineKind, pipeline, step } from "../../../src/index.ts";
import type { Step } from "../../../src/index.ts";
import { scriptedModel } from "../../../src/testing/scripted-model.ts";
import type { Shape } from "./shapes.ts";
import { z } from "zod";

// Programs that kinds of one's own expand to: goldens know nothing of the kinds.

const text = z.string();

const panel = defineKind({
  kind: "panel",
  schema: z.object({ members: z.array(text).min(1), judge: z.custom<Step<string, string>>() }),
  expand: ({ members, judge }) =>
    pipeline({ name: "panel", input: text })
      .parallel(Object.fromEntries(members.map((name) => [name, step(name, (value: string) => `${name} of ${value}`)])))
      .step("together", (said) => Object.values(said).join(", "))
      .step(judge),
  caption: ({ members }) => members.join(", "),
});
const repeated = defineKind({
  kind: "repeated",
  expand: ({ times }: { readonly times: number }) => {
    const model = scriptedModel(["So.", "Or so."]);
    const judge = agent({ name: "judge", model, instructions: "Judge.", input: text });
    return pipeline({ name: "repeated", input: text }).loop(panel({ members: ["for", "against"], judge }), { maxIterations: times });
  },
});

/** By what they show. */
export const CUSTOM_SHAPES: Readonly<Record<string, () => Shape>> = {
  "a kind of one s own in another": () => ({ program: pipeline({ name: "p" }).step(repeated({ times: 2 })) }),
};
