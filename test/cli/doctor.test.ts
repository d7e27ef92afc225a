import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { sha256 } from "../../src/base/hash.ts";
import { widthOf } from "../../src/cli/terminal/index.ts";
import { documentOf, Workshop } from "./harness.ts";
import { PROGRAMS } from "./programs.ts";

const SERVER = fileURLToPath(new URL("../mcp/child-server.ts", import.meta.url));
const KEY = "sk-proj-Aa1Bb2Cc3Dd4Ee5Ff6Gg7Hh8";
/** Nothing of this machine is asked: no HTTP client goes to port 1. */
const NOBODY = { OLLAMA_BASE_URL: "http://127.0.0.1:1/v1", LMSTUDIO_BASE_URL: "http://127.0.0.1:1/v1" };

/** A server that lists its models to whoever has the key. */
async function modelServer() {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const isKnown = request.headers.authorization === `Bearer ${KEY}` || request.url?.startsWith("/ollama") === true;
    response.writeHead(isKnown ? 200 : 401, { "content-type": "application/json" });
    response.end(
      JSON.stringify(
        isKnown ? { data: [{ id: "gpt-5-mini" }, { id: "qwen3:8b" }] } : { error: { message: `wrong: ${request.headers.authorization}` } },
      ),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** The files of a folder, and of the state in it. */
function contentsOf(folder: string): Readonly<Record<string, string>> {
  const files = [folder, join(folder, ".flujo")].flatMap((each) =>
    readdirSync(each, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [join(each, entry.name)] : [])),
  );
  return Object.fromEntries(files.map((file) => [file, sha256(readFileSync(file))]));
}

test("without anything set up all that is needed is there, and what could be set up is told with how", async () => {
  using shop = new Workshop();
  const { stdout, stderr, code } = await shop.flujo(["doctor"], { env: NOBODY });
  expect(stdout).toMatch(/^✔ flujo +\d+\.\d+\.\d+ on \S+\n✔ Node +\d+\.\d+\.\d+, which is supported/);
  expect(stdout).toMatch(/✔ state +\.flujo\/state\.db is not there yet; the first run makes it\n/);
  expect(stdout).toMatch(/· openai +no key · @ai-sdk\/openai 4\.\S+ · at https:\/\/api\.openai\.com\/v1\n +Set OPENAI_API_KEY\.\n/);
  expect(stdout).toMatch(/· openai-compatible +not set up: nobody says where it is\n +Set OPENAI_COMPATIBLE_BASE_URL/);
  expect(stdout).toMatch(/· ollama +127\.0\.0\.1:1 cannot be reached: [^\n]*fine where you do not use it\n/);
  expect(stdout).toMatch(/✔ package +@modelcontextprotocol\/sdk 1\.\S+ \(for tool servers\)\n/);
  expect(stdout).toMatch(/✔ Nothing that is needed is wrong\.\n$/);
  expect(stdout + stderr).not.toContain("\u001B");
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  expect(existsSync(shop.path(".flujo"))).toBe(false);
});

test("the state is told with its runs, and looking at it leaves the folder as it is", async () => {
  using shop = new Workshop(PROGRAMS);
  expect((await shop.flujo(["run", "shout.ts", "-i", "x", "-q"])).code).toBe(0);
  expect((await shop.flujo(["run", "asks.ts", "-i", "x", "-q"])).code).toBe(3);
  const before = contentsOf(shop.folder);
  const ended = await shop.flujo(["doctor"], { env: NOBODY });
  expect(ended.stdout).toMatch(
    /✔ state +\.flujo\/state\.db: 2 runs \((?:1 paused, 1 succeeded|1 succeeded, 1 paused)\) · layout \d+ · journal mode WAL · writable\n/,
  );
  expect(contentsOf(shop.folder)).toEqual(before);
  writeFileSync(shop.path("diary.txt"), "this is my diary ".repeat(40));
  const wrong = await shop.flujo(["doctor", "--state", "sqlite:diary.txt"], { env: NOBODY });
  expect(wrong.stdout).toMatch(/✖ state +The state file \S*diary\.txt cannot be used: it is not a SQLite database\.\n/);
  expect(wrong.stdout).toContain("✖ 1 problem, marked ✖ above.");
  expect(wrong.code).toBe(2);
  expect((await shop.flujo(["doctor", "--state", "postgres://x"], { env: NOBODY })).stdout).toMatch(
    /✖ state +"postgres:\/\/x" is no place for state\.\n/,
  );
});

test("the models and tool servers of a file are looked at; each that cannot be used is a problem with its remedy", async () => {
  using shop = new Workshop({
    "well.ts": `import { agent, mcpServer } from "flujo";
const sample = mcpServer({ name: "sample", command: ${JSON.stringify(process.execPath)}, args: [${JSON.stringify(SERVER)}] });
export default agent({ name: "helper", model: "offline:extract", instructions: "x", mcpServers: [sample] });
`,
    "ill.ts": `import { agent, mcpServer, pipeline, step } from "flujo";
const dead = mcpServer({ name: "dead", command: "no-such-program-anywhere", env: { TOKEN: "${KEY}" } });
const sample = mcpServer({ name: "sample", command: ${JSON.stringify(process.execPath)}, args: [${JSON.stringify(SERVER)}], tools: ["echo", "sing"] });
export const keyless = agent({ name: "keyless", model: "openai:gpt-5-mini", instructions: "x", mcpServers: [dead, sample] });
export const unknown = agent({ name: "unknown", model: "opnai:gpt-5-mini", instructions: "x" });
const same = step("same", (n: number) => n);
export const twins = pipeline({ name: "twins" }).step(same).step(same);
`,
  });
  const well = await shop.flujo(["doctor", "well.ts"], { env: NOBODY });
  expect(well.stdout).toMatch(
    /\nwell\.ts\n✔ helper +a program that fits together\n✔ offline:extract +can be called, by helper\n✔ sample +tool server with \d+ tools: echo, add, .*, and \d+ more \(/,
  );
  expect(well.code).toBe(0);
  const ill = await shop.flujo(["doctor", "ill.ts"], { env: NOBODY });
  expect(ill.stdout).toMatch(
    /✖ openai:gpt-5-mini +openai:gpt-5-mini needs an API key, and OPENAI_API_KEY is not set\.\n +Set OPENAI_API_KEY/,
  );
  expect(ill.stdout).toMatch(/✖ opnai:gpt-5-mini +There is no provider "opnai"[^\n]*Did you mean "openai"/);
  expect(ill.stdout).toMatch(
    /✖ dead +The tool server "dead" cannot be started: there is no program no-such-program-anywhere\.\n +Check its `command`/,
  );
  expect(ill.stdout).toMatch(/✔ sample +tool server[^\n]*\n✖ sample +its agents are to use sing, which it does not have\n +Mend the names/);
  expect(ill.stdout).toMatch(/✖ twins +twins[^\n]*same/);
  expect(ill.stdout).toContain("✖ 5 problems");
  expect(ill.stdout + ill.stderr).not.toContain("sk-proj");
  expect(ill.code).toBe(2);
  expect((await shop.flujo(["doctor", "ill.ts#unknown", "--model", "offline:extract"], { env: NOBODY })).code).toBe(0);
});

test("a file that cannot be loaded is a finding; everything else is looked at all the same", async () => {
  using shop = new Workshop({ "bad.ts": "export const a = ;" });
  const ended = await shop.flujo(["doctor", "bad.ts"], { env: NOBODY });
  expect(ended.stdout).toMatch(/✔ Node [^]*\nbad\.ts\n✖ file +[^\n]*bad\.ts:1[^\n]*Expression expected/);
  expect(ended.code).toBe(2);
  expect((await shop.flujo(["doctor", "gone.ts"], { env: NOBODY })).stdout).toMatch(/✖ file +There is no file gone\.ts\./);
});

test("--ping asks who is set up, and only then; a key is never shown, whoever refuses it", async () => {
  await using server = await modelServer();
  using shop = new Workshop();
  const env = { ...NOBODY, OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${server.url}/v1` };
  const quiet = await shop.flujo(["doctor"], { env });
  expect(server.asked).toEqual([]);
  expect(quiet.stdout).toMatch(/✔ openai +key in OPENAI_API_KEY · @ai-sdk\/openai \S+ · at http:\/\/127\.0\.0\.1:\d+\/v1\n/);
  const asked = await shop.flujo(["doctor", "--ping"], { env });
  expect(asked.stdout).toMatch(/✔ openai +key in OPENAI_API_KEY · .* · answers, with 2 models \(\d+ ms\)\n/);
  const refused = await shop.flujo(["doctor", "--ping"], { env: { ...env, OPENAI_API_KEY: `${KEY}-old` } });
  expect(refused.stdout).toMatch(
    /✖ openai +127\.0\.0\.1:\d+ refuses the key \(HTTP 401\)\.\n +Check OPENAI_API_KEY: that it is whole, and not revoked\.\n/,
  );
  expect(refused.code).toBe(2);
  const json = await shop.flujo(["doctor", "--ping", "--json"], { env: { ...env, OPENAI_API_KEY: `${KEY}-old` } });
  for (const { stdout, stderr } of [quiet, asked, refused, json]) expect(stdout + stderr).not.toMatch(/sk-proj|Aa1Bb2/);
});

test("a model that Ollama does not have is told with the command that brings it", async () => {
  await using server = await modelServer();
  using shop = new Workshop({
    "local.ts": `import { agent } from "flujo";
export const there = agent({ name: "there", model: "ollama:qwen3:8b", instructions: "x" });
export const missing = agent({ name: "missing", model: "ollama:gemma3", instructions: "x" });
`,
  });
  const env = { ...NOBODY, OLLAMA_BASE_URL: `${server.url}/ollama` };
  const { stdout, code } = await shop.flujo(["doctor", "local.ts"], { env });
  expect(stdout).toMatch(/✔ ollama +no key needed · .* · answers, with 2 models/);
  expect(stdout).toMatch(/✔ ollama:qwen3:8b +can be called, by there\n/);
  expect(stdout).toMatch(/✖ ollama:gemma3 +Ollama does not have this model\n +Run `ollama pull gemma3`\.\n/);
  expect(code).toBe(2);
  const down = await shop.flujo(["doctor", "local.ts#there"], { env: NOBODY });
  expect(down.stdout).toMatch(/✖ ollama +127\.0\.0\.1:1 cannot be reached/);
  expect(down.stdout).toMatch(/· ollama:qwen3:8b +is set up, but ollama does not answer: see above\n/);
});

test("--json has every finding and the facts behind it", async () => {
  using shop = new Workshop(PROGRAMS);
  const ended = await shop.flujo(["doctor", "agent.ts#keyless", "--json"], { env: NOBODY });
  expect(documentOf(ended)).toMatchObject({
    ok: false,
    problems: 1,
    machine: { node: process.versions.node, loadsTypeScript: true },
    findings: expect.arrayContaining([
      {
        section: "agent.ts#keyless",
        level: "problem",
        about: "openai:gpt-5-mini",
        found: expect.any(String),
        remedy: expect.stringContaining("Set OPENAI_API_KEY"),
      },
    ]),
    state: { kind: "sqlite", exists: false },
    providers: expect.arrayContaining([expect.objectContaining({ name: "openai", reach: null })]),
    models: [{ model: "openai:gpt-5-mini", problem: { code: "api_key_missing" } }],
    toolServers: [],
  });
  expect(ended.code).toBe(2);
});

test("at a terminal it is in colour, and no line is wider than that", async () => {
  using shop = new Workshop(PROGRAMS);
  for (const columns of [50, 80, 120]) {
    const { stdout } = await shop.atTerminal(["doctor", "agent.ts#unknown"], { env: NOBODY, columns, rows: 60 });
    expect(stdout).toContain("\u001B[32m✔");
    expect(stdout).toContain("\u001B[31m✖");
    const lines = stdout.replace(/\u001B\[[\d;?]*[A-Za-z]/g, "").split(/\r?\n/);
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
  }
});
