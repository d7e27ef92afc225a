import { describe, expect, test } from "vitest";
import { Needles } from "../../../src/golden/redact/needles.ts";
import { redactGolden } from "../../../src/golden/redact/redact-golden.ts";
import { aGolden } from "./a-golden.ts";

function timeOf(input: unknown): number {
  const start = process.hrtime.bigint();
  redactGolden(aGolden({ input }), { secrets: ["hunter2hunter2", "aaaaaaab", "eyJa"], fields: ["phone"] });
  return Number(process.hrtime.bigint() - start);
}

const bestOf = (times: number, make: (time: number) => unknown): number =>
  Math.min(...Array.from({ length: times }, (_, time) => timeOf(make(time))));

describe("a text that is sixteen times as long takes about sixteen times as long, not two hundred and fifty-six", () => {
  test.each([
    "a",
    "a.",
    "@",
    "a@",
    "a@a.",
    "a.a@",
    "1",
    "4 ",
    "4-",
    "1 1-",
    "sk-",
    "sk-a",
    "eyJ",
    "eyJ-",
    "eyJaaaaaaaa.",
    "eyJaaaaaaaa.eyJ",
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY----- Proc-Type: ",
    "-----BEGIN ",
    "bearer ",
    "Bearer a",
    "authorization: basic ",
    "://",
    "://a",
    "://a:",
    "://a:a",
    "password=",
    "password=aaa",
    "hooks.slack.com/services/",
    "aws_secret_access_key=",
    "[secret-",
    "[secret-1",
    "redacted-",
    "person-1@",
    "https://redacted.example/",
    "00000000-0000-4000-8000-",
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0.",
    "\\",
    "\\u0061",
    '\\\\"',
    "%41",
    "%e2",
    "%25",
    "&amp;",
    "&#38;",
    "&",
    "QUFB",
    "aGk9",
    "6868",
    "{",
    "[",
    '["',
    "```\n",
    "```{}\n",
    "SG.aaaaaaaaaaaaaaaaaaaaaa.",
    "aaaaaaa",
    " ",
    "é",
    "\u{1f600}",
  ])("of %j", (part) => {
    const textOf = (length: number) => (time: number) => `${time}${part.repeat(Math.ceil(length / part.length))}`;
    timeOf(textOf(5_000)(9));
    const small = bestOf(3, textOf(5_000));
    const large = bestOf(2, textOf(80_000));
    // Under 2 ms the small one says nothing; what looks at every place from every other takes seconds for the large one.
    expect(large / Math.max(small, 2_000_000)).toBeLessThan(100);
  });
});

test("parts that are shared exponentially are looked at once for each place", () => {
  let value: unknown = { leaf: "hunter2hunter2" };
  for (let level = 0; level < 60; level++) value = { a: value, b: value };
  let redacted = redactGolden(aGolden({ input: value }), { secrets: ["hunter2hunter2"], fields: ["a.leaf", "**.b.a.leaf"] }).input;
  for (let level = 0; level < 60; level++) redacted = (redacted as { readonly a: unknown }).a;
  expect(redacted).toEqual({ leaf: "[secret-1]" });
});

test("how many secrets there are is no matter to the time a text takes: each character is one step", () => {
  const needles = Array.from({ length: 5_000 }, (_, index) => ({ text: `common-beginning-${index}-secret`, isWord: false }));
  const found = new Needles(needles).findIn(`x common-beginning-4999-secret common-beginning-5000-secret COMMON-beginning-17-secret`);
  expect(found.map(({ needle }) => needle.text)).toEqual(["common-beginning-4999-secret", "common-beginning-17-secret"]);
});

test("of secrets that are parts of each other, the longest is found, and what overlaps goes as one", () => {
  const redact = (text: string): unknown =>
    redactGolden(aGolden({ input: text }), { secrets: ["abcd", "abcdefgh", "ghijkl", "efgh"] }).input;
  expect(redact("abcdefgh abcd efgh")).toBe("[secret-1] [secret-2] [secret-3]");
  expect(redact("xabcdefghijklx")).toBe("x[secret-1]x");
});
