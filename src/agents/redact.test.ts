import { expect, test } from "vitest";
import { redact } from "./redact.ts";

test("keys go, known ones wherever they stand and others by their look", () => {
  expect(redact("Bearer hunter2, then gsk_abc123DEF or sk-ab***yz", { secrets: ["hunter2"], sent: [] })).toBe(
    "Bearer [key], then [key] or [key]",
  );
});

test("what was sent goes as a whole, or from 16 letters on", () => {
  const sent = ["secret", "The quick brown fox jumps over the lazy dog"];
  expect(redact("at 'secret': 'quick brown fox jumps' is too quick", { secrets: [], sent })).toBe("at '[sent]': '[sent]' is too quick");
});

test("a quotation is known over line breaks", () => {
  expect(redact("Cannot read: first line  second line", { secrets: [], sent: ["first line\nsecond line"] })).toBe("Cannot read: [sent]");
});

test("one line, at most 300 characters, no control sequences", () => {
  const told = redact(`\u001b[31mred\u001b[0m\n${"x".repeat(1000)}`, { secrets: [], sent: [] });
  expect(told).toHaveLength(300);
  expect(told).toMatch(/^\[31mred \[0m x+…$/);
});

test("short texts hide nothing: they are words of any message", () => {
  expect(redact("hi there", { secrets: [""], sent: ["hi", ""] })).toBe("hi there");
});
