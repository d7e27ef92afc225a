import { context, pipeline, step, withPolicy } from "flujo";
import { z } from "zod";

// A question is split, each part is researched by a pipeline of its own, and the answers become a report. The research has a
// context of its own: what it notes stays there, and only how many sources it read comes out. Two archives are asked at the
// same time, the first that answers counts; one that takes longer than two seconds has not answered.

const Report = context(z.object({ reader: z.string().default("everybody"), sourcesRead: z.number().default(0) }), { sourcesRead: "sum" });
const Notes = context(z.object({ for: z.string(), sources: z.array(z.string()).default([]) }), { sources: "append" });

const ARCHIVE: Readonly<Record<string, string>> = {
  when: "The journal was added in the first release.",
  why: "Because a crash must not be paid for twice.",
};

const archive = (name: string, latencyMs: number) =>
  withPolicy(
    step(name, async (question: string, { signal }) => {
      await new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, latencyMs);
        signal.addEventListener("abort", () => {
          clearTimeout(timer);
          reject(new Error("somebody else was faster"));
        });
      });
      const found = ARCHIVE[question.split(" ")[0]?.toLowerCase().replace("?", "") ?? ""];
      if (found === undefined) throw new Error(`nothing about "${question}"`);
      return { source: name, found };
    }),
    { timeoutMs: 2_000 },
  );

const nothing = step("nothing", () => ({ branch: "none" as const, output: { source: "nobody", found: "Nobody knows." } }));

const research = pipeline({ name: "research", version: "1.0.0", input: z.string(), context: Notes })
  .step(withPolicy(pipeline().parallel({ near: archive("near", 5), far: archive("far", 50) }, { join: "any" }), { fallback: nothing }))
  .step(
    step({
      name: "note",
      context: Notes,
      run: ({ output }: { output: { source: string; found: string } }, { contribute, context: notes, initialPrompt }) => {
        contribute("sources", output.source);
        return `${initialPrompt} ${output.found} (for ${notes.for}, from ${output.source})`;
      },
    }),
  );

export const report = pipeline({ name: "report", version: "1.0.0", input: z.string(), context: Report })
  .step("split", (question: string) =>
    question
      .split("?")
      .map((part) => part.trim())
      .filter((part) => part !== "")
      .map((part) => `${part}?`),
  )
  .map(
    pipeline({ name: "part", context: Report }).step(research, {
      context: {
        in: ({ reader }) => ({ for: reader }),
        out: ({ sources }) => ({ sourcesRead: sources.filter((source) => source !== "nobody").length }),
      },
    }),
    { name: "parts" },
  )
  .step("write", (answers: readonly string[], { context: { sourcesRead } }) => ({ lines: answers, sourcesRead }));
