import fc from "fast-check";
import { expect, test } from "vitest";
import { redact } from "./redact.ts";

/** Words of many scripts, with what JSON has to escape between them. */
const WORDS = [
  "refund",
  "Straße",
  "Ωμέγα",
  "Привет",
  "世界您好朋友们",
  "東京タワー",
  "สวัสดีครับ",
  "한국어문장",
  "café",
  "7741",
  '"quoted"',
  "back\\slash",
  "line\nbreak",
  "tab\there",
  "& <b>",
  "😀",
  "É",
];
const prompts = fc
  .array(fc.constantFrom(...WORDS), { minLength: 4, maxLength: 60 })
  .map((words) => words.join(" "))
  .filter((text) => lettersOf(text).length >= 24);

/** How a provider may quote: as it is, in JSON, in JSON that holds JSON, with every letter beyond ASCII escaped, as HTML. */
const spellings: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => JSON.stringify(text),
  (text) => JSON.stringify({ error: JSON.stringify({ input: text }) }),
  (text) => JSON.stringify(text).replace(/[^\x20-\x7e]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`),
  (text) => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`),
  (text) => text.toUpperCase().toLowerCase(),
  (text) => text.replace(/\s+/g, "  "),
];

function lettersOf(text: string): string {
  return text
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, "")
    .toLowerCase();
}

/** A run of 16 letters of the prompt in what is shown, or null. */
function runIn(shown: string, prompt: string): string | null {
  const sent = lettersOf(prompt);
  const said = lettersOf(shown);
  for (let at = 0; at + 16 <= said.length; at++) if (sent.includes(said.slice(at, at + 16))) return said.slice(at, at + 16);
  return null;
}

test("no message shows 16 letters of a prompt in a row, in whatever script and spelling it quotes it", () => {
  fc.assert(
    fc.property(prompts, fc.constantFrom(...spellings), fc.nat(40), (prompt, spelling, skip) => {
      const quoted = spelling(prompt.slice(skip));
      const shown = redact(`Invalid value: '${quoted}' at messages[0].`, { secrets: [], sent: ["You are a desk.", prompt] });
      expect(runIn(shown, prompt)).toBeNull();
      expect(shown.startsWith("Invalid")).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test("no message shows a key, however it is spelt", () => {
  const keys = fc.stringMatching(/^[\x21-\x7e]{8,60}$/);
  fc.assert(
    fc.property(
      keys,
      fc.constantFrom<(text: string) => string>((text) => text, JSON.stringify, encodeURIComponent),
      (key, spelling) => {
        const shown = redact(`Incorrect API key: ${spelling(key)}!`, { secrets: [key], sent: [] });
        expect(shown).not.toContain(key);
        expect(shown).not.toContain(spelling(key));
      },
    ),
    { numRuns: 2_000 },
  );
});

test("a message that quotes nothing is left as it is", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("The", "model", "was", "busy", "é", "忙"), { minLength: 1, maxLength: 20 }), (words) => {
      const message = words.join(" ");
      expect(redact(message, { secrets: [], sent: ["9".repeat(5_000), "0123456789".repeat(40)] })).toBe(message);
    }),
  );
});
