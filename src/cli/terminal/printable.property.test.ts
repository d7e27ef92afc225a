import fc from "fast-check";
import { expect, test } from "vitest";
import { printable, printableLine } from "./printable.ts";

const CONTROLS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/;
const TURNS = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/;

test.each([
  ["colours", "\u001B[31mred\u001B[0m", "red"],
  ["the title", "\u001B]0;evil\u0007text", "text"],
  ["the clipboard", "\u001B]52;c;ZXZpbA==\u001B\\text", "text"],
  ["a link", "\u001B]8;;http://evil\u001B\\click\u001B]8;;\u001B\\", "click"],
  ["an opening without an end", "before\u001B]0;swallowed", "before"],
  ["C1 controls", "\u009B2Ja\u009D0;t\u009Cb", "ab"],
  ["DCS, APC and PM", "\u001BPq\u001B\\a\u001B_x\u001B\\b\u001B^y\u001B\\c", "abc"],
  ["the screen and the cursor", "\u001B[2J\u001B[H\u001B7\u001Bc\u001B(0text", "text"],
  ["sequences hidden in sequences", "\u001B\u001B[31m[31mred", "31mred"],
  ["bells, backspaces and carriage returns", "safe\b\b\b\bevil\u0007\rover", "safeevil\nover"],
  ["turned text", "user\u202Egnp.exe\u2066x\u2069", "usergnp.exex"],
  ["what is invisible", "a\u200Bb\uFEFFc\u{E0041}d", "abcd"],
  ["half a character", "a\uD800b", "ab"],
])("%s: taken out", (_what, text, expected) => {
  expect(printable(text)).toBe(expected);
});

test("tabs, lines and every script stay", () => {
  const text = "tab\there\nline, größer, 日本語, עברית, 👩‍👩‍👧 नमस्ते";
  expect(printable(text)).toBe(text);
  expect(printableLine("two\n  lines\tand more")).toBe("two lines and more");
});

const anyHostile = fc
  .array(
    fc.oneof(
      fc.constantFrom("\u001B", "[", "]", "\u009B", "\u0007", "\u001B\\", "\u001BP", "31m", "0;", "\u202E", "\r", "\u009D", "\u009C", "2J"),
      fc.string({ unit: "binary" }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(""));

test("nothing a terminal obeys is left, whatever the text; a second time changes nothing", () => {
  fc.assert(
    fc.property(anyHostile, (text) => {
      const once = printable(text);
      expect(once).not.toMatch(CONTROLS);
      expect(once).not.toMatch(TURNS);
      expect(printable(once)).toBe(once);
      expect(printableLine(text)).not.toMatch(/[\n\t]/);
    }),
    { numRuns: 1_000 },
  );
});
