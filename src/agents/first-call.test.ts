import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const PORT = JSON.stringify(new URL("./model-port.ts", import.meta.url).href);
const ASK = `(model) => port.call({ model, instructions: "", transcript: [{ role: "user", text: "Invoice 7 of 3 May 2026, 12 EUR" }], tools: [], providerTools: [], toolChoice: "auto", outputSchema: null, settings: {}, onProgress: null, onSending: () => undefined, signal: AbortSignal.timeout(20_000) })`;

/** A process of its own, because what is loaded once stays loaded. Prints one line of JSON. */
async function inNewProcess(program: string): Promise<unknown> {
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", program]);
  return JSON.parse(stdout);
}

/** Counts what is resolved, and can make a package look as if it were not installed. */
function watching(missing: string): string {
  return `
    import { registerHooks } from "node:module";
    const seen = new Set();
    registerHooks({ resolve(specifier, context, next) {
      if (specifier === ${JSON.stringify(missing)}) throw Object.assign(new Error("Cannot find package '" + specifier + "'"), { code: "ERR_MODULE_NOT_FOUND" });
      seen.add(specifier);
      return next(specifier, context);
    } });
    const loaded = () => ["ai", "undici", "@ai-sdk/openai", "@ai-sdk/openai-compatible", "@pydantic/genai-prices"].filter((name) => seen.has(name));
    const { createModelPort } = await import(${PORT});
    const port = createModelPort({ env: { OLLAMA_BASE_URL: "http://127.0.0.1:1/v1", OPENAI_API_KEY: "k", ANTHROPIC_API_KEY: "k", GEMINI_API_KEY: "k" } });
    const ask = ${ASK};`;
}

test("nothing is loaded before the first call, and then only what it needs", async () => {
  const program = `${watching("")}
    const before = loaded();
    const answer = await ask("offline:extract");
    console.log(JSON.stringify({ before, after: loaded(), text: answer.reply.text !== "", cost: answer.reply.cost }));`;
  expect(await inNewProcess(program)).toEqual({ before: [], after: [], text: true, cost: { kind: "free" } });
});

test("a provider loads its own package and what speaks HTTP, and nothing of the others", async () => {
  const program = `${watching("")}
    const { ok } = await ask("ollama:m");
    console.log(JSON.stringify({ ok, after: loaded() }));`;
  expect(await inNewProcess(program)).toEqual({ ok: false, after: ["undici", "@ai-sdk/openai-compatible"] });
});

test.each([
  ["openai:m", "@ai-sdk/openai", "4"],
  ["anthropic:m", "@ai-sdk/anthropic", "4"],
  ["google:m", "@ai-sdk/google", "4"],
  ["ollama:m", "@ai-sdk/openai-compatible", "3"],
])("a provider's package that is not installed is named with the command that installs it: %s", async (model, name, range) => {
  const program = `${watching(name)}
    console.log(JSON.stringify(await ask(${JSON.stringify(model)}).then(() => "answered", (error) => error.message)));`;
  expect(await inNewProcess(program)).toBe(`The package ${name} is not installed. Run \`npm install ${name}@${range}\`. [package_missing]`);
});

test("package ai is loaded for models of older specifications alone", async () => {
  const program = `${watching("")}
    const usage = { inputTokens: 1, outputTokens: 1, totalTokens: 2 };
    const model = (specificationVersion) => ({ specificationVersion, provider: "p", modelId: "m", supportedUrls: {}, doGenerate: async () => {},
      doStream: async () => ({ stream: ReadableStream.from([{ type: "finish", finishReason: "stop", usage }]) }) });
    await ask(model("v4"));
    const before = loaded();
    const { ok } = await ask(model("v2"));
    console.log(JSON.stringify({ ok, before, after: loaded() }));`;
  expect(await inNewProcess(program)).toEqual({ ok: true, before: [], after: ["ai"] });
});
