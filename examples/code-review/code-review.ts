// Reviews a change, each file by itself: a reviewer comments, and its comments are checked at the same time by functions (is the line
// part of the change? has nothing been passed over that a pattern finds?) and by a critic (is it true?). What does not hold goes back
// to the reviewer, three times at most. What the patterns find is in the review in any case.
//   npx flujo run examples/code-review/code-review.ts -i @examples/code-review/change.diff
//   git diff main | npx flujo run examples/code-review/code-review.ts -i - --model openai:gpt-5-mini
import { agent, pipeline, refine, step } from "flujo";
import { z } from "zod";
import { Comment, findingsIn, problemWith } from "./checks.ts";
import { type FileDiff, filesOf, numbered } from "./diff.ts";

const Change = z
  .string()
  .transform(filesOf)
  .refine((files) => files.length > 0, "It is no diff, or changes nothing: give what `git diff` writes");

/** What is reviewed, and what has to be in the review beside what is there. */
interface Brief {
  readonly file: FileDiff;
  readonly missed: readonly Comment[];
}

const Review = z.object({ comments: z.array(Comment).max(20) });
type Review = z.infer<typeof Review>;

/** What a critique gives; also what the generator finds in its feedback. `unfounded` are the lines of comments that do not hold. */
const Judgement = z.object({ ok: z.boolean(), feedback: z.string(), missed: z.array(Comment), unfounded: z.array(z.number()) });
type Judgement = z.infer<typeof Judgement>;
const Told = z.object({ check: Judgement });

const brief = step("brief", (file: FileDiff, { feedback }): Brief => {
  return { file, missed: feedback === null ? [] : Told.parse(feedback.details).check.missed };
});

const comment = agent({
  name: "comment",
  model: "offline:extract", // needs no key; with one: `--model openai:gpt-5-mini`
  instructions: [
    "Review this change of a file. Look for mistakes, for what is unsafe, and for tests that are missing. Praise nothing.",
    "Lines begin with their number; those with + are new, those with - and no number are gone. Comment on numbered lines only.",
    "Where something is listed as not yet commented on, your comments have to be on that as well.",
  ].join("\n"),
  input: z.custom<Brief>().transform(({ file, missed }) => [`File: ${file.file}`, numbered(file), ...asTable(missed)].join("\n\n")),
  output: Review,
});

interface Given {
  readonly input: FileDiff;
  readonly artifact: Review;
}

const places = step("places", ({ input, artifact: { comments } }: Given) => comments.flatMap((each) => problemWith(each, input) ?? []));

const missed = step("missed", ({ input, artifact: { comments } }: Given) =>
  findingsIn(input).filter(({ line }) => !comments.some((each) => each.line === line)),
);

const doubt = agent({
  name: "doubt",
  model: "offline:extract",
  instructions: "Check the comments on this change: is each of them true of its line, and does it say what to do?",
  input: z.custom<Given>().transform(({ input, artifact: { comments } }) => {
    const said = comments.map(({ line, severity, remark }) => `Line ${line} (${severity}): ${remark}`);
    return [said.length === 0 ? "No comments." : said.join("\n"), `File: ${input.file}`, numbered(input)].join("\n\n");
  }),
  output: z.object({
    unfounded: z.array(z.number().int()).describe("the lines whose comment is wrong; none where all are right"),
    why: z.string().nullable().describe("why they are wrong; null where none is"),
  }),
});

const critique = pipeline().parallel(
  { places, missed, doubt },
  {
    name: "checks",
    reduce: ({ places: wrong, missed: left, doubt: { unfounded, why } }): Judgement => {
      const says = [
        ...wrong,
        ...left.map(({ line, remark }) => `Line ${line} is passed over: ${remark}`),
        ...(unfounded.length === 0 ? [] : [`Take back what you say of lines ${unfounded.join(", ")}: ${why ?? "it is not true."}`]),
      ];
      return { ok: says.length === 0, feedback: says.join("\n"), missed: [...left], unfounded };
    },
  },
);

const reviewed = refine({ name: "review", generate: pipeline().step(brief).step(comment), critique, maxIterations: 3 });

const file = step("file", (each: FileDiff) => each);

/** One file: what of the comments holds, and what the patterns find where nobody would say it. */
const reviewFile = pipeline({ name: "file" })
  .step(file)
  .step(reviewed)
  .gather({ file, reviewed })
  .step("settle", ({ file: each, reviewed: { accepted, artifact, check, iterations } }) => {
    const holds = artifact.comments.filter((one) => problemWith(one, each) === null && !check.unfounded.includes(one.line));
    return {
      file: each.file,
      rounds: iterations,
      accepted,
      comments: [...holds, ...findingsIn(each).filter(({ line }) => !holds.some((one) => one.line === line))].sort(
        (a, b) => a.line - b.line,
      ),
    };
  });

export const codeReview = pipeline({ name: "code-review", version: "1.0.0", input: Change })
  .map(reviewFile, { name: "files", concurrency: 4 })
  .step("sum up", (files) => {
    const worst = new Set(files.flatMap(({ comments }) => comments.map(({ severity }) => severity)));
    return {
      verdict: worst.has("blocker") || worst.has("major") ? "request changes" : worst.has("minor") ? "comment" : "approve",
      comments: files.flatMap(({ file: name, comments }) =>
        comments.map(({ line, severity, remark }) => `${name}:${line} ${severity}: ${remark}`),
      ),
      rounds: Object.fromEntries(files.map(({ file: name, rounds }) => [name, rounds])),
      unsettled: files.filter(({ accepted }) => !accepted).map(({ file: name }) => name),
    };
  });

function asTable(comments: readonly Comment[]): readonly string[] {
  if (comments.length === 0) return [];
  const rows = comments.map(({ line, severity, remark }) => `| ${line} | ${severity} | ${remark} |`);
  return [["Not yet commented on:", "| line | severity | remark |", "|---|---|---|", ...rows].join("\n")];
}
