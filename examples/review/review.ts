import { pipeline, step } from "flujo";
import { z } from "zod";

// A release note is written, reviewed and written again until the review has nothing to say, five times at most. The two
// steps are plain functions here, so that it runs without a key; put agents in their places.

const Draft = z.object({ facts: z.array(z.string()).min(1), text: z.string().default(""), remarks: z.array(z.string()).default([]) });
type Draft = z.infer<typeof Draft>;

const write = step("write", ({ facts, remarks, text }: Draft): Draft => {
  const first = text === "" ? facts.join(" ") : text;
  const shorter = remarks.includes("It is too long.") ? first.split(". ").slice(0, -1).join(". ").replace(/[^.]$/, "$&.") : first;
  const plain = remarks.includes("It shouts.") ? shorter.replaceAll("!", ".") : shorter;
  return { facts, text: plain, remarks: [] };
});

const review = step("review", (draft: Draft): Draft => {
  const remarks = [];
  if (draft.text.includes("!")) remarks.push("It shouts.");
  if (draft.text.length > 120) remarks.push("It is too long.");
  return { ...draft, remarks };
});

export const reviewed = pipeline({ name: "reviewed", version: "1.0.0", input: Draft }).loop(pipeline().step(write).step(review), {
  name: "round",
  until: ({ remarks }) => remarks.length === 0,
  maxIterations: 5,
  output: ({ text }, { iteration }) => ({ text, rounds: iteration + 1 }),
});
