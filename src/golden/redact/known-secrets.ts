import { PATTERNS } from "./patterns.ts";
import type { Redaction } from "./redaction.ts";

/** What a process knows of secrets besides those it was told in a {@link Redaction}. */
export interface Known {
  /** Environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The keys that providers were given. */
  readonly keys?: readonly string[];
}

/** A name that says so at its end, or anywhere: `OPENAI_API_KEY`, `DB_PASSWORD_2`, `SECRET_KEY_BASE`, `githubToken`. */
const SAYS_SO =
  /(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|_PASS|_PWD|_AUTH)S?(?:_?\d+)?$|SECRET|PASSWORD|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|AUTH_?TOKEN/i;
/** Settings about secrets: where one lies, how long one is. */
const SAYS_NO = /(?:FILE|PATH|DIR|URL|URI|HOST|PORT|LENGTH|LIMIT|TTL|EXPIR\w*|ENABLED|NAME|MAX_?TOKENS)$/i;
const SHORTEST_VALUE = 6;

/** These rules with what is secret in an environment and in the keys of providers, unless they say that it is not to be. */
export function withKnownSecrets(rules: Redaction, { env, keys = [] }: Known): Redaction {
  if (rules.environment === false) return rules;
  const secrets = new Set([...(rules.secrets ?? []), ...secretsOfEnvironment(env), ...keys.filter((key) => key.length >= SHORTEST_VALUE)]);
  return { ...rules, secrets: [...secrets] };
}

/**
 * The secrets in environment variables: the values of those whose names say so, from 6 characters on, and passwords in
 * addresses. A number of up to 7 digits is a setting.
 */
function secretsOfEnvironment(env: Known["env"]): readonly string[] {
  const secrets = new Set<string>();
  for (const [name, value = ""] of Object.entries(env)) {
    const text = value.trim();
    if (SAYS_SO.test(name) && !SAYS_NO.test(name) && isSecret(text)) for (const part of partsOf(text)) secrets.add(part);
    for (const { from, to } of PATTERNS.connection.find(value)) if (to - from >= SHORTEST_VALUE) secrets.add(value.slice(from, to));
  }
  return [...secrets];
}

function isSecret(text: string): boolean {
  return text.length >= SHORTEST_VALUE && !/^\d{1,7}$/.test(text);
}

/** Credentials are often a JSON with the secret in it, which is then used alone. */
function partsOf(text: string): readonly string[] {
  if (!text.startsWith("{")) return [text];
  try {
    const fields = Object.entries(JSON.parse(text) as Record<string, unknown>);
    return [
      text,
      ...fields.flatMap(([name, value]) => (SAYS_SO.test(name) && typeof value === "string" && isSecret(value) ? [value] : [])),
    ];
  } catch {
    return [text]; // it only begins like one
  }
}
