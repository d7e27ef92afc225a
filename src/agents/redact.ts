/** What must not appear in a message. */
export interface Confidential {
  /** Keys: replaced wherever they stand. */
  readonly secrets: readonly string[];
  /** What was sent: instructions, messages, answers of tools. Providers like to quote it back. */
  readonly sent: readonly string[];
}

const LONGEST_MESSAGE = 300;
/** A run of this many letters that was also sent is a quotation; shorter ones are words that any message may hold. */
const QUOTATION = 16;
/** A text sent as a whole is recognised from this length on. */
const SHORTEST_SENT = 6;
/** What keys look like, masked in the middle or not: `sk-proj-abc`, `gsk_1234`, `sk-ab***yz`. */
const KEY_LIKE = /\b(?:sk|pk|rk|gsk|xai|key|AIza)[-_][\w*.-]{4,}/g;

/**
 * A provider's message, in one line of at most 300 characters, without keys and without what was sent. The rest of a
 * quotation can be shorter than a quotation: up to 15 letters of it may stay.
 */
export function redact(message: string, confidential: Confidential): string {
  let text = message
    .replace(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, 2 * LONGEST_MESSAGE);
  for (const secret of confidential.secrets) if (secret !== "") text = text.replaceAll(secret, "[key]");
  text = text.replace(KEY_LIKE, "[key]");
  text = hideQuotations(
    text,
    confidential.sent.map((sent) => sent.replace(/[\p{Cc}\s]+/gu, " ").trim()),
  );
  return text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE - 1)}…` : text;
}

function hideQuotations(message: string, sent: readonly string[]): string {
  let text = message;
  for (const whole of sent) if (whole.length >= SHORTEST_SENT) text = text.replaceAll(whole, "[sent]");
  let shown = "";
  for (let at = 0; at < text.length; ) {
    const length = quotedAt(text, at, sent);
    shown += length > 0 ? "[sent]" : (text[at] ?? "");
    at += Math.max(1, length);
  }
  return shown;
}

/** How many letters from here on were also sent, if they are enough for a quotation. */
function quotedAt(text: string, at: number, sent: readonly string[]): number {
  const start = text.slice(at, at + QUOTATION);
  if (start.length < QUOTATION) return 0;
  const quoted = sent.filter((whole) => whole.includes(start));
  let length = 0;
  for (const whole of quoted) {
    let end = QUOTATION;
    while (at + end < text.length && whole.includes(text.slice(at, at + end + 1))) end++;
    length = Math.max(length, end);
  }
  return length;
}
