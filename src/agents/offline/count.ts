/**
 * Counts tokens without a vocabulary, the same every time: a word is one token per six letters begun, digits one per
 * three, every other character that is not a space one, and outside ASCII one per two bytes of UTF-8. English prose comes
 * out within a quarter of what byte-pair vocabularies count.
 */
export function countTokens(text: string): number {
  let tokens = 0;
  for (const match of text.matchAll(/[A-Za-z]+|\d+|\n+|[ \t]{2,}|[^\sA-Za-z\d]/gu)) {
    const piece = match[0];
    if (/^[A-Za-z]/.test(piece)) tokens += Math.ceil(piece.length / 6);
    else if (/^\d/.test(piece)) tokens += Math.ceil(piece.length / 3);
    else if (/^\s/.test(piece)) tokens += Math.ceil(piece.length / 16);
    else tokens += (piece.codePointAt(0) ?? 0) < 128 ? 1 : Math.ceil(bytesOf(piece) / 2);
  }
  return tokens;
}

function bytesOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
}

/** What chat formats add around one message, in tokens. */
export const MESSAGE_OVERHEAD = 4;
