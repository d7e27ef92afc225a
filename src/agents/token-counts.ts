/** What a provider says of a context that is too long. */
export interface TokenCounts {
  /** How many tokens were sent. */
  readonly sent: number | null;
  /** How many fit. */
  readonly limit: number | null;
}

const COUNT = String.raw`\(?(\d[\d,._]*\d)\)?`;
const SENT = [
  `too long: ${COUNT} tokens`,
  `resulted in ${COUNT} tokens`,
  `token count ${COUNT}`,
  `requested ${COUNT} tokens`,
  `${COUNT} (?:input )?tokens >`,
];
const LIMIT = [
  `context (?:length|window|size)[^\\d]{0,20} ${COUNT}`,
  `> ${COUNT} maximum`,
  `tokens allowed ${COUNT}`,
  `limit of ${COUNT}`,
  `at most ${COUNT} tokens`,
];

/**
 * The numbers in a provider's words for a context that is too long, each known by the words around it: `prompt is too
 * long: 208310 tokens > 200000 maximum`. Null where it does not say.
 */
export function tokenCountsIn(said: string): TokenCounts {
  return { sent: countAt(said, SENT), limit: countAt(said, LIMIT) };
}

function countAt(said: string, patterns: readonly string[]): number | null {
  for (const pattern of patterns) {
    const digits = new RegExp(pattern, "i").exec(said)?.[1]?.replace(/\D/g, "");
    const count = digits === undefined ? Number.NaN : Number(digits);
    if (Number.isSafeInteger(count)) return count;
  }
  return null;
}
