import { printGolden } from "../file/print-golden.ts";
import type { Golden } from "../golden.ts";
import { numberOfStandIn } from "../redact/card-numbers.ts";
import { placeholderFinder, placeholderName } from "../redact/placeholder-forms.ts";
import type { Redaction } from "../redact/redaction.ts";

/** How many different values are redacted, by what stands for them: `person` (e-mail addresses), `redacted` (keys and tokens), `card`, `secret`, the rules of one's own. */
export function redactedIn(golden: Golden, rules: Redaction | false): Readonly<Record<string, number>> {
  const names = rules === false ? [] : (rules.rules ?? []).map(({ name }) => placeholderName(name));
  const find = placeholderFinder(names);
  const { text, payloads } = printGolden(golden);
  const found = new Map<string, Set<number>>();
  const note = (family: string, number: number): void => {
    const numbers = found.get(family) ?? new Set();
    found.set(family, numbers.add(number));
  };
  for (const each of [text, ...payloads.values()]) {
    for (const { family, number } of find(each, false)) note(family, number);
    for (const [digits] of each.matchAll(/\d(?:[ -]?\d){11,18}/g)) {
      const number = numberOfStandIn(digits);
      if (number !== null) note("card", number);
    }
  }
  return Object.fromEntries([...found].map(([family, numbers]) => [family, numbers.size]));
}

const WORDS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  person: ["e-mail address", "e-mail addresses"],
  redacted: ["key or token", "keys or tokens"],
  card: ["card number", "card numbers"],
  secret: ["secret", "secrets"],
  uuid: ["id", "ids"],
  address: ["address", "addresses"],
};

/** The same in words: `1 e-mail address, 2 secrets`; empty where nothing is redacted. */
export function redactedText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([family, count]) => {
      const [one, many] = WORDS[family] ?? [`"${family}"`, `"${family}"`];
      return `${count} ${count === 1 ? one : many}`;
    })
    .join(", ");
}
