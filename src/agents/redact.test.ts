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

test("keys of Google and bearer tokens are known by their look", () => {
  expect(redact("API key not valid: AIzaSyA-1234_abcd (Bearer abcdef123456==)", { secrets: [], sent: [] })).toBe(
    "API key not valid: [key] ([key])",
  );
});

const KEY = "acme-AbCdEf0123456789ghijKLMNOP+/xyz";

test.each([
  ["in other case", KEY.toUpperCase()],
  ["broken over two lines", `${KEY.slice(0, 20)}\n${KEY.slice(20)}`],
  ["letter by letter", KEY.split("").join(" ")],
  ["with spaces of no width", KEY.split("").join("\u200b")],
  ["without its beginning", KEY.slice(6)],
])("a key is known %s", (_how, told) => {
  expect(redact(`Refused: ${told}`, { secrets: [KEY], sent: [] })).toBe("Refused: [key]");
});

test("what is quoted as in a URL is known", () => {
  const sent = ["The launch code is 7781, says Müller"];
  expect(redact(`Bad: ${encodeURIComponent(sent[0] ?? "")}.`, { secrets: [], sent })).toBe("Bad: [sent].");
  expect(redact(`Bad: ${new URLSearchParams({ q: sent[0] ?? "" }).toString()}.`, { secrets: [], sent })).toBe("Bad: q=[sent].");
});

test("bytes in hexadecimal are not shown", () => {
  expect(redact(`Bad: ${Buffer.from("the launch code is 7781").toString("hex")}.`, { secrets: [], sent: [] })).toBe("Bad: […].");
});

test("what is quoted as JSON, with escapes, is known", () => {
  const sent = ['Grüße an "Müller & Söhne"\nKontonummer 4711'];
  const quoted = String.raw`Bad input {"text":"Gr\u00fc\u00dfe an \"M\u00fcller & S\u00f6hne\"\nKontonummer 4711"}`;
  expect(redact(quoted, { secrets: [], sent })).toBe('Bad input {"text":"[sent]"}');
});

test("six letters of Chinese are a quotation", () => {
  const sent = ["我的信用卡号码是四一一一请退款给我谢谢"];
  expect(redact("无效: 信用卡号码是四一一", { secrets: [], sent })).toBe("无效: [sent]");
});

test("a file in base64 is not shown", () => {
  const data = Buffer.from("a picture of my passport, number C01X00T47").toString("base64");
  expect(redact(`Invalid image data:image/png;base64,${data}`, { secrets: [], sent: [] })).toBe("Invalid image data:image/png;base64,[…]");
});

test("a long prompt is looked through in little time", () => {
  const sent = ["The quick brown fox jumps over the lazy dog. ".repeat(20_000)];
  const start = process.hrtime.bigint();
  expect(redact(`Bad: ${"nothing of that kind ".repeat(20)}`, { secrets: [], sent })).toMatch(/^Bad: nothing/);
  console.log(`redacting against ${sent[0]?.length} letters: ${(Number(process.hrtime.bigint() - start) / 1e6).toFixed(0)} ms`);
});
