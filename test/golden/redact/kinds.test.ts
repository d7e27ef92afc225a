import { describe, expect, test } from "vitest";
import { redactGolden } from "../../../src/golden/redact/redact-golden.ts";
import type { Redaction } from "../../../src/golden/redact/redaction.ts";
import { aGolden } from "./a-golden.ts";

function redacted(input: unknown, rules: Redaction = {}): unknown {
  return redactGolden(aGolden({ input }), rules).input;
}

const MIXED = "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5hJ7k";
const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";
const TOKEN = "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0.eyJzdWIiOiJyZWRhY3RlZC0xIn0.redacted";

describe("patterns", () => {
  test.each([
    ["openai", `key sk-proj-${MIXED}.`, "key sk-proj-redacted-1."],
    ["openai", `sk-${MIXED}`, "sk-redacted-1"],
    ["anthropic", `x-api-key: sk-ant-api03-${MIXED}`, "x-api-key: sk-ant-redacted-1"],
    ["google", `?key=AIza${MIXED.slice(0, 35)}&q=1`, "?key=AIzaredacted-1&q=1"],
    ["github", `ghp_${MIXED}`, "ghp_redacted-1"],
    ["github", `github_pat_${MIXED}`, "github_pat_redacted-1"],
    ["slack", "xoxb-123456789012-abcdefABCDEF", "xoxb-redacted-1"],
    ["slack", "https://hooks.slack.com/services/T00AAA11/B00BBB22/abcdefgh12345678", "https://hooks.slack.com/services/[secret-1]"],
    ["aws", "AKIAIOSFODNN7EXAMPLE", "AKIAREDACTED00000001"],
    ["aws", `aws_secret_access_key = ${MIXED}`, "aws_secret_access_key = [secret-1]"],
    ["stripe", "sk_live_abcdefghij0123", "sk_live_redacted-1"],
    ["vendors", `gsk_${MIXED}`, "gsk_redacted-1"],
    ["jwt", `token ${JWT}`, `token ${TOKEN}`],
    [
      "privateKey",
      `-----BEGIN RSA PRIVATE KEY-----\n${MIXED}\n${MIXED}\n-----END RSA PRIVATE KEY-----`,
      "-----BEGIN RSA PRIVATE KEY-----\n[secret-1]\n-----END RSA PRIVATE KEY-----",
    ],
    [
      "privateKey",
      `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n${MIXED}\n-----END RSA PRIVATE KEY-----`,
      "-----BEGIN RSA PRIVATE KEY-----\n[secret-1]\n-----END RSA PRIVATE KEY-----",
    ],
    ["privateKey", `-----BEGIN PRIVATE KEY-----\n${MIXED}`, "-----BEGIN PRIVATE KEY-----\n[secret-1]"],
    ["bearer", "Authorization: Bearer abc123def456", "Authorization: Bearer [secret-1]"],
    ["bearer", '{"authorization":"Basic dXNlcjpwYXNz"}', '{"authorization":"Basic [secret-1]"}'],
    ["connection", "postgres://app:s3cret@db:5432/x", "postgres://app:[secret-1]@db:5432/x"],
    ["connection", "https://app:s3cret@files.example.org/x", "https://app:[secret-1]@files.example.org/x"],
    ["connection", "Server=db;Password=pa55word;Database=x", "Server=db;Password=[secret-1];Database=x"],
    ["email", "mail Anna.Lee+1@mail.acme.co.uk now", "mail person-1@redacted.example now"],
    ["email", "mailto:zoë@bücher.de", "mailto:person-1@redacted.example"],
    ["card", "card 4111 1111 1111 1111.", "card 4100 0000 0000 0019."],
    ["card", "4111-1111-1111-1111", "4100-0000-0000-0019"],
    ["card", "378282246310005", "370000000000010"],
  ] as const)("of %s are replaced by what has their form, and can be switched off", (name, text, expected) => {
    expect(redacted(text)).toBe(expected);
    expect(redacted(expected)).toBe(expected);
    const off = { patterns: { [name]: false } };
    expect(redacted(text, off)).not.toBe(expected);
  });

  test.each([
    "1700000000000",
    "1700000000000000",
    "2026-11-21T14:43:10.123Z",
    "550e8400-e29b-41d4-a716-446655440000",
    "4111111111111112",
    "id-4111111111111111x",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0ba22cd15d6c15b0f00a08",
    "see http://example.org/a@b and @team",
    "sk-learn-and-all-that-goes-with-it",
    "Bearer authentication is on",
    "git@github.com:acme/app.git",
    "npm i flujo@1.2.3",
    "C:\\new\\table 100% sure",
    "postgres://localhost:5432/x",
    "0.30000000000000004",
    "[1, 2, 3]",
  ])("leave what only looks a little like one: %s", (text) => {
    expect(redacted(text)).toBe(text);
  });

  test("a card number that is a number becomes one", () => {
    expect(redacted({ card: 4_111_111_111_111_111, big: 4_111_111_111_111_111n, other: 4_111_111_111_111_112 })).toEqual({
      card: 4_100_000_000_000_019,
      big: 4_100_000_000_000_019n,
      other: 4_111_111_111_111_112,
    });
  });
});

describe("placeholders", () => {
  test("are the same for the same value, in any spelling, and numbered as the values appear", () => {
    expect(redacted(["b@x.org", "a@x.org", "B@X.ORG", "b%40x.org", "4111111111111111", "4111 1111 1111 1111"])).toEqual([
      "person-1@redacted.example",
      "person-2@redacted.example",
      "PERSON-1@REDACTED.EXAMPLE",
      "person-1%40redacted.example",
      "4100000000000019",
      "4100 0000 0000 0019",
    ]);
  });

  test("that stand there already keep their numbers, wherever", () => {
    expect(redacted(["b@x.org", "a@x.org", "person-1@redacted.example", "4100000000000019", "5555555555554444"])).toEqual([
      "person-2@redacted.example",
      "person-3@redacted.example",
      "person-1@redacted.example",
      "4100000000000019",
      "5500000000000020",
    ]);
  });

  test("of a known secret are related to each other, however it is spelt", () => {
    const secret = 'Hun"ter2 é';
    const json = JSON.stringify({ password: secret });
    const spelt = {
      plain: `it is ${secret}!`,
      upper: secret.toUpperCase(),
      json,
      twice: JSON.stringify(json),
      escaped: String.raw`Hun\u0022ter2 \u00e9`,
      url: `https://x.org/?q=${encodeURIComponent(secret)}`,
      form: new URLSearchParams({ q: secret }).toString(),
      html: `<p title="Hun&quot;ter2 é">Hun&#34;ter2 &#xE9;</p>`,
      base64: Buffer.from(secret).toString("base64"),
      basic: Buffer.from(`user:${secret}`).toString("base64"),
      forUrls: Buffer.from(secret).toString("base64url"),
      hex: Buffer.from(secret).toString("hex"),
      deep: Buffer.from(JSON.stringify({ a: encodeURIComponent(secret) })).toString("base64"),
    };
    expect(redacted(spelt, { secrets: [secret] })).toEqual({
      plain: "it is [secret-1]!",
      upper: "[SECRET-1]",
      json: '{"password":"[secret-1]"}',
      twice: JSON.stringify('{"password":"[secret-1]"}'),
      escaped: "[secret-1]",
      url: "https://x.org/?q=%5Bsecret-1%5D",
      form: "q=%5Bsecret-1%5D",
      html: '<p title="[secret-1]">[secret-1]</p>',
      base64: Buffer.from("[secret-1]").toString("base64"),
      basic: Buffer.from("user:[secret-1]").toString("base64"),
      forUrls: Buffer.from("[secret-1]").toString("base64url"),
      hex: Buffer.from("[secret-1]").toString("hex"),
      deep: Buffer.from(JSON.stringify({ a: "%5Bsecret-1%5D" })).toString("base64"),
    });
  });

  test("of what is escaped as in HTML are so too, and no sign of it that stands for nothing is touched", () => {
    expect(redacted("<a>ada&#64;example.com</a> &amp; R&D &nbsp; &#9999999; &#x41;", {})).toBe(
      "<a>person-1@redacted.example</a> &amp; R&D &nbsp; &#9999999; &#x41;",
    );
    expect(redacted("of &lt;a&gt;&amp;1234 and <a>&1234", { secrets: ["<a>&1234"] })).toBe("of [secret-1] and [secret-1]");
  });

  test("a known key keeps its beginning", () => {
    expect(redacted("sk-ab-12", { secrets: ["sk-ab-12"] })).toBe("sk-redacted-1");
  });
});

describe("rules of one's own", () => {
  const rules: Redaction = {
    rules: [
      { name: "Customer No.", pattern: /\bC-\d{6}\b/ },
      { name: "ticket", pattern: (text) => [...text.matchAll(/TICKET/g)].map(({ index }) => [index, index + 6] as const) },
      {
        name: "broken",
        pattern: () => {
          throw new Error("no");
        },
      },
      {
        name: "odd",
        pattern: () => [
          [5, 2],
          [Number.NaN, 3],
          [-1, 2],
          [0, 9_999],
        ],
      },
      { name: "empty", pattern: /x*/ },
    ],
  };

  test("are found by expression and by function, and one that throws or gives nonsense finds nothing", () => {
    const text = "C-123456 and C-654321 for TICKET, C-123456";
    expect(redacted(text, rules)).toBe("[customer-no-1] and [customer-no-2] for [ticket-1], [customer-no-1]");
  });

  test("what they find is found where they would not look", () => {
    expect(redacted(["fooC-123456bar", "the number is C-123456", "12-C-123456-9"], rules)).toEqual([
      "fooC-123456bar",
      "the number is [customer-no-1]",
      "12-[customer-no-1]-9",
    ]);
  });
});

test("nothing found is the very golden that was given", () => {
  const golden = aGolden({ input: { a: ["text", 5, new Map([["k", new Date(0)]])] } });
  expect(redactGolden(golden, { secrets: ["hunter2"], fields: ["phone"] })).toBe(golden);
});

test("a password that is known by its place is found elsewhere too, also where it stood before", () => {
  expect(redacted(["the word is s3cret99", "redis://:s3cret99@cache"])).toEqual(["the word is [secret-1]", "redis://:[secret-1]@cache"]);
});
