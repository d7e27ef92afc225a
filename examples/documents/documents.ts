// Answers a question from a folder of papers. Every passage is read by itself (map), what was found is brought together a dozen
// at a time until it is one answer (reduce), and no sentence gets into it that cannot be looked up: the model's quotes are searched
// for in the paper, and the document and the line are what was found there, not what the model says.
//   npx flujo run examples/documents/documents.ts -i "Why was the north bridge closed, and when does it open again?"
//   npx flujo run examples/documents/documents.ts -i '{"question": "Who pays?", "folder": "./minutes"}' --model openai:gpt-5-mini
import { agent, context, pipeline, refine, step } from "flujo";
import { z } from "zod";
import { closeness, lineOf, type Passage, passagesOf, readPapers } from "./papers.ts";

/** How many claims a model is shown at once, and how many it may make of them. */
const AT_ONCE = 12;
const AT_MOST = 4;

const Asked = z.object({
  question: z.string().min(3).regex(/^[^{]/, "Give a question, or { question, folder }").describe("What you want to know"),
  folder: z.string().nullable().default(null).describe("Where the papers are: .md and .txt. Without it, those of the example"),
});

/** A question alone will do. */
const Question = z.preprocess((given: string | z.input<typeof Asked>) => (typeof given === "string" ? { question: given } : given), Asked);

/** What all who read have in common. */
const Reading = context(
  z.object({ question: z.string().default(""), quotesChecked: z.number().int().default(0), passagesWithout: z.number().int().default(0) }),
  { quotesChecked: "sum", passagesWithout: "sum" },
);

/** A quote, and where it really stands. */
interface Note {
  readonly number: number;
  readonly document: string;
  readonly line: number;
  readonly quote: string;
}

const Claim = z.object({
  says: z.string().max(300).describe("one sentence of the answer"),
  notes: z.array(z.number().int()).describe("the numbers of the notes it rests on"),
});
type Claim = z.infer<typeof Claim>;

const cut = step({
  name: "cut",
  context: Reading,
  run: async ({ question, folder }: z.infer<typeof Asked>, { update }) => {
    update((draft) => void (draft.question = question));
    return (await readPapers(folder)).flatMap(passagesOf);
  },
});

const quote = agent({
  name: "quote",
  model: "offline:extract", // needs no key; with one: `--model openai:gpt-5-mini`
  context: Reading,
  instructions: (_, { context: { question } }) => `Look for what this passage says on the question: ${question}`,
  input: z.custom<Passage>().transform(({ text }) => text),
  output: z.object({
    quote: z
      .string()
      .nullable()
      .describe("summary in one sentence, copied from the passage word for word; null where it says nothing on the question"),
  }),
});

interface Quoted {
  readonly input: Passage;
  readonly artifact: { readonly quote: string | null };
}

/** Looks a quote up. The model is told of one that is not in the passage; where it stands is not the model's to say. */
const lookUp = step("look up", ({ input, artifact: { quote: text } }: Quoted) => {
  const line = text === null ? null : lineOf(text, input);
  const note = text === null || line === null ? null : { document: input.document, line, quote: text.trim().replaceAll(/\s+/g, " ") };
  const ok = text === null || note !== null;
  return { ok, feedback: ok ? "" : `quote: "${text}" is not in the passage.`, note };
});

/** A passage whose quote is never right is as one that says nothing. */
const readPassage = pipeline({ name: "passage", context: Reading })
  .step(refine({ name: "found", generate: quote, critique: lookUp, maxIterations: 3 }))
  .step("keep", ({ check: { note } }, { contribute }) => {
    contribute(note === null ? "passagesWithout" : "quotesChecked", 1);
    return note;
  });

/** The notes, those first that speak the question's words. */
const sort = step({
  name: "sort",
  context: Reading,
  run: (found: readonly (Omit<Note, "number"> | null)[], { context: { question } }): readonly Note[] =>
    found
      .filter((note) => note !== null)
      .sort((a, b) => closeness(question, b.quote) - closeness(question, a.quote))
      .map((note, at) => ({ number: at + 1, ...note })),
});

const write = agent({
  name: "write",
  model: "offline:extract",
  context: Reading,
  instructions: (_, { context: { question } }) =>
    `Answer this question from the notes, in four sentences at most: ${question} Leave out what does not answer it. Say so where notes contradict each other. Use nothing but the notes.`,
  input: z
    .custom<readonly Claim[]>()
    .transform((claims) =>
      ["| notes | says |", "|---|---|", ...claims.map(({ says, notes }) => `| ${notes.join(", ")} | ${says} |`)].join("\n"),
    ),
  output: z.object({ answer: z.array(Claim).min(1).max(AT_MOST) }),
});

interface Written {
  readonly input: readonly Claim[];
  readonly artifact: { readonly answer: readonly Claim[] };
}

/** Every sentence names notes, and only such as were shown. */
const citations = step("citations", ({ input, artifact: { answer } }: Written) => {
  const there = new Set(input.flatMap(({ notes }) => notes));
  const wrong = answer.find(({ notes }) => notes.length === 0 || !notes.every((number) => there.has(number)));
  const feedback =
    wrong === undefined ? "" : `"${wrong.says}" must name notes by their numbers, and only those that are there: ${[...there].join(", ")}.`;
  return { ok: wrong === undefined, feedback, closest: input.slice(0, AT_MOST) };
});

/** Where the model never names its notes, the notes speak for themselves. */
const answerGroup = pipeline({ name: "answered", context: Reading })
  .step(refine({ name: "written", generate: write, critique: citations, maxIterations: 3 }))
  .step("answer", ({ accepted, artifact, check }): readonly Claim[] => (accepted ? artifact.answer : check.closest));

interface Round {
  readonly claims: readonly Claim[];
  readonly groups: number;
}

/** A dozen claims become four at most; again and again, until they are one answer. */
const together = pipeline({ name: "together", context: Reading })
  .step(
    "begin",
    (notes: readonly Note[]): Round => ({ claims: notes.map(({ number, quote }) => ({ says: quote, notes: [number] })), groups: 0 }),
  )
  .loop(
    pipeline({ name: "round", context: Reading })
      .step("group", ({ claims }: Round) =>
        Array.from({ length: Math.ceil(claims.length / AT_ONCE) }, (_, at) => claims.slice(at * AT_ONCE, (at + 1) * AT_ONCE)),
      )
      .map(answerGroup, {
        name: "groups",
        concurrency: 4,
        reduce: (answers): Round => ({ claims: answers.flat(), groups: answers.length }),
      }),
    { name: "rounds", until: ({ groups }) => groups <= 1, maxIterations: 10 },
  );

const Found = z.object({ notes: z.custom<readonly Note[]>(), whole: z.custom<Round>() });

/** Only what is cited is listed, and by new numbers: the first to be cited is [1]. */
const cite = step({
  name: "cite",
  context: Reading,
  run: ({ notes, whole: { claims } }: z.infer<typeof Found>, { context: { question } }) => {
    const cited = [...new Set(claims.flatMap((claim) => claim.notes))];
    const sources = cited.flatMap((number) => notes.filter((note) => note.number === number));
    const marks = (claim: Claim) => claim.notes.map((number) => `[${cited.indexOf(number) + 1}]`).join("");
    return {
      question,
      answer:
        claims.length === 0
          ? ["The papers say nothing on it."]
          : claims.map((claim) => `${claim.says.replace(/[.\s]*$/, "")} ${marks(claim)}.`),
      sources: sources.map(({ document, line, quote }, at) => `[${at + 1}] ${document}, line ${line}: "${quote}"`),
    };
  },
});

export const documents = pipeline({ name: "documents", version: "1.0.0", input: Question, context: Reading })
  .step(cut)
  .map(readPassage, { name: "passages", concurrency: 4 })
  .step(sort)
  .step(together)
  .gather({ notes: sort, whole: together })
  .step(cite);
