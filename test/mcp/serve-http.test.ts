import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { call, flujo as command, httpClient, ServedFolder } from "./served.ts";

vi.setConfig({ testTimeout: 60_000 });

/** `flujo mcp --http` as a process of its own. */
class HttpServed {
  readonly #child: ChildProcess;
  readonly url: string;
  readonly token: string;
  readonly stdout: string;

  private constructor(child: ChildProcess, stdout: string) {
    this.#child = child;
    this.stdout = stdout;
    const { url, token = "" } = JSON.parse(stdout) as { readonly url: string; readonly token?: string };
    this.url = url;
    this.token = token;
  }

  static async start(folder: string, ...args: readonly string[]): Promise<HttpServed> {
    const child = spawn(process.execPath, command("mcp", "programs.js", "--http", "0", "--json", ...args), {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    let stdout = "";
    while (!stdout.endsWith("}\n")) {
      const [chunk] = (await Promise.race([once(child.stdout, "data"), once(child, "close")])) as [unknown];
      if (!(chunk instanceof Buffer)) throw new Error(`It ended: ${said}`);
      stdout += chunk.toString();
    }
    return new HttpServed(child, stdout);
  }

  /** Tells it to stop, and gives its exit code. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, "close");
      this.#child.kill(signal);
      await ended;
    }
    return this.#child.exitCode;
  }
}

/** What a bare HTTP request is answered with. */
async function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
  method = "POST",
): Promise<{ readonly status: number; readonly body: string }> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
  const type = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  return new Promise((resolve, reject) => {
    const asking = request(url, { method, headers: { ...type, ...headers } }, (response) => {
      let said = "";
      response.on("data", (chunk: Buffer) => (said += chunk.toString()));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: said }));
    });
    asking.on("error", reject);
    asking.end(method === "POST" ? body : undefined);
  });
}

let folder: ServedFolder;
let served: HttpServed;
beforeAll(async () => {
  folder = new ServedFolder();
  served = await HttpServed.start(folder.path, "--wait", "1");
});
afterAll(async () => {
  await served.stop();
  folder[Symbol.dispose]();
});

describe("flujo mcp over HTTP", () => {
  test("says where it is, and the random token that opens it", () => {
    expect(new URL(served.url)).toMatchObject({ hostname: "127.0.0.1", pathname: "/mcp" });
    expect(served.token).toMatch(/^[0-9a-f]{32}$/);
    expect(JSON.parse(served.stdout)).toMatchObject({ tools: expect.arrayContaining(["greet_start"]) as unknown });
  });

  test("serves several clients, who see the same runs", async () => {
    const [ada, bob] = await Promise.all([httpClient(served.url, served.token), httpClient(served.url, served.token)]);
    const { report } = await call(ada, "approve_start", { amount: 5 });
    expect(report).toMatchObject({ status: "paused" });
    expect((await call(bob, "run_answer", { runId: report["runId"], value: { ok: false } })).report).toMatchObject({ output: "refused" });
    expect((await call(ada, "run_status", { runId: report["runId"] })).report).toMatchObject({ status: "succeeded", output: "refused" });
    await Promise.all([ada.close(), bob.close()]);
  });

  test("goes on with the runs of a client that has gone away", async () => {
    const client = await httpClient(served.url, served.token);
    const { report } = await call(client, "slow_start");
    expect(report).toMatchObject({ status: "running" });
    await client.close();
    folder.go();
    const next = await httpClient(served.url, served.token);
    await vi.waitFor(async () => {
      expect((await call(next, "run_status", { runId: report["runId"] })).report).toMatchObject({ status: "succeeded", output: "done" });
    }, 20_000);
    await next.close();
  });

  test.each<readonly [string, Readonly<Record<string, string>>, number]>([
    ["without a token", {}, 401],
    ["with a wrong token", { authorization: "Bearer 00000000000000000000000000000000" }, 401],
    ["under another name", { host: "evil.example", authorization: "right" }, 403],
    ["from a page of somebody else", { origin: "https://evil.example", authorization: "right" }, 403],
    ["in a session that is not there", { "mcp-session-id": "none", authorization: "right" }, 404],
    ["without a greeting", { authorization: "right" }, 400],
  ])("refuses a client %s", async (_what, headers, status) => {
    const shown = headers["authorization"] === "right" ? { ...headers, authorization: `Bearer ${served.token}` } : headers;
    const answer = await ask(served.url, shown);
    expect(answer.status).toBe(status);
    expect(answer.body).not.toContain(served.token);
    expect(answer.body).not.toContain("greet_start");
  });

  test("has nothing beside its one path", async () => {
    expect((await ask(served.url.replace("/mcp", "/"), { authorization: `Bearer ${served.token}` })).status).toBe(404);
  });

  test("refuses a port that is taken, and says so", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const child = spawn(process.execPath, command("mcp", "programs.js", "--http", `${port}`), {
      cwd: folder.path,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, "close")) as [number];
    taken.close();
    expect(code).toBe(2);
    expect(said).toContain(`Port ${port} of 127.0.0.1 cannot be had: somebody else listens there.`);
  });

  test("takes a token of ours, does not print it, and parks its runs when it is told to stop", async () => {
    using own = new ServedFolder();
    const mine = await HttpServed.start(own.path, "--token", "my-own-token", "--wait", "0");
    expect(mine.stdout).not.toContain("my-own-token");
    const client = await httpClient(mine.url, "my-own-token");
    const { report } = await call(client, "slow_start");
    await vi.waitFor(() => expect(own.effects()).toEqual(["counted"]), 20_000);
    expect(await mine.stop("SIGTERM")).toBe(130);
    await client.close();
    await using flujo = own.recorded();
    expect(await flujo.find(String(report["runId"]))).toMatchObject({ status: "stopped" });
  });

  test("ends when it is told to, with clients that are still there", async () => {
    using own = new ServedFolder();
    const mine = await HttpServed.start(own.path);
    const client = await httpClient(mine.url, mine.token);
    expect(await mine.stop("SIGINT")).toBe(130);
    await client.close();
  });
});
