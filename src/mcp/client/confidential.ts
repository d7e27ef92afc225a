const SHORTEST_SECRET = 4;

/**
 * A text of a server without the values it was started or is called with: each is replaced by the name of its variable or
 * header. Values of fewer than 4 letters stay: they are flags, not secrets.
 */
export function withoutSecrets(text: string, secrets: Readonly<Record<string, string>>): string {
  const longestFirst = Object.entries(secrets)
    .filter(([, value]) => value.length >= SHORTEST_SECRET)
    .sort(([, a], [, b]) => b.length - a.length);
  let shown = text;
  for (const [name, value] of longestFirst) {
    shown = shown.replaceAll(value, `[${name}]`);
    const word = /^(?:Bearer|Basic) (.{4,})$/i.exec(value)?.[1]; // said without the word before it, it is as secret
    if (word !== undefined) shown = shown.replaceAll(word, `[${name}]`);
  }
  return shown;
}

/** The end of a text, on one line: what went wrong is said last. */
export function lastWords(text: string, most: number): string {
  const line = text.replace(/[\p{Cc}\s]+/gu, " ").trim();
  return line.length > most ? `…${line.slice(1 - most)}` : line;
}
