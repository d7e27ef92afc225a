import type { Source } from "./source.ts";
import { clip, keywords, sentenceCount, summarize } from "./summary.ts";
import { wordsOf } from "./words.ts";

/** Answers in free text with the text's own sentences: those that fit the instructions best, in their order. */
export function answerText(instructions: string, source: Source): string {
  if (/\b(?:keywords?|tags)\b/i.test(instructions)) return keywords(source, 5).join(", ");
  const asked = instructions.slice(0, 4_000);
  const length = lengthAsked(asked);
  const sentences = sentenceCount(asked) ?? (/\b(?:title|headline|subject line)\b/i.test(asked) ? 1 : 3);
  const text = summarize(source, { about: wordsOf(asked).slice(0, 80), sentences, length });
  if (text === "") return clip(source.text.trim(), length);
  return /\bbullet/i.test(asked) ? text.replaceAll(/(?<=[.!?]) (?=[\p{Lu}\p{N}"“])/gu, "\n- ").replace(/^/, "- ") : text;
}

/** `under 80 words`, `at most 200 characters`. */
function lengthAsked(text: string): number {
  const match = /\b(\d{1,4}) (words|characters|chars)\b/i.exec(text);
  if (match === null) return 600;
  return Number(match[1]) * (match[2]?.toLowerCase() === "words" ? 6 : 1);
}
