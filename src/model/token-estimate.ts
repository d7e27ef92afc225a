/** Bytes of UTF-8 per token, roughly, in English text and JSON. Rare scripts and random text have fewer. */
const BYTES_PER_TOKEN = 4;

/** As many tokens as a text of so many bytes is likely to have: for limits and bills where nobody has counted. */
export function tokensIn(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_TOKEN);
}
