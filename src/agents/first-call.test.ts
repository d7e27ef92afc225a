import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const PORT = JSON.stringify(new URL("./model-port.ts", import.meta.url).href);
const ASK = `(model) => port.call({ model, instructions: "", transcript: [{ role: "user", text: "Invoice 7 of 3 May 2026, 12 EUR" }], tools: [], providerTools: [], toolChoice: "auto", outputSchema: null, settings: {}, onProgress: null, signal: AbortSignal.timeout(20_000) })`;

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
    const loaded = () => ["ai", "@ai-sdk/openai-compatible", "@pydantic/genai-prices"].filter((name) => seen.has(name));
    const { createModelPort } = await import(${PORT});
    const port = createModelPort({ env: { OLLAMA_BASE_URL: "http://127.0.0.1:1/v1" } });
    const ask = ${ASK};`;
}

test("nothing is loaded before the first call, and then only what it needs", async () => {
  const program = `${watching("")}
    const before = loaded();
    const answer = await ask("offline:extract");
    console.log(JSON.stringify({ before, after: loaded(), text: answer.reply.text !== "", cost: answer.reply.cost }));`;
  expect(await inNewProcess(program)).toEqual({ before: [], after: ["ai"], text: true, cost: { kind: "free" } });
});

test("a provider's package that is not installed is named with the command that installs it", async () => {
  const program = `${watching("@ai-sdk/openai-compatible")}
    console.log(JSON.stringify(await ask("ollama:m").then(() => "answered", (error) => error.message)));`;
  expect(await inNewProcess(program)).toBe(
    "The package @ai-sdk/openai-compatible is not installed. Run `npm install @ai-sdk/openai-compatible@3`. [package_missing]",
  );
});
