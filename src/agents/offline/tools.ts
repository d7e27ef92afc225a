import type { LanguageModelV4CallOptions, LanguageModelV4FunctionTool } from "@ai-sdk/provider";
import { fill, fillSchema } from "./fill.ts";
import { ENOUGH } from "./found.ts";
import type { Reading } from "./prompt.ts";
import type { Schema } from "./schema.ts";
import { asSchema, listOf, propertiesOf, resolve } from "./schema.ts";
import type { Source } from "./source.ts";
import { root } from "./stems.ts";
import { contentWords, nameWords, wordsOf } from "./words.ts";

/** One call the model wants made. */
export interface WantedCall {
  readonly name: string;
  /** The arguments as JSON text. */
  readonly input: string;
}

/** What is known when tools are chosen. */
export interface ToolScene {
  readonly reading: Reading;
  readonly source: Source;
}

/** The calls to make now: each tool at most once in a conversation, and only with arguments the text gives. */
export function chooseCalls(options: LanguageModelV4CallOptions, scene: ToolScene): readonly WantedCall[] {
  const choice = options.toolChoice ?? { type: "auto" };
  if (choice.type === "none") return [];
  const open = (options.tools ?? []).filter((tool) => tool.type === "function").filter((tool) => !scene.reading.called.has(tool.name));
  if (choice.type === "tool") return open.filter((tool) => tool.name === choice.toolName).map((tool) => callOf(tool, scene));
  const fitting = open.filter((tool) => fits(tool, scene));
  if (fitting.length > 0 || choice.type === "auto") return fitting.map((tool) => callOf(tool, scene));
  // `required` asks for a call even where nothing speaks for one. Once a tool has answered, the answer is due.
  const [best] = scene.reading.called.size > 0 ? [] : [...open].sort((a, b) => relevance(b, scene) - relevance(a, scene));
  return best === undefined ? [] : [callOf(best, scene)];
}

function callOf(tool: LanguageModelV4FunctionTool, scene: ToolScene): WantedCall {
  const filled = fillSchema(asSchema(tool.inputSchema), {
    source: scene.source,
    instructions: `${scene.reading.instructions}\n${tool.description ?? ""}`,
  });
  return { name: tool.name, input: JSON.stringify(filled.value ?? {}) };
}

/** Does the text give what the tool needs? A tool that needs nothing, or only free text, must be spoken of. */
function fits(tool: LanguageModelV4FunctionTool, scene: ToolScene): boolean {
  const document = asSchema(tool.inputSchema);
  const schema = resolve(document, document);
  const properties = propertiesOf(schema);
  const required = new Set(listOf(schema, "required"));
  const evidence = properties.map(([name, inner]) => ({
    name,
    needed: required.has(name),
    ...evidenceFor(name, inner, { tool, scene, document }),
  }));
  if (evidence.some((one) => one.needed && one.score < ENOUGH)) return false;
  const said = evidence.filter((one) => one.score >= ENOUGH);
  if (properties.length > 0 && said.length === 0) return false;
  return said.some((one) => one.placed) || relevance(tool, scene) >= 0.3;
}

interface Place {
  readonly tool: LanguageModelV4FunctionTool;
  readonly scene: ToolScene;
  readonly document: Schema;
}

function evidenceFor(name: string, schema: Schema, { tool, scene, document }: Place): { readonly score: number; readonly placed: boolean } {
  const resolved = resolve(schema, document);
  if ("default" in resolved || "const" in resolved) return { score: ENOUGH, placed: false };
  const siblings = propertiesOf(resolve(document, document)).map(([sibling]) => sibling);
  const frame = {
    document,
    source: scene.source,
    instructions: `${scene.reading.instructions}\n${tool.description ?? ""}`,
    parents: [],
    about: "",
    depth: 1,
    trail: [],
    entry: false,
  };
  const one = fill({ schema: resolved, name, siblings, frame });
  return { score: one.score, placed: one.start >= 0 };
}

/** How much of the tool's name and description the prompt speaks of, 0 to 1. */
function relevance(tool: LanguageModelV4FunctionTool, { reading, source }: ToolScene): number {
  const spoken = new Set([...wordsOf(reading.instructions), ...source.tokens.slice(0, 5_000).map((token) => token.lower)].map(root));
  const name = contentWords(nameWords(tool.name)).map(root);
  const description = contentWords(wordsOf(tool.description ?? "")).map(root);
  return Math.max(shareOf(name, spoken), shareOf(description, spoken));
}

function shareOf(words: readonly string[], spoken: ReadonlySet<string>): number {
  return words.length === 0 ? 0 : words.filter((word) => spoken.has(word)).length / words.length;
}
