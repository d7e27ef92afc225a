import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { agent, asTool, background, Flujo, mcpServer, pipeline, step } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import { scriptedModel } from "../../src/testing/index.ts";

const folder = mkdtempSync(join(tmpdir(), "flujo-examine-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SERVER = fileURLToPath(new URL("../mcp/child-server.ts", import.meta.url));
/** Nothing of this machine is asked: no HTTP client goes to port 1. */
const env = { OLLAMA_BASE_URL: "http://127.0.0.1:1/v1", LMSTUDIO_BASE_URL: "http://127.0.0.1:1/v1" };
const sample = mcpServer({ name: "sample", command: process.execPath, args: [SERVER], tools: ["echo", "add", "sing"] });
const dead = mcpServer({ name: "dead", command: join(folder, "not-there"), prefix: "dead_" });

test("the models and tool servers of programs are looked at, wherever their agents stand, each once", async () => {
  const inner = agent({
    name: "inner",
    model: "openai:gpt-5-mini",
    instructions: "",
    input: z.object({ a: z.string() }),
    mcpServers: [sample],
  });
  const outer = agent({
    name: "outer",
    model: scriptedModel([], { provider: "acme", modelId: "large" }),
    instructions: "",
    mcpServers: [sample, dead],
    tools: [asTool(inner, { description: "asks" })],
  });
  const program = pipeline({ name: "p" }).map(outer, { name: "all" });
  await using flujo = new Flujo({ env });
  const found = await flujo.examine({ programs: [program, agent({ name: "late", model: "openai:gpt-5-mini", instructions: "" })] });
  expect(found.programs).toEqual([
    { name: "p", problem: null },
    { name: "late", problem: null },
  ]);
  expect(found.models).toEqual([
    { model: "acme:large", agents: ["p/all[]"], problem: null },
    {
      model: "openai:gpt-5-mini",
      agents: ["p/all[]/turn[]/tool[]/inner", "late"],
      problem: {
        code: "api_key_missing",
        message: expect.stringContaining("OPENAI_API_KEY is not set"),
        remedy: expect.stringContaining("Set OPENAI_API_KEY"),
      },
    },
  ]);
  expect(found.toolServers).toMatchObject([
    {
      name: "sample",
      agents: ["p/all[]", "p/all[]/turn[]/tool[]/inner"],
      tools: expect.arrayContaining(["echo", "add", "wait"]),
      missing: ["sing"],
      problem: null,
    },
    {
      name: "dead",
      agents: ["p/all[]"],
      tools: null,
      problem: { code: "tool_server_failed", message: expect.stringContaining("there is no program") },
    },
  ]);
});

test("so are those of programs that are started in the background, at whatever depth", async () => {
  const late = agent({ name: "late", model: "openai:gpt-5-mini", instructions: "" });
  const started = pipeline({ name: "started" }).step(background(pipeline({ name: "deeper" }).step(late)));
  await using flujo = new Flujo({ env });
  const found = await flujo.examine({ programs: [pipeline({ name: "p" }).step(background(started))] });
  expect(found.programs).toEqual([{ name: "p", problem: null }]);
  expect(found.models).toMatchObject([{ model: "openai:gpt-5-mini", agents: ["deeper/late"], problem: { code: "api_key_missing" } }]);
});

test("with another model for all, it is that one that is looked at", async () => {
  await using flujo = new Flujo({ env });
  const programs = [agent({ name: "a", model: "openai:gpt-5-mini", instructions: "" })];
  expect((await flujo.examine({ programs, model: "offline:extract" })).models).toEqual([
    { model: "offline:extract", agents: ["a"], problem: null },
  ]);
});

test("a program that does not fit together is told, and the others are looked at all the same", async () => {
  await using flujo = new Flujo({ env });
  const same = step("same", (n: number) => n);
  const twins = pipeline({ name: "twins" }).step(same).step(same);
  const well = agent({ name: "well", model: "offline:extract", instructions: "" });
  const { programs, models } = await flujo.examine({ programs: [twins, well] });
  expect(programs).toMatchObject([
    { name: "twins", problem: { code: "pipeline_invalid" } },
    { name: "well", problem: null },
  ]);
  expect(models).toMatchObject([{ model: "offline:extract", problem: null }]);
});

test("looking at a state opens none: a file that is not there is not made", async () => {
  const file = join(folder, "deep/state.db");
  await using durable = new Flujo({ env, state: `sqlite:${file}` });
  expect((await durable.examine()).state).toMatchObject({ kind: "sqlite", file, exists: false, problem: null });
  expect(readdirSync(folder)).toEqual([]);
  await using inMemory = new Flujo({ env });
  expect((await inMemory.examine()).state).toEqual({ kind: "memory" });
  await using own = new Flujo({ env, state: memoryStore() });
  expect((await own.examine()).state).toEqual({ kind: "own" });
  await using nowhere = new Flujo({ env, state: "postgres://x" as never });
  expect((await nowhere.examine()).state).toMatchObject({
    kind: "unknown",
    problem: { code: "usage_invalid", message: expect.stringContaining("postgres://x") },
  });
});

test("who has had enough of looking is not kept by a server that never answers", async () => {
  const mute = mcpServer({
    name: "mute",
    command: process.execPath,
    args: ["-e", "setInterval(() => {}, 1000)"],
    connectTimeoutMs: 60_000,
  });
  await using flujo = new Flujo({ env });
  const controller = new AbortController();
  const looking = flujo.examine({
    programs: [agent({ name: "a", model: "offline:extract", instructions: "", mcpServers: [mute] })],
    signal: controller.signal,
  });
  setImmediate(() => controller.abort(new Error("enough")));
  await expect(looking).rejects.toThrow("enough");
});
