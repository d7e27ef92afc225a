import type { LanguageModelObject, Step } from "../../index.ts";
import { pipeline, refine, step, withPolicy } from "../../index.ts";
import { citationOf, type Claim, type UnfoundedClaim } from "../claims.ts";
import { findQuote } from "../find-quote.ts";
import type { Role } from "../role.ts";
import { cast } from "../role.ts";
import { fields, list, schemaOf, takenFrom, text } from "../shape.ts";
import type { DocumentPart } from "./documents.ts";

/** What whoever reads a part says it says. */
export interface QuotedClaim {
  readonly claim: string;
  /** The words of the part that bear it out, letter by letter. */
  readonly quote: string;
}

/** What was found in a part: the quotes checked. */
export interface PartRead {
  readonly task: string;
  readonly claims: readonly Claim[];
  readonly unfounded: readonly UnfoundedClaim[];
}

/** A part that could not be read. */
export interface PartUnread {
  readonly unread: { readonly document: string; readonly part: number; readonly message: string };
}

/** How parts are read. */
export interface Reading {
  readonly at: string;
  readonly model: string | LanguageModelObject | undefined;
  readonly map: Role<DocumentPart, readonly QuotedClaim[]> | undefined;
  readonly tries: number;
  readonly onFailure: "fail" | "tell";
}

/** Reads a part, has every quote checked, and reads it again where one is not there, told which. */
export function readerOf({ onFailure, ...reading }: Reading): Step<DocumentPart, PartRead | PartUnread> {
  const part = pipeline({ name: "part" })
    .step(checkedReader(reading))
    .step("keep", ({ check }) => check);
  if (onFailure === "fail") return part;
  return withPolicy(part, {
    onError: {
      default: ({ message, path }, { input: { document, part } }): PartUnread => ({
        unread: { document, part, message: message.replace(`${path}: `, "") },
      }),
    },
  });
}

function checkedReader({ at, model, map, tries }: Omit<Reading, "onFailure">) {
  return refine({
    name: "read",
    generate: cast({ at, role: "map", given: map, model, instructions: MAP, output: schemaOf(QUOTED) }),
    critique: step("check", ({ input, artifact }: { readonly input: DocumentPart; readonly artifact: readonly QuotedClaim[] }) =>
      checkedRead(input, artifact),
    ),
    maxIterations: tries,
    accept: ({ unfounded }) => unfounded.length === 0,
    feedback: ({ unfounded }) => complaintOf(unfounded),
  });
}

function checkedRead(part: DocumentPart, said: readonly QuotedClaim[]): PartRead {
  const claims: Claim[] = [];
  const unfounded: UnfoundedClaim[] = [];
  for (const { claim, quote } of takenFrom("map", said, QUOTED)) {
    const found = findQuote(part.text, quote);
    if (found === null) unfounded.push({ text: claim, quote, document: part.document });
    else claims.push({ text: claim, citations: [citationOf(part, found)] });
  }
  return { task: part.task, claims, unfounded };
}

function complaintOf(unfounded: readonly UnfoundedClaim[]): string {
  const quotes = unfounded.map(({ quote }) => JSON.stringify(quote)).join(", ");
  return `The text does not say ${quotes}. Quote it letter by letter, or leave the claim out.`;
}

const QUOTED = list(
  fields<QuotedClaim>({
    claim: text("One thing that the text says and that matters for the task, in a sentence that is understood without the text."),
    quote: text("The words of the text that say so, copied letter by letter, no more than two sentences."),
  }),
  { description: "What the text says that matters for the task; empty where it says nothing of the kind." },
);

const MAP =
  "You are given a task and a part of a document. Write down what this part says that matters for the task: one claim at a time, each with the words of the text that bear it out, copied exactly. Say nothing that the text does not say. Where it says nothing that matters, give an empty list.";
