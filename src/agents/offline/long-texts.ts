// Texts of more than a few words, and texts to search with.
import { fieldCandidates } from "./candidates.ts";
import type { Ask, Found } from "./found.ts";
import { at, found } from "./found.ts";
import { labelFit } from "./profile.ts";
import { hintOf, numberOfKey } from "./schema.ts";
import { clip, sentenceCount, summarize } from "./summary.ts";
import { wordsOf } from "./words.ts";

/** Summaries and other free texts: a labelled passage if there is one, else the sentences that carry the text. */
export function longTexts(ask: Ask): readonly Found[] {
  const { profile, source } = ask;
  const asked = `${hintOf(ask.schema)} ${profile.words.join(" ")}`;
  const limit = Math.min(numberOfKey(ask.schema, "maxLength") ?? 400, 4_000);
  const sentences = sentenceCount(asked) ?? (limit < 200 ? 1 : 3);
  const all: Found[] = fieldCandidates(profile, source).map((one) => at(one, one.text));
  for (const block of source.blocks) {
    const score = labelFit(profile, block.words);
    const text = block.lines.map((line) => line.text).join(" ");
    if (score > 0.5) all.push({ value: clip(text, Math.max(limit, 300)), score, start: block.start, end: block.start + text.length });
  }
  const about = wordsOf(`${asked} ${ask.instructions}`).slice(0, 60);
  const summary = summarize(source, { about, sentences, length: Math.max(40, limit) });
  return summary === "" ? all : [...all.filter((one) => one.score > 0.6), found(summary, 0.5)];
}

/** What to look for: the text's subject, else its best sentence. */
export function queries(ask: Ask): readonly Found[] {
  const subject = ask.source.fields.find((field) => /^(?:subject|title|re|topic)$/i.test(field.label));
  const text = subject?.value ?? summarize(ask.source, { about: wordsOf(ask.instructions).slice(0, 40), sentences: 1, length: 160 });
  return [...fieldCandidates(ask.profile, ask.source).map((one) => at(one, one.text)), ...(text === "" ? [] : [found(text, 0.4)])];
}
