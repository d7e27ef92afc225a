import { agent, asTool, cached, defineKind, pipeline, refine, saga, step, withPolicy } from "flujo";
import { z } from "zod";
const text = z.string();
export const debate = defineKind({
  kind: "panel",
  schema: z.object({ model: z.string(), sides: z.array(z.string()).min(2), rounds: z.int().min(1).default(3) }),
  expand: ({ model, sides, rounds }) => {
    const speaker = (side: string) => agent({ name: side, model, instructions: `Argue ${side}.`, input: text });
    const round = pipeline({ name: "round", input: text })
      .parallel(Object.fromEntries(sides.map((side) => [side, speaker(side)])))
      .step("sum up", (said) => Object.values(said).join("\n"));
    return pipeline({ name: "debate", input: text }).loop(round, { maxIterations: rounds }).step(agent({ name: "judge", model, instructions: "Judge.", input: text }));
  },
  caption: ({ sides, rounds }) => `${sides.join(" vs ")}, ${rounds} rounds`,
});
export const polished = defineKind({
  kind: "polished",
  expand: ({ times }: { times: number }) => refine({ name: "polished", generate: step("write", (s: string) => s), critique: step("judge", () => true), maxIterations: times }),
  caption: ({ times }) => `${times} drafts at most!`,
});
export const safe = defineKind({
  kind: "safe",
  expand: () => withPolicy(step("ask", (s: string) => s), { retries: 2, fallback: step("instead", (s: string) => s) }),
});
export const outer = defineKind({ kind: "essay.factory", expand: () => polished({ times: 4 }) });
export default pipeline({ name: "desk", input: text })
  .step(debate({ model: "offline:extract", sides: ["for", "against"] }))
  .step(outer())
  .step("artifact", ({ artifact }) => artifact)
  .step(safe())
  .step(withPolicy(cached(debate({ model: "offline:extract", sides: ["tea", "milk"], rounds: 1 }), { name: "tea" }), { retries: 1 }))
  .step("x", (s) => s);
export const root = debate({ model: "offline:extract", sides: ["for", "against"] });
