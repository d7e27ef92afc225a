// A question is researched by an agent with tools, which asks before it spends money; a report is written of what it found, and read by
// a person before it is published, who may send it back with a remark.
//   npx flujo run examples/research/research.ts -i "What happens to libraries that open on Sundays?"
//   npx flujo answer RUN --approve                                                or --reject "too dear"
//   npx flujo answer RUN --value '{"ok": false, "remark": "Begin with the figures."}'   or '{"ok": true}'
import { agent, pipeline, refine, type Refined, step, withPolicy } from "flujo";
import { z } from "zod";
import { Finding, investigate } from "./investigate.ts";
import { send } from "./library.ts";

const Findings = z.object({ findings: z.array(Finding) });
type Findings = z.infer<typeof Findings>;

const Draft = z.object({
  sentences: z
    .array(
      z.object({
        says: z.string().describe("one sentence of the report"),
        findings: z.array(z.number().int()).describe("the numbers of the findings it rests on"),
      }),
    )
    .min(1)
    .max(6),
});
type Draft = z.infer<typeof Draft>;

const write = withPolicy(
  agent({
    name: "write",
    model: "offline:extract",
    instructions: "Write a short report of these findings. Each sentence rests on findings: name them by their numbers. Add nothing.",
    input: Findings.transform(({ findings }) =>
      ["| findings | says |", "|---|---|", ...findings.map(({ quote }, at) => `| ${at + 1} | ${quote} |`)].join("\n"),
    ),
    output: Draft,
  }),
  {
    retry: { retries: 2, firstDelayMs: 0 },
    validate: {
      name: "citations",
      check: ({ sentences }, { input: { findings } }) => {
        const bad = sentences.find(
          ({ findings: named }) => named.length === 0 || named.some((number) => findings[number - 1] === undefined),
        );
        return bad === undefined || { ok: false, feedback: `"${bad.says}" must name findings, by numbers from 1 to ${findings.length}.` };
      },
    },
  },
);

const lines = ({ sentences }: Draft, { findings }: Findings) =>
  sentences.map(
    ({ says, findings: named }) => `${says.replace(/[.\s]*$/, "")} [${named.map((number) => findings[number - 1]?.source).join(", ")}].`,
  );

/** The critic is a person. What is remarked is told to whoever writes. */
const editor = pipeline()
  .human("publish", {
    show: ({ output: { input, artifact } }: { output: { input: Findings; artifact: Draft } }) => lines(artifact, input).join("\n"),
    answer: z.object({ ok: z.boolean().describe("Publish it?"), remark: z.string().optional().describe("What is to be changed") }),
  })
  .step("verdict", ({ answer: { ok, remark } }) => ({ ok, feedback: remark ?? "It was sent back without a remark." }));

const report = refine({ name: "report", generate: write, critique: editor, maxIterations: 3 });

const release = step({
  name: "release",
  effect: "once",
  run: (
    { found, written: { accepted, artifact, iterations } }: { found: Findings; written: Refined<Draft, unknown> },
    { idempotencyKey },
  ) => {
    const text = lines(artifact, found);
    if (accepted) send(`published ${text.length} sentences`, idempotencyKey);
    return { published: accepted, drafts: iterations, report: text, sources: [...new Set(found.findings.map(({ source }) => source))] };
  },
});

const findings = step("findings", (found: Findings) => found);

const reported = pipeline().step(findings).step(report).gather({ found: findings, written: report }).step(release);

const nothing = step("nothing", () => ({
  published: false,
  drafts: 0,
  report: ["The library says nothing on it."],
  sources: [],
}));

export const research = pipeline({ name: "research", version: "1.0.0", input: z.string().min(3) })
  .step(investigate)
  .branch(({ findings: { length } }) => length > 0, { true: reported, false: nothing }, { name: "found" });
