import { FlujoError } from "../../index.ts";
import { linesIn, type QuotableText } from "../claims.ts";
import { anyText, fields, list, schemaOf, text } from "../shape.ts";
import { type SplitSize, splitText } from "../split-text.ts";

/** A document to be read: its name and what it says. */
export interface SourceText {
  /** What it is cited by: a file's name, a title, an address. No two of a run have the same. */
  readonly name: string;
  readonly text: string;
}

/** What a map-reduce takes. */
export interface DocumentsInput {
  /** What is to be found out of them. */
  readonly task: string;
  readonly documents: readonly SourceText[];
}

/** What reads a document is given: a part of it, and what for. */
export interface DocumentPart extends QuotableText {
  readonly task: string;
  /** Which part of the document it is, from 1, and of how many. */
  readonly part: number;
  readonly parts: number;
}

/** What the map-reduce is given, checked. */
export const DOCUMENTS = schemaOf<DocumentsInput>(
  fields({
    task: text("What is to be found out."),
    documents: list(fields<SourceText>({ name: text("What it is cited by."), text: anyText("What it says.") }), {
      description: "The documents.",
    }),
  }),
);

/**
 * The documents in parts that can be read at once.
 *
 * @throws {FlujoError} `input_invalid` where two have the same name: a citation would not say which.
 */
export function partsOf({ task, documents }: DocumentsInput, size: SplitSize): readonly DocumentPart[] {
  const names = new Set<string>();
  return documents.flatMap(({ name, text }) => {
    if (names.has(name))
      throw new FlujoError("input_invalid", `Two documents are called ${JSON.stringify(name)}.`, {
        remedy: "Give each a name of its own.",
      });
    names.add(name);
    const pieces = splitText(text, size);
    return pieces.map((piece, index) => ({
      task,
      document: name,
      part: index + 1,
      parts: pieces.length,
      text: piece.text,
      start: piece.start,
      line: 1 + linesIn(text.slice(0, piece.start)),
    }));
  });
}
