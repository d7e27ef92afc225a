/** The patterns that are looked for unless they are switched off. */
export type PatternName =
  /** Keys of OpenAI: `sk-…`, `sk-proj-…`. */
  | "openai"
  /** Keys of Anthropic: `sk-ant-…`. */
  | "anthropic"
  /** Keys and tokens of Google: `AIza…`, `ya29.…`, `GOCSPX-…`. */
  | "google"
  /** Tokens of GitHub: `ghp_…`, `github_pat_…` and the like. */
  | "github"
  /** Tokens of Slack: `xoxb-…`, `xapp-…`, and the addresses of its webhooks. */
  | "slack"
  /** Keys of AWS: `AKIA…`, and the secret beside `aws_secret_access_key`. */
  | "aws"
  /** Keys of Stripe: `sk_live_…`, `rk_test_…`, `whsec_…`. */
  | "stripe"
  /** Keys of others that have a beginning of their own: Groq, xAI, Hugging Face, Perplexity, Replicate, npm, GitLab, SendGrid, Shopify, DigitalOcean. */
  | "vendors"
  /** JSON Web Tokens: three parts in base64, divided by dots. */
  | "jwt"
  /** What stands between the lines `-----BEGIN … PRIVATE KEY-----` and `-----END`. */
  | "privateKey"
  /** What follows `Bearer`, and `Authorization: Basic`. */
  | "bearer"
  /** Passwords in URLs (`postgres://user:password@host`) and in connection strings (`Password=…;`, `AccountKey=…`). */
  | "connection"
  /** E-mail addresses. */
  | "email"
  /** Numbers of payment cards, with spaces or dashes or without: by their beginning, their length and their check digit. */
  | "card";

/** Something to be redacted that only you know how to find. */
export interface RedactionRule {
  /** What its placeholders are called: `customer` gives `[customer-1]`. Letters, digits and dashes; everything else becomes a dash. */
  readonly name: string;
  /**
   * A regular expression, of which every match is redacted; or a function that gives the ranges in a text: where each begins,
   * and where it ends (the first character after it). A function that throws finds nothing.
   */
  readonly pattern: RegExp | ((text: string) => readonly (readonly [from: number, to: number])[]);
}

/**
 * What is redacted before a golden is written. All of it may be left out: then known secrets, all patterns, and fields that
 * a schema marks as sensitive are.
 *
 * What is found is replaced by a placeholder of its form, the same for the same value everywhere: `person-1@redacted.example`,
 * `sk-redacted-1`, a card number that is none, `[secret-1]`. It is found in every text: values, keys, messages, instructions,
 * URLs; as it is, in upper or lower case, escaped as in JSON, in a URL or in HTML, in base64, in hexadecimal, and in bytes that are text.
 *
 * A field of a JSON Schema with `sensitive: true` or `"x-sensitive": true` is redacted as a whole (in zod:
 * `z.string().meta({ sensitive: true })`), in the output of an agent, the input of a tool, and the answer to a question; and
 * what it held is looked for everywhere else.
 *
 * @example
 * ```ts
 * import type { Redaction } from "flujo/testing";
 *
 * const redact: Redaction = {
 *   secrets: ["hunter2-hunter2"],
 *   patterns: { email: false },
 *   fields: ["customer.phone", "/input/salary"],
 *   rules: [{ name: "customer", pattern: /\bC-\d{6}\b/ }],
 * };
 * ```
 */
export interface Redaction {
  /** Secrets that you know, from 4 characters on; shorter ones are parts of too many words to be looked for. Default: none. */
  readonly secrets?: readonly string[];
  /**
   * Whether the values of environment variables whose names say that they are secret (`…_KEY`, `…_TOKEN`, `…_SECRET`,
   * `…_PASSWORD`), and the keys that providers were given, are redacted. Default: true.
   */
  readonly environment?: boolean;
  /** Patterns that are switched off: `{ email: false }`. Default: all are on. */
  readonly patterns?: Readonly<Partial<Record<PatternName, boolean>>>;
  /**
   * Fields that are sensitive, by the end of their place: `phone` is every field of that name, `customer.phone` every such
   * field of a `customer`. A dot and a slash are the same; `*` stands for any part of one name, `**` for any number of names. A
   * slash at the beginning says that it is the whole place: `/input/customer/phone`. Items of a list, and keys of a `Map`, have
   * the place of the list or the map and the key. The place of what an operation holds begins with `operations` and its path,
   * without indices and attempts: `operations/triage/classify/response/value/phone`. Default: none.
   */
  readonly fields?: readonly string[];
  /** Rules of your own. Default: none. */
  readonly rules?: readonly RedactionRule[];
}
