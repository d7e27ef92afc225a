import { hideQuotations } from "./quotations.ts";

/** What must not appear in a message. */
export interface Confidential {
  /** Keys: replaced wherever they stand. */
  readonly secrets: readonly string[];
  /** What was sent: instructions, messages, answers of tools. Providers like to quote it back. */
  readonly sent: readonly string[];
}

const LONGEST_MESSAGE = 300;
/** What keys look like, masked in the middle or not: `sk-proj-abc`, `gsk_1234`, `sk-ab***yz`, `AIzaSy…`, `Bearer abc`. */
const KEY_LIKE = /\b(?:(?:sk|pk|rk|gsk|xai|key)[-_][\w*.-]{4,}|AIza[\w*.-]{4,}|Bearer\s+[\w*.~+/-]{6,}=*)/g;
/** A file in base64, bytes in hexadecimal, a token, a signature: nobody can read it, and nobody should. */
const OPAQUE = /(?=[\w+/=-]*\d)(?=[\w+/=-]*[a-z])(?=[\w+/=-]*[A-Z])[\w+/=-]{40,}|\b[0-9a-fA-F]{40,}\b/g;

/**
 * A provider's message, in one line of at most 300 characters, without keys and without what was sent: however it is
 * spelt, in whatever script. The rest of a quotation can be shorter than a quotation: see {@link hideQuotations}.
 */
export function redact(message: string, confidential: Confidential): string {
  let text = message
    .normalize("NFC")
    .replace(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, 2 * LONGEST_MESSAGE);
  for (const secret of confidential.secrets) for (const spelt of spellingsOf(secret)) text = text.replaceAll(spelt, "[key]");
  text = hideQuotations(text.replace(KEY_LIKE, "[key]"), confidential.secrets, "[key]");
  text = hideQuotations(text, confidential.sent).replace(OPAQUE, "[…]");
  return text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE - 1)}…` : text;
}

/** As it is, inside JSON, and inside a URL. */
function spellingsOf(secret: string): ReadonlySet<string> {
  if (secret === "") return new Set();
  return new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]);
}
