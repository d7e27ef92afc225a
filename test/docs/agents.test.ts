import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ReasoningEffort } from "../../src/index.ts";
import { agent, file, Flujo } from "../../src/index.ts";
import type { ModelServer } from "../../src/testing/index.ts";
import { startModelServer } from "../../src/testing/index.ts";

// What docs/agents says of the providers' packages is what they send.

/** The rows of a page's tables. */
const rowsOf = (page: string): readonly string[] =>
  readFileSync(new URL(`../../docs/agents/${page}`, import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("|"));
let server: ModelServer;
let flujo: Flujo;

beforeAll(async () => {
  server = await startModelServer(() => "seen");
  flujo = new Flujo({ env: server.env });
});
afterAll(async () => {
  await flujo.close();
  await server.close();
});

/** What stands in a body, by the names on the way to it. */
function sentAt(body: unknown, ...path: readonly string[]): unknown {
  let at = body;
  for (const name of path) at = typeof at === "object" && at !== null ? (at as Readonly<Record<string, unknown>>)[name] : undefined;
  return at;
}

const tokens = (budget: unknown): string => Number(budget).toLocaleString("en-US");
const quoted = (value: unknown): string => JSON.stringify(value);
const plain = (value: unknown): string => quoted(value).slice(1, -1);

const EFFORTS: readonly ReasoningEffort[] = ["none", "low", "xhigh"];

/** A model, its label in the table, and what its row says of what was sent for an effort. */
const REASONING: readonly (readonly [model: string, label: string, said: (body: unknown, effort: string) => string])[] = [
  ["openai:gpt-5-mini", "`openai:gpt-5-mini`", (body) => `effort \`${plain(sentAt(body, "reasoning", "effort"))}\``],
  [
    "anthropic:claude-sonnet-4-5",
    "`anthropic:claude-sonnet-4-5`",
    (body, effort) => {
      if (sentAt(body, "thinking", "type") === "disabled") return "thinking off";
      return `up to ${tokens(sentAt(body, "thinking", "budget_tokens"))}${effort === "low" ? " tokens of thinking" : ""}`;
    },
  ],
  [
    "google:gemini-2.5-flash",
    "`google:gemini-2.5-flash`",
    (body, effort) =>
      (effort === "none" ? "thinking budget " : "") + tokens(sentAt(body, "generationConfig", "thinkingConfig", "thinkingBudget")),
  ],
  [
    "google:gemini-3-pro-preview",
    "`google:gemini-3-pro-preview`",
    (body) => `level \`${plain(sentAt(body, "generationConfig", "thinkingConfig", "thinkingLevel"))}\``,
  ],
  [
    "openai-compatible:qwen3",
    "chat completions",
    (body, effort) => {
      const key = effort === "none" ? "reasoning_effort: " : "";
      return `\`${key}${quoted(sentAt(body, "reasoning_effort"))}\`${effort === "xhigh" ? ", as it is" : ""}`;
    },
  ],
];

test.each(REASONING)("providers.md says what becomes of the reasoning effort of %s", async (model, label, said) => {
  const cells: string[] = [];
  for (const reasoning of EFFORTS) {
    await flujo.run(agent({ name: "ask", model, instructions: "", settings: { reasoning } }), "hi");
    cells.push(said(server.requests.at(-1)?.body, reasoning));
  }
  expect(rowsOf("providers.md")).toContain(`| ${label} | ${cells.join(" | ")} |`);
});

const MODELS = ["openai:gpt-5-mini", "anthropic:claude-sonnet-4-5", "google:gemini-2.5-flash", "openai-compatible:qwen3"];
const FILES = [
  ["images", ["a.png", "a.jpg", "a.webp"]],
  ["PDF", ["a.pdf"]],
  ["audio", ["a.wav", "a.mp3", "a.ogg", "a.flac"]],
  ["video", ["a.mp4"]],
  ["text", ["a.txt", "a.csv", "a.json", "a.xml", "a.yaml"]],
  ["anything else", ["a.zip", "a.docx"]],
] as const;

async function fate(model: string, name: string): Promise<string> {
  const before = server.requests.length;
  const result = await flujo.run(agent({ name: "look", model, instructions: "" }), await file(Buffer.from("what"), { name }));
  if (model === "offline:extract") return result.status === "succeeded" && result.output.includes("what") ? "as text" : "left out";
  if (result.status === "failed") return `\`${result.failure.code}\``;
  const { bodyText = "" } = server.requests[before] ?? {};
  if (bodyText.includes(`${name} (`)) return "as text";
  return bodyText.includes(Buffer.from("what").toString("base64")) ? "sent" : "left out";
}

test.each(FILES)("multimodal.md says which providers' packages take %s", async (label, names) => {
  const cells: string[] = [];
  for (const model of [...MODELS, "offline:extract"]) {
    const fates: string[] = [];
    for (const name of names) fates.push(await fate(model, name));
    const [first = ""] = fates;
    const isMixed = new Set(fates).size > 1;
    if (isMixed) expect(fates).toEqual(["sent", "sent", "`file_refused`", "`file_refused`"]);
    cells.push(isMixed ? "wav and mp3 sent, others `file_refused`" : first);
  }
  expect(rowsOf("multimodal.md")).toContain(`| ${label} | ${cells.join(" | ")} |`);
});
