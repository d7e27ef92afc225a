import fc from "fast-check";
import { expect, test } from "vitest";
import { MODELS } from "./support/all-four.ts";
import { problemFrom } from "./support/ask.ts";

// Providers quote what they refuse, in any field of what they answer. Nothing of it comes out in a problem.

const KEY = "sk-live-0123456789abcdefXYZ";
const WORDS = ["Kontonummer", "passport", "пароль", "信用卡号码四一一一", '"quoted"', "geheim\nzeile", "number", "ÄÖÜ", "C:\\keys"];
const prompts = fc.array(fc.constantFrom(...WORDS), { minLength: 4, maxLength: 12 }).map((words) => words.join(" "));
const asciiJson = (text: string): string =>
  JSON.stringify(text).replace(/[^\x20-\x7e]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Where a provider may put a quotation. */
const bodies: readonly ((quoted: string) => unknown)[] = [
  (quoted) => ({ error: { message: `Invalid value: ${quoted}`, type: "invalid_request_error", param: null, code: null } }),
  (quoted) => ({
    error: { message: "Invalid.", type: quoted.replace(/[^A-Za-z_]/g, ""), param: quoted, code: quoted.replace(/[^A-Za-z_]/g, "") },
  }),
  (quoted) => ({ type: "error", error: { type: "invalid_request_error", message: `messages.0.content: ${quoted} (key ${KEY})` } }),
  (quoted) => ({ error: { code: 400, status: "INVALID_ARGUMENT", message: quoted, details: [{ field: quoted }] } }),
  (quoted) => ({ message: quoted }),
  (quoted) => ({ detail: `${KEY} ${quoted}` }),
  (quoted) => quoted,
];

function lettersOf(text: string): string {
  return text
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, "")
    .toLowerCase();
}

test("a problem shows neither the prompt nor the key, wherever and however the provider quotes them", async () => {
  const spellings = fc.constantFrom<(text: string) => string>((text) => text, JSON.stringify, asciiJson);
  const statuses = fc.constantFrom(400, 401, 403, 404, 413, 429, 500, 529);
  const cases = fc.record({ prompt: prompts, spelling: spellings, body: fc.constantFrom(...bodies), status: statuses });
  await fc.assert(
    fc.asyncProperty(cases, fc.constantFrom(...Object.values(MODELS)), async ({ prompt, spelling, body, status }, model) => {
      const answer = () => {
        const headers = { "content-type": "application/json", "x-request-id": prompt.replace(/[^\w-]/g, "").slice(0, 60) };
        return Promise.resolve(new Response(JSON.stringify(body(spelling(prompt))), { status, headers }));
      };
      const [provider = ""] = model.split(":");
      const providers = { [provider]: { apiKey: KEY, baseURL: "http://127.0.0.1:1/v1", fetch: answer } };
      const problem = await problemFrom({ providers }, { model, transcript: [{ role: "user", text: prompt }] });
      const told = JSON.stringify(problem);
      expect(told).not.toContain(KEY);
      const letters = lettersOf(prompt);
      const shown = lettersOf(told);
      for (let at = 0; at + 16 <= letters.length; at++) expect(shown).not.toContain(letters.slice(at, at + 16));
    }),
    { numRuns: 300 },
  );
}, 60_000);
