import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const INDEX = new URL("../../src/index.ts", import.meta.url).href;

/** What a process loads while it runs a program: its own words come first, then the modules. */
function loadedBy(program: string): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "flujo-loads-"));
  const script = `
    import { registerHooks } from "node:module";
    const loaded = [];
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
    const { agent, Flujo, pipeline, step } = await import(${JSON.stringify(INDEX)});
    const flujo = new Flujo({ state: ${JSON.stringify(`sqlite:${join(folder, "state.db")}`)} });
    const result = await flujo.run(${program}, "in");
    await flujo.close();
    process.stdout.write([result.status, ...loaded].join("\\n"));`;
  try {
    return execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" }).split("\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const OF_MODELS = /\/node_modules\/(?:ai|@ai-sdk|undici|@modelcontextprotocol|@pydantic|zod)\/|\/src\/(?:agents|mcp|web)\//;

test("a pipeline without agents loads nothing that has to do with models, tool servers or web pages", () => {
  const [status, ...loaded] = loadedBy('pipeline({ name: "p" }).step(step("a", (text) => text))');
  expect(status).toBe("succeeded");
  expect(loaded.filter((url) => OF_MODELS.test(url))).toEqual([]);
});

test("a run with an agent does, so that the test above can tell", () => {
  const [status, ...loaded] = loadedBy('agent({ name: "a", model: "offline:extract", instructions: "Say it." })');
  expect(status).toBeDefined();
  expect(loaded.filter((url) => OF_MODELS.test(url))).not.toEqual([]);
});
