import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createOpenAI } from "@ai-sdk/openai";
import { fetch as undiciFetch } from "undici";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { offline } from "../../../src/base/network/closed-network.ts";
import type { Failure, FlujoOptions, LanguageModelObject, RunResult, Step } from "../../../src/index.ts";
import { agent, file, Flujo, mcpServer, pipeline, step } from "../../../src/index.ts";
import { scriptedModel, startModelServer } from "../../../src/testing/index.ts";
import { documentOf, Workshop } from "../../cli/harness.ts";
import { PROGRAMS } from "../../cli/programs.ts";
import { Evidence } from "../../mcp/evidence.ts";
import { type RealServers, startRealServers } from "./real-servers.ts";

let servers: RealServers;
beforeEach(async () => {
  servers = await startRealServers();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await new Flujo().close(); // looks at the environment, which says nothing of the network any more
  await servers.close();
});

/** What a run fails with as `FLUJO_OFFLINE=1` has it. */
async function failureOf(program: Step<string, unknown, any>, input: string, options: FlujoOptions = {}): Promise<Failure> {
  vi.stubEnv("FLUJO_OFFLINE", "1");
  await using flujo = new Flujo({ env: {}, ...options });
  const result: RunResult<unknown> = await flujo.run(program, input);
  if (result.status !== "failed") throw new Error(`It has ${result.status}.`);
  return result.failure;
}

const url = () => `http://127.0.0.1:${servers.port}/`;
const label = (model: string | LanguageModelObject) =>
  agent({ name: "label", model, instructions: "Classify.", input: z.string(), retry: { retries: 3, firstDelayMs: 1 } });

describe("with FLUJO_OFFLINE=1", () => {
  it("a model of a provider fails at once, without a key, in one sentence, and is not tried again", async () => {
    const { code, message, retryable } = await failureOf(pipeline({ name: "sort" }).step(label("openai:gpt-5-mini")), "It fails.");
    expect({ code, message, retryable }).toStrictEqual({
      code: "offline",
      message: "sort/label/turn[0] wanted to call openai:gpt-5-mini, but the network is closed (FLUJO_OFFLINE=1).",
      retryable: false,
    });
  });

  it("a model server on this machine is not asked either, named by a variable, by an option, or behind an object", async () => {
    await using server = await startModelServer(["never said"]);
    const baseURL = `${server.url}/v1`;
    expect((await failureOf(label("openai:gpt-5-mini"), "x", { env: server.env })).code).toBe("offline");
    expect((await failureOf(label("mine:m"), "x", { providers: { mine: { baseURL } } })).code).toBe("offline");
    const behindAnObject = await failureOf(label(createOpenAI({ baseURL, apiKey: "k" })("gpt-5-mini")), "x");
    expect(behindAnObject).toMatchObject({ code: "offline", retryable: false });
    expect(behindAnObject.message).toMatch(
      /^label\/turn\[0\] wanted to connect to (127\.0\.0\.1|localhost):\d+, but the network is closed/,
    );
    expect(server.requests).toHaveLength(0);
  });

  it("models that need no network answer: the one built in, and objects", async () => {
    vi.stubEnv("FLUJO_OFFLINE", "1");
    await using flujo = new Flujo({ env: {}, models: { "openai:mine": scriptedModel(["by name"]) } });
    expect((await flujo.run(label("offline:extract"), "I was charged twice.")).status).toBe("succeeded");
    expect((await flujo.run(label(scriptedModel(["by object"])), "x")).unwrap()).toBe("by object");
    expect((await flujo.run(label("openai:mine"), "x")).unwrap()).toBe("by name");
  });

  it("a tool server is neither started nor called", async () => {
    using evidence = new Evidence();
    const worker = (server: ReturnType<typeof mcpServer>) =>
      agent({ name: "worker", model: scriptedModel(["done"]), instructions: "Work.", mcpServers: [server] });
    const started = await failureOf(worker(mcpServer({ name: "sample", ...evidence.server() })), "x");
    expect(started).toMatchObject({ code: "offline", retryable: false });
    expect(started.message).toMatch(/wanted to use the tool server "sample", but the network is closed \(FLUJO_OFFLINE=1\)/);
    expect(evidence.lines).toStrictEqual([]);
    expect((await failureOf(worker(mcpServer({ name: "far", url: `${url()}mcp` })), "x")).code).toBe("offline");
    expect(servers.arrived()).toBe(0);
  });

  it("a step that reaches out fails with its own path, once, however its client puts it", async () => {
    const tries = { fetch: 0, undici: 0, wrapped: 0 };
    const steps: Readonly<Record<keyof typeof tries, (address: string) => Promise<unknown>>> = {
      fetch: (address) => fetch(address),
      undici: (address) => undiciFetch(address),
      wrapped: async (address) => {
        try {
          return await undiciFetch(address);
        } catch (cause) {
          throw new Error("The client is unhappy.", { cause });
        }
      },
    };
    for (const name of ["fetch", "undici", "wrapped"] as const) {
      const run = async (address: string): Promise<string> => {
        tries[name]++;
        return String(await steps[name](address));
      };
      const failure = await failureOf(pipeline({ name: "p" }).step(step({ name, retry: { retries: 5, firstDelayMs: 1 }, run })), url());
      expect(failure).toMatchObject({ code: "offline", retryable: false });
      expect(failure.message).toBe(
        `p/${name} wanted to connect to 127.0.0.1:${servers.port}, but the network is closed (FLUJO_OFFLINE=1).`,
      );
    }
    expect(tries).toStrictEqual({ fetch: 1, undici: 1, wrapped: 1 });
    expect(servers.arrived()).toBe(0);
  });

  it("a file from the web is not fetched", async () => {
    const read = step("read", async (address: string) => (await file(address)).mediaType);
    expect((await failureOf(read, url())).code).toBe("offline");
    expect(servers.arrived()).toBe(0);
  });

  it("the process is open again for a Flujo that is made when the variable is gone", async () => {
    const get = step("get", async (address: string) => (await fetch(address)).status);
    expect((await failureOf(get, url())).code).toBe("offline");
    vi.unstubAllEnvs();
    await using flujo = new Flujo();
    expect((await flujo.run(get, url())).unwrap()).toBe(200);
  });

  it("the command line runs a pipeline against a state file, and says what was refused", async () => {
    const got: string[] = [];
    const server = createServer((request, response) => {
      got.push(request.url ?? "");
      response.end("ok");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    using shop = new Workshop({
      ...PROGRAMS,
      "reaches.ts": `import { step } from "flujo";\nexport default step("reaches", async (path: string) => (await fetch("${at}/" + path)).status);\n`,
      "early.ts": `import { step } from "flujo";\nawait fetch("${at}/early").catch(() => undefined);\nexport default step("early", (text: string) => text);\n`,
    });
    const env = { FLUJO_OFFLINE: "1", OPENAI_API_KEY: "k", OPENAI_BASE_URL: at };
    const offlineModel = await shop.flujo(["run", "agent.ts#offline", "-i", "charged twice"], { env });
    expect(offlineModel.code).toBe(0);
    const keyless = await shop.flujo(["run", "agent.ts#keyless", "-i", "charged twice", "--json"], { env });
    expect(documentOf(keyless)).toMatchObject({ status: "failed", failure: { code: "offline" } });
    expect(keyless.code).not.toBe(0);
    const reaches = await shop.flujo(["run", "reaches.ts", "-i", "x"], { env });
    expect(reaches.stderr).toContain(`reaches wanted to connect to ${at.slice(7)}, but the network is closed (FLUJO_OFFLINE=1).`);
    expect((await shop.flujo(["run", "early.ts", "-q", "-i", "x"], { env })).stdout).toBe("x\n");
    expect(got).toStrictEqual([]);
    expect((await shop.flujo(["run", "reaches.ts", "-q", "-i", "x"])).stdout).toBe("200\n");
    expect(got).toStrictEqual(["/x"]);
    await new Promise((resolve) => server.close(resolve));
  });
});

describe("offline()", () => {
  it("holds in all that a run does, and leaves another run at the same time alone", async () => {
    const get = pipeline({ name: "p" })
      .sleep("a moment", 20)
      .map(
        step("get", async (address: string) => (await fetch(address)).status),
        { concurrency: 3 },
      );
    await using flujo = new Flujo();
    const addresses = Array.from({ length: 6 }, url);
    const [closed, open] = await Promise.all([offline(() => flujo.run(get, addresses)), flujo.run(get, addresses)]);
    expect(closed).toMatchObject({ status: "failed", failure: { code: "offline", retryable: false } });
    expect(open.unwrap()).toStrictEqual(addresses.map(() => 200));
  });
});
