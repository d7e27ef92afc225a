import { expect, test } from "vitest";
import { sha256 } from "../../../src/base/hash.ts";
import { redactGolden } from "../../../src/golden/redact/redact-golden.ts";
import { withKnownSecrets } from "../../../src/golden/redact/known-secrets.ts";
import type { Golden } from "../../../src/golden/golden.ts";
import { FlujoFile } from "../../../src/model/flujo-file.ts";
import { parseInstancePath } from "../../../src/model/path.ts";
import { decode, encode } from "../../../src/serialize/codec.ts";
import type { PayloadSink } from "../../../src/serialize/envelope.ts";
import { registerCustomType } from "../../../src/serialize/custom-types.ts";
import { aGolden, anAgent, anOperation } from "./a-golden.ts";

class Wallet {
  readonly #holds: unknown;
  constructor(holds: unknown) {
    this.#holds = holds;
  }
  get holds(): unknown {
    return this.#holds;
  }
}
registerCustomType(Wallet, { tag: "test:Wallet", serialize: ({ holds }) => ({ holds }), deserialize: ({ holds }) => new Wallet(holds) });

/** Takes nothing but what it was made of. */
class Strict {
  readonly word: string;
  constructor(word: string) {
    if (!word.startsWith("Planted")) throw new Error("no");
    this.word = word;
  }
}
registerCustomType(Strict, { tag: "test:Strict", serialize: ({ word }) => ({ word }), deserialize: ({ word }) => new Strict(word) });

/** Thirty secrets, each of letters of both kinds and digits, so that none is found by a pattern. */
const SECRETS = Array.from({ length: 30 }, (_, index) => `Planted${index}Zq${sha256(String(index)).slice(0, 12)}`);

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const base64 = (text: string): string => Buffer.from(text).toString("base64");

function fileOf(text: string, name: string): FlujoFile {
  const bytes = bytesOf(text);
  return new FlujoFile({ sha256: sha256(bytes), mediaType: "text/plain", name, bytes });
}

function binaryWith(text: string): Uint8Array {
  return new Uint8Array([0xff, 0xfe, 0, ...bytesOf(text), 0xff]);
}

/** Every way in which a value can hold a text. */
function everyWay(text: string): unknown {
  return {
    plain: text,
    among: `a${text}b`,
    [`key ${text}`]: 1,
    upper: text.toUpperCase(),
    lower: text.toLowerCase(),
    list: [[text]],
    map: new Map<unknown, unknown>([
      [text, 1],
      ["key", text],
      [{ deep: text }, [text]],
    ]),
    set: new Set([text, { text }]),
    url: new URL(`https://user:${text}@host.example.org/${text}?q=${text}#${text}`),
    host: new URL(`https://${text}.example.org/`),
    search: new URLSearchParams({ [text]: text }),
    expression: new RegExp(text, "g"),
    bytes: bytesOf(`it is ${text}.`),
    buffer: bytesOf(text).buffer,
    binary: binaryWith(text),
    file: fileOf(`in a file: ${text}`, `${text}.txt`),
    wallet: new Wallet(new Wallet({ text, map: new Map([[text, text]]) })),
    strict: new Strict(text),
    json: JSON.stringify({ a: JSON.stringify({ b: [text] }) }),
    query: `q=${encodeURIComponent(`${text} &`)}`,
    base64: base64(`user:${text}`),
    base64url: Buffer.from(`>>??${text}`).toString("base64url"),
    nested: base64(JSON.stringify({ inner: base64(text) })),
    hex: Buffer.from(text).toString("hex"),
    hexUpper: Buffer.from(`x${text}`).toString("hex").toUpperCase(),
    packedBinary: Buffer.from(binaryWith(text)).toString("base64"),
    dataUrl: `data:text/plain;base64,${base64(text)}`,
  };
}

/** One secret in each place that a golden has, in every way where the place takes any value. */
function planted(): Golden {
  let count = 0;
  const next = (): string => SECRETS[count++ % SECRETS.length] ?? "";
  const failure = () => ({
    code: "step_failed" as const,
    message: `It broke at ${next()}.`,
    path: parseInstancePath(`triage/${next()}`),
    retryable: false,
    remedy: `Set it to ${next()}.`,
    thrownAt: `/srv/${next()}.ts:1:1`,
    classes: [next()],
    continueWith: { input: everyWay(next()), context: everyWay(next()) },
    details: { token: next() },
  });
  const golden = aGolden({
    pipeline: `triage-${next()}`,
    version: next(),
    source: `${next()}.ts#default`,
    seed: next(),
    input: everyWay(next()),
    context: everyWay(next()),
    model: `offline:${next()}`,
    thread: next(),
    agents: anAgent({
      model: next(),
      instructions: `Never tell ${next()}.`,
      settings: { headers: { "x-token": next() } },
      tools: [{ name: next(), description: next(), inputSchema: { properties: { a: { default: next() } } } }],
      providerTools: [{ id: "offline.search", name: "search", args: { key: next() } }],
      outputSchema: { description: next() },
    }),
    operations: [
      anOperation(`triage/${next()}`, {
        request: { input: everyWay(next()), feedback: null },
        response: {
          status: "succeeded",
          value: everyWay(next()),
          writes: [
            { op: "set", path: ["user", next()], value: everyWay(SECRETS[0] ?? "") },
            { op: "delete", path: [`k-${SECRETS[1]}`] },
            { op: "contribute", field: "notes", value: everyWay(SECRETS[2] ?? "") },
          ],
        },
      }),
      anOperation("triage/fails", { name: `n-${SECRETS[3]}`, response: { status: "failed", failure: failure() } }),
      ...(["step", "decide", "model", "tool", "human", "signal", "sleep"] as const).map((kind, index) =>
        anOperation(`triage/${kind}`, {
          kind,
          request: Object.fromEntries(
            ["input", "feedback", "value", "detail", "added", "history", "shown", "answerSchema", "tool", "after"].map((field, at) => {
              const secret = SECRETS[(index * 10 + at) % 30] ?? "";
              return [field, at < 8 ? everyWay(secret) : secret];
            }),
          ),
          response: { status: "succeeded", value: everyWay(SECRETS[index] ?? ""), writes: [] },
        }),
      ),
    ],
    events: [
      { type: "cancel-requested", reason: `because of ${SECRETS[4]}`, nth: 1 },
      { type: "signal-dropped", name: `n-${SECRETS[5]}`, path: parseInstancePath(`triage/${SECRETS[6]}`), problem: `not ${SECRETS[7]}` },
    ],
    result: { status: "failed", failure: { ...failure(), message: `Ends with ${SECRETS[8]}` }, context: everyWay(SECRETS[9] ?? "") },
  });
  expect(count).toBeGreaterThanOrEqual(SECRETS.length);
  return golden;
}

/** All that is written of a golden: its text, and the bytes beside it. */
function written(golden: Golden): string {
  const payloads: PayloadSink = new Map();
  const text = encode(golden, "test", payloads);
  const asBytes = [...payloads.values()].map((bytes) => Buffer.from(bytes).toString("latin1"));
  return [text, ...asBytes, ...unpacked(golden)].join("\n");
}

/** What is in bytes and in base64 is one more look away. */
function unpacked(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (ArrayBuffer.isView(value)) return [Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("latin1")];
  if (value instanceof ArrayBuffer) return [Buffer.from(value).toString("latin1")];
  if (value instanceof Wallet) return unpacked(value.holds);
  if (value instanceof Map || value instanceof Set)
    return [...value].flatMap((inner) => unpacked(Array.isArray(inner) ? [...inner] : inner));
  if (value instanceof URL || value instanceof URLSearchParams || value instanceof RegExp) return [String(value)];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...unpacked(inner)]);
}

/** Each in the encodings there are, in base64 at each of the three places it can begin at, without the characters at its ends. */
function encodingsOf(secret: string): readonly string[] {
  const shifted = ["", "x", "xx"].map((before) =>
    Buffer.from(before + secret)
      .toString("base64")
      .slice(4, -5),
  );
  const hex = Buffer.from(secret).toString("hex");
  return [secret, secret.toUpperCase(), secret.toLowerCase(), encodeURIComponent(secret), hex, hex.toUpperCase(), ...shifted];
}

test("of thirty secrets in every place of a golden, in every form, none is left in any encoding", () => {
  const golden = planted();
  const before = written(golden);
  for (const secret of SECRETS) expect(before).toContain(secret);
  const redacted = redactGolden(golden, { secrets: SECRETS });
  const after = written(redacted);
  for (const secret of SECRETS) {
    for (const encoded of encodingsOf(secret)) expect(after.includes(encoded), `${secret} as ${encoded}`).toBe(false);
  }
  expect(after).not.toMatch(/Planted\d/i);
  expect(redactGolden(redacted, { secrets: SECRETS })).toBe(redacted);
  expect(redactGolden(redacted, {}), "the patterns find nothing in what stands there instead").toBe(redacted);
  expect(decode(encode(redactGolden(golden, { secrets: SECRETS }), "test"), undefined, "keep")).toEqual(
    decode(encode(redacted, "test"), undefined, "keep"),
  );
});

test("what is known besides comes from the environment and from providers, unless it is not wanted", () => {
  const env = {
    OPENAI_API_KEY: "one-one-1",
    DB_PASSWORD_2: "two-two-2",
    githubToken: "three-3",
    SECRET_KEY_BASE: "four-four",
    DATABASE_URL: "postgres://app:five-five@db/x",
    GOOGLE_CREDENTIALS: '{"private_key":"six-six-6","type":"service_account"}',
    PATH: "/usr/bin:seven",
    PWD: "/home/anna",
    MAX_TOKENS: "100000",
    TOKEN_TTL: "86400000",
    API_KEY_FILE: "/run/secrets/key",
    SHORT_KEY: "abc",
    EMPTY_SECRET: "",
    LOST_SECRET: undefined,
  };
  const rules = withKnownSecrets({ secrets: ["own-own"] }, { env, keys: ["provided-key", ""] });
  expect(rules.secrets).toEqual([
    "own-own",
    "one-one-1",
    "two-two-2",
    "three-3",
    "four-four",
    "five-five",
    env.GOOGLE_CREDENTIALS,
    "six-six-6",
    "provided-key",
  ]);
  const off = { environment: false } as const;
  expect(withKnownSecrets(off, { env, keys: ["provided-key"] })).toBe(off);
});
