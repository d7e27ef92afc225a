// The papers: texts in a folder, cut into passages that know in which line they begin.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Paper {
  readonly document: string;
  readonly text: string;
}

/** A paragraph, and where it stands. */
export interface Passage extends Paper {
  readonly line: number;
}

const OWN = fileURLToPath(new URL("./papers/", import.meta.url));

/** The texts of a folder, by name; those beside this file, where none is given. */
export async function readPapers(folder: string | null): Promise<readonly Paper[]> {
  const from = folder ?? OWN;
  const names = (await readdir(from)).filter((name) => /\.(?:md|txt)$/.test(name)).sort();
  return Promise.all(names.map(async (document) => ({ document, text: await readFile(join(from, document), "utf8") })));
}

/** Paragraphs of at least five words: headings and greetings answer nothing. */
export function passagesOf({ document, text }: Paper): readonly Passage[] {
  return [...text.matchAll(/\S[^]*?(?=\r?\n[ \t]*\r?\n|\s*$)/g)]
    .map((match) => ({ document, text: match[0], line: lineAt(text, match.index) }))
    .filter((passage) => !passage.text.startsWith("#") && passage.text.split(/\s+/).length >= 5);
}

/** The line in which a quote begins; null where it is not in the text word for word. Where lines end does not count. */
export function lineOf(quote: string, { text, line }: Passage): number | null {
  const words = quote
    .trim()
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return null;
  const at = text.search(new RegExp(words.map((word) => word.replaceAll(/[^\p{L}\p{N}]/gu, "\\$&")).join("\\s+")));
  return at < 0 ? null : line + lineAt(text, at) - 1;
}

/** How many words of the question, of four letters or more, stand in the text. */
export function closeness(question: string, text: string): number {
  const there = new Set(wordsOf(text));
  return new Set(wordsOf(question).filter((word) => there.has(word))).size;
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/\p{L}{4,}/gu) ?? [];
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
