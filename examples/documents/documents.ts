// Answers a question from a folder of papers. Every passage is read by itself (map), what was found is brought together a dozen
// at a time until it is one answer (reduce), and no sentence gets into it that cannot be looked up: the model's quotes are searched
// for in the paper, and the document and the line are what was found there, not what the model says.
//   npx flujo run examples/documents/documents.ts -i "Why was the north bridge closed, and when does it open again?"
//   npx flujo run examples/documents/documents.ts -i '{"question": "Who pays?", "folder": "./minutes"}' --model openai:gpt-5-mini
import { agent, context, type Failure, pipeline, step, withPolicy } from "flujo";
import { z } from "zod";
import { closeness, lineOf, type Passage, passagesOf, readPapers } from "./papers.ts";

/** How many claims a model is shown at once, and how many it may make of them. */
const AT_ONCE = 12;
const AT_MOST = 4;

const Asked = z.object({
  question: z.string().min(3).describe("What you want to know"),
  folder: z.string().nullable().default(null).describe("Where the papers are: .md and .txt. Without it, those of the example"),
});
const Input = z.union([
  Asked,
  z
    .string()
    .min(3)
    .transform((question) => ({ question, folder: null })),
]);

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

/** What to do without an answer that would do. A model that cannot be asked at all is another matter: that fails the run. */
function unlessUnfit<T>(failure: Failure, instead: T): T {
  if (failure.code === "validation_failed") return instead;
  throw new Error(failure.message);
}

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

/** A quote that is not in the passage is refused, and the model is told; one that never gets it right loses its quote, not the run. */
const checked = withPolicy(quote, {
  retry: { retries: 2, firstDelayMs: 0 },
  validate: {
    name: "word for word",
    check: ({ quote: text }, { input }) =>
      text === null || lineOf(text, input) !== null || { ok: false, feedback: `quote: "${text}" is not in the passage.` },
  },
  onError: { default: (failure) => unlessUnfit(failure, { quote: null }) },
});

const place = step({
  name: "place",
  context: Reading,
  run: ({ passage, found: { quote: text } }: { passage: Passage; found: { quote: string | null } }, { contribute }) => {
    const line = text === null ? null : lineOf(text, passage);
    contribute(line === null ? "passagesWithout" : "quotesChecked", 1);
    return text === null || line === null ? null : { document: passage.document, line, quote: text.trim().replaceAll(/\s+/g, " ") };
  },
});

const readPassage = pipeline({ name: "passage", context: Reading })
  .parallel({ passage: step("passage", (passage: Passage) => passage), found: checked })
  .step(place);

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

/** Every sentence names notes, and only such as it was shown. Where the model does not get there, the notes speak for themselves. */
const answerGroup = withPolicy(
  pipeline()
    .step(write)
    .step("answer", ({ answer }) => answer),
  {
    retry: { retries: 2, firstDelayMs: 0 },
    validate: {
      name: "citations",
      check: (answer, { input }) => {
        const there = new Set(input.flatMap(({ notes }) => notes));
        const wrong = answer.find(({ notes }) => notes.length === 0 || !notes.every((number) => there.has(number)));
        return (
          wrong === undefined || {
            ok: false,
            feedback: `"${wrong.says}" must name notes by their numbers, and only those that are there: ${[...there].join(", ")}.`,
          }
        );
      },
    },
    onError: { default: (failure, { input }) => unlessUnfit(failure, input.slice(0, AT_MOST)) },
  },
);

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

export const documents = pipeline({ name: "documents", version: "1.0.0", input: Input, context: Reading })
  .step(cut)
  .map(readPassage, { name: "passages", concurrency: 4 })
  .step(sort)
  .step(together)
  .gather({ notes: sort, whole: together })
  .step(cite);
