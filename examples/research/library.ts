// The library: texts in a folder. Those of the institute cost money; their numbers begin with P.
import { appendFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { FlujoError } from "flujo";

interface Source {
  readonly number: string;
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly euros: number;
}

/** A paragraph, and the source it is of. */
export interface Quotable {
  readonly source: string;
  readonly quote: string;
}

const FOLDER = new URL("./library/", import.meta.url);
const PRICES: Readonly<Record<string, number>> = { "P-71": 45 };

const sources: readonly Source[] = readdirSync(FOLDER)
  .sort()
  .map((file) => {
    const number = file.replace(/\.md$/, "");
    const [head = "", ...paragraphs] = readFileSync(new URL(file, FOLDER), "utf8")
      .trim()
      .split(/\n\s*\n/);
    return { number, title: /^# (.*)$/m.exec(head)?.[1] ?? number, paragraphs: paragraphs.map(plain), euros: PRICES[number] ?? 0 };
  });

/** The four sources that have most words of the query, as a list to read. */
export function hitsFor(query: string): string {
  const words = new Set(wordsOf(query));
  const hits = sources
    .map((source) => ({
      source,
      score: wordsOf(`${source.title} ${source.paragraphs.join(" ")}`).filter((word) => words.has(word)).length,
    }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, 4);
  if (hits.length === 0) return `Nothing about "${query}".`;
  return hits
    .map(({ source: { number, title, euros } }) => `Source: ${number} (${title})${euros > 0 ? ` Euros: ${euros}` : ""}`)
    .join("\n");
}

/** A source, paragraph by paragraph. */
export function textOf(number: string): readonly Quotable[] {
  return theSource(number).paragraphs.map((quote) => ({ source: number, quote }));
}

/** What a source costs, in euros. */
export function priceOf(number: string): number {
  return theSource(number).euros;
}

/** Whether a source says this word for word. Where its lines end does not count. */
export function says({ source: number, quote }: Quotable): boolean {
  const wanted = plain(quote);
  return wanted !== "" && sources.some((source) => source.number === number && source.paragraphs.some((text) => text.includes(wanted)));
}

/**
 * What leaves the house: an order to the shop, a report to the public. Both know the keys they have seen, as a good service does: the
 * same one again does nothing. Where RESEARCH_LOG names a file, each is a line in it.
 */
export function send(what: string, idempotencyKey: string): void {
  const file = process.env["RESEARCH_LOG"];
  if (file === undefined) return;
  const seen = existsSync(file) ? readFileSync(file, "utf8") : "";
  if (!seen.includes(JSON.stringify({ idempotencyKey }).slice(1))) appendFileSync(file, `${JSON.stringify({ what, idempotencyKey })}\n`);
}

function theSource(number: string): Source {
  const source = sources.find((one) => one.number === number);
  if (source !== undefined) return source;
  throw new FlujoError("tool_failed", `There is no source ${number}. Search first.`); // no second try would find it
}

function plain(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ");
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/\p{L}{4,}/gu) ?? [];
}
