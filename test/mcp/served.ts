import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Flujo } from "../../src/index.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BIN = fileURLToPath(new URL("../../bin/flujo.js", import.meta.url));
const STARTED = ["--conditions=flujo-src", "--disable-warning=ExperimentalWarning", BIN];

/** The arguments of Node that start our command line. */
export function flujo(...args: readonly string[]): string[] {
  return [...STARTED, ...args];
}

/** The package's own client, connected to `flujo mcp` that it has started itself. */
export class StartedClient implements AsyncDisposable {
  readonly client = new Client({ name: "test", version: "1" });
  readonly #transport: StdioClientTransport;
  #stderr = "";

  private constructor(folder: string, args: readonly string[]) {
    const { PATH = "", NODE_COMPILE_CACHE = "" } = process.env;
    const env = { PATH, HOME: folder, NODE_COMPILE_CACHE };
    this.#transport = new StdioClientTransport({
      command: process.execPath,
      args: flujo("mcp", ...args),
      cwd: folder,
      env,
      stderr: "pipe",
    });
    this.#transport.stderr?.on("data", (chunk: Buffer) => {
      this.#stderr += chunk.toString();
    });
  }

  static async start(folder: string, ...args: readonly string[]): Promise<StartedClient> {
    const started = new StartedClient(folder, args);
    try {
      await started.client.connect(started.#transport);
    } catch (error) {
      throw new Error(`It could not be connected to: ${started.#stderr}`, { cause: error });
    }
    return started;
  }

  get pid(): number {
    return this.#transport.pid ?? 0;
  }

  get stderr(): string {
    return this.#stderr;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
  }
}

/** The package's own client over HTTP. */
export async function httpClient(url: string, token: string): Promise<Client> {
  const client = new Client({ name: "test", version: "1" });
  const headers = { authorization: `Bearer ${token}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  return client;
}

/** What a call gave. */
export interface Told {
  readonly isError: boolean;
  readonly text: string;
  readonly report: Readonly<Record<string, unknown>>;
}

export async function call(
  client: Client,
  name: string,
  args: Record<string, unknown> = {},
  meta?: Record<string, unknown>,
): Promise<Told> {
  const params = { name, arguments: args, ...(meta === undefined ? {} : { _meta: meta }) };
  const result = (await client.callTool(params)) as CallToolResult;
  const [first] = result.content;
  return {
    isError: result.isError === true,
    text: first?.type === "text" ? first.text : "",
    report: result.structuredContent ?? {},
  };
}

/** A folder with programs to be served, such as a user has. */
export class ServedFolder implements Disposable {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), "flujo-served-")));

  constructor() {
    mkdirSync(join(this.path, "node_modules"));
    symlinkSync(ROOT, join(this.path, "node_modules/flujo"));
    symlinkSync(join(ROOT, "node_modules/zod"), join(this.path, "node_modules/zod"));
    writeFileSync(join(this.path, "package.json"), '{ "type": "module" }');
    writeFileSync(join(this.path, "programs.js"), programsIn(this.path));
  }

  /** Lets the slow program come to its end. */
  go(): void {
    writeFileSync(join(this.path, "go"), "");
  }

  /** What the slow program has done. */
  effects(): readonly string[] {
    return readFileSync(join(this.path, "effects"), "utf8").trim().split("\n");
  }

  /** The runs on record. */
  recorded(): Flujo {
    return new Flujo({ state: `sqlite:${join(this.path, ".flujo/state.db")}` });
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Programs to be served, with steps that wait for a file called `go`. */
function programsIn(folder: string): string {
  return `
import { existsSync, appendFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { pipeline, step } from "flujo";
import { z } from "zod";

console.log("This is printed by the file itself.");

export const greet = pipeline({ name: "greet", input: z.object({ name: z.string() }) }).step(
  step("hello", ({ name }) => ({ said: "Hello " + name })),
);
export const double = pipeline({ name: "double", input: z.number() }).step(step("twice", (n) => 2 * n));
export const fail = pipeline({ name: "fail" }).step(step("breaks", () => { throw new Error("The table is locked."); }));
export const slow = pipeline({ name: "slow", input: z.object({}) })
  .step(step("counted", (input) => { appendFileSync(${JSON.stringify(join(folder, "effects"))}, "counted\\n"); return input; }))
  .step(step("waits", async (_input, { signal }) => {
    while (!existsSync(${JSON.stringify(join(folder, "go"))})) await setTimeout(20, undefined, { signal });
    return "done";
  }));
export const approve = pipeline({ name: "approve", input: z.object({ amount: z.number() }) })
  .human("sign", { show: ({ output }) => output, answer: z.object({ ok: z.boolean() }) })
  .step(step("conclude", ({ answer }) => (answer.ok ? "paid" : "refused")));
`;
}
