import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { McpServer } from "../../src/index.ts";
import { agent, Flujo, mcpServer, pipeline, tool } from "../../src/index.ts";
import type { FlujoOptions, RunResult } from "../../src/index.ts";
import type { ModelScript, ScriptedModel } from "../../src/testing/index.ts";
import { ManualClock, scriptedModel } from "../../src/testing/index.ts";
import { z } from "zod";
import { Evidence, isThere } from "./evidence.ts";
import { HttpServer } from "./http-server.ts";
import { PIXEL } from "./sample-server.ts";
import { flujo as flujoCommand, ServedFolder } from "./served.ts";

vi.setConfig({ testTimeout: 60_000 });

let evidence: Evidence;
const open: Flujo[] = [];
beforeEach(() => {
  evidence = new Evidence();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((flujo) => flujo.close()));
  evidence[Symbol.dispose]();
});

function flujo(options: FlujoOptions = {}): Flujo {
  const made = new Flujo(options);
  open.push(made);
  return made;
}

/** An agent on a script with these servers, and what its model was told. */
function worker(script: ModelScript, mcpServers: readonly McpServer[]) {
  const model = scriptedModel(script);
  const program = pipeline({ name: "p" }).step(agent({ name: "worker", model, instructions: "Work.", mcpServers }));
  return { program, model };
}

const calls = (tool: string, input: unknown = {}) => ({ calls: [{ tool, input }] });
const offered = (model: ScriptedModel, at: number): readonly string[] => (model.calls[at]?.options.tools ?? []).map(({ name }) => name);
const told = (model: ScriptedModel, at: number): string => JSON.stringify(model.calls[at]?.options.prompt);
const outputOf = (result: RunResult<unknown>): unknown => result.unwrap();

describe("an agent with a tool server", () => {
  test("is offered its tools with their schemas, calls them, and is told their answers", async () => {
    const { program, model } = worker([calls("add", { a: 20, b: 22 }), "42"], [mcpServer({ name: "sample", ...evidence.server() })]);
    expect(outputOf(await flujo().run(program, "20 + 22"))).toBe("42");
    const add = model.calls[0]?.options.tools?.find(({ name }) => name === "add");
    expect(add).toMatchObject({
      type: "function",
      description: "Adds.",
      inputSchema: { type: "object", properties: { a: { type: "number" }, b: { type: "number" } }, required: ["a", "b"] },
    });
    expect(told(model, 1)).toContain('{"sum":42}');
    expect(evidence.lines.filter((line) => line === "add 20 22")).toHaveLength(1);
  });

  test("over HTTP as well", async () => {
    const server = await new HttpServer().start();
    const { program, model } = worker([calls("echo", { text: "over the wire" }), "ok"], [mcpServer({ name: "remote", url: server.url })]);
    expect(outputOf(await flujo().run(program, "go"))).toBe("ok");
    expect(told(model, 1)).toContain("over the wire");
    await Promise.all(open.splice(0).map((each) => each.close()));
    await server.crash();
  });

  test("starts a pipeline that another Flujo serves, once for all attempts at the call", async () => {
    using folder = new ServedFolder();
    const desk = mcpServer({ name: "desk", command: process.execPath, args: flujoCommand("mcp", "programs.js"), cwd: folder.path });
    const { program, model } = worker([calls("greet_start", { name: "Ada" }), "greeted"], [desk]);
    const one = flujo();
    expect(outputOf(await one.run(program, "greet Ada"))).toBe("greeted");
    expect(told(model, 1)).toContain('"said":"Hello Ada"');
    await one.close();
    await using served = folder.recorded();
    expect((await served.list()).map(({ runId, status }) => [runId.slice(0, 4), status])).toEqual([["mcp-", "succeeded"]]);
  });

  test("is offered what its allow-list names, and told of no other", async () => {
    const server = mcpServer({ name: "sample", ...evidence.server(), tools: ["echo", "add"] });
    const { program, model } = worker([calls("environment"), "as you like"], [server]);
    expect(outputOf(await flujo().run(program, "go"))).toBe("as you like");
    expect(offered(model, 0)).toEqual(["echo", "add"]);
    expect(told(model, 1)).toContain('There is no tool \\"environment\\". Those there are: echo, add.');
  });

  test("calls a tool by a name that providers take, with the prefix of its server", async () => {
    const server = mcpServer({ name: "sample", ...evidence.server(), prefix: "s_", tools: ["notes.read"] });
    const { program, model } = worker([calls("s_notes_read"), "read"], [server]);
    expect(outputOf(await flujo().run(program, "go"))).toBe("read");
    expect(offered(model, 0)).toEqual(["s_notes_read"]);
    expect(told(model, 1)).toContain("the note");
  });

  test("is offered a tool that has come while it works", async () => {
    const { program, model } = worker([calls("grow"), calls("grown"), "grown up"], [mcpServer({ name: "sample", ...evidence.server() })]);
    expect(outputOf(await flujo().run(program, "go"))).toBe("grown up");
    expect(offered(model, 0)).not.toContain("grown");
    expect(offered(model, 1)).toContain("grown");
    expect(told(model, 2)).toContain('"value":"grown"');
  });

  test("is given images that a tool draws", async () => {
    const { program, model } = worker([calls("draw"), "a dot"], [mcpServer({ name: "sample", ...evidence.server() })]);
    expect(outputOf(await flujo().run(program, "go"))).toBe("a dot");
    expect(told(model, 1)).toContain("image/png");
    expect(told(model, 1)).toContain(PIXEL);
  });

  test("shares the server with all runs of its Flujo, which ends it when it closes", async () => {
    const one = flujo();
    const server = mcpServer({ name: "sample", ...evidence.server() });
    const workers = [1, 2, 3].map(() => worker([calls("pid"), "done"], [server]));
    await Promise.all(workers.map(({ program }) => one.run(program, "go")));
    expect(evidence.pids()).toHaveLength(1);
    await one.close();
    expect(evidence.pids().map(isThere)).toEqual([false]);
  });
});

describe("what goes wrong with a tool of a server", () => {
  test("is told to the model, which goes on", async () => {
    const { program, model } = worker(
      [calls("refuse"), calls("add", { a: "x" }), "sorry"],
      [mcpServer({ name: "sample", ...evidence.server() })],
    );
    expect(outputOf(await flujo().run(program, "go"))).toBe("sorry");
    expect(told(model, 1)).toContain("No such customer.");
    expect(told(model, 2)).toContain("Invalid arguments for tool add");
  });

  test("fails the agent where that is declared", async () => {
    const server = mcpServer({ name: "sample", ...evidence.server(), tools: { refuse: { onError: "fail" } } });
    const { program } = worker([calls("refuse")], [server]);
    expect(await flujo().run(program, "go")).toMatchObject({
      status: "failed",
      failure: { code: "tool_failed", message: "p/worker/turn[0]/tool[0]: No such customer." },
    });
  });

  test("the death of the server is told with its last words, and the next call finds it started again", async () => {
    const { program, model } = worker(
      [calls("die", { code: 3 }), calls("echo", { text: "back" }), "survived"],
      [mcpServer({ name: "sample", ...evidence.server() })],
    );
    expect(outputOf(await flujo().run(program, "go"))).toBe("survived");
    expect(told(model, 1)).toContain('ended with exit code 3; it said: \\"The disk is full');
    expect(told(model, 2)).toContain("back");
    expect(evidence.pids()).toHaveLength(2);
  });

  test("too long a call is called off at the server, and told", async () => {
    const clock = new ManualClock();
    const server = mcpServer({ name: "sample", ...evidence.server(), timeoutMs: 5_000 });
    const { program, model } = worker([calls("wait"), "tired of waiting"], [server]);
    const running = flujo({ clock }).run(program, "go");
    await evidence.until("wait began");
    await clock.advance(5_000);
    expect(outputOf(await running)).toBe("tired of waiting");
    await evidence.until("wait called off");
    expect(told(model, 1)).toMatch(/5,?000 ?ms/);
  });

  test("a run that is called off calls its tool off", async () => {
    const controller = new AbortController();
    const { program } = worker([calls("wait")], [mcpServer({ name: "sample", ...evidence.server() })]);
    const running = flujo().run(program, "go", { signal: controller.signal });
    await evidence.until("wait began");
    controller.abort();
    expect((await running).status).toBe("cancelled");
    await evidence.until("wait called off");
  });

  test("a server that cannot start fails the run, and says why", async () => {
    const server = mcpServer({ name: "sample", ...evidence.server("broken") });
    const { program, model } = worker(["never asked"], [server]);
    const result = await flujo().run(program, "go");
    expect(result).toMatchObject({ status: "failed", failure: { code: "tool_server_failed" } });
    expect(result.status === "failed" && result.failure.message).toContain('The tool server "sample" ended with exit code 1; it said:');
    expect(model.calls).toHaveLength(0);
  });

  test("names that clash are refused, with what to do", async () => {
    const servers = [mcpServer({ name: "one", ...evidence.server() }), mcpServer({ name: "two", ...evidence.server() })];
    const result = await flujo().run(worker(["never asked"], servers).program, "go");
    expect(result).toMatchObject({ status: "failed", failure: { code: "pipeline_invalid" } });
    expect(result.status === "failed" && result.failure.message).toMatch(
      /the server "two" offers a tool "echo", and so is called one of the server "one"/,
    );
    const apart = [mcpServer({ name: "one", ...evidence.server() }), mcpServer({ name: "two", ...evidence.server(), prefix: "two_" })];
    const { program, model } = worker([calls("two_echo", { text: "second" }), "fine"], apart);
    expect(outputOf(await flujo().run(program, "go"))).toBe("fine");
    expect(told(model, 1)).toContain("second");
  });

  test("a name that one of the agent's own tools has is refused", async () => {
    const echo = tool({ name: "echo", description: "Ours.", input: z.object({}), run: () => "ours" });
    const server = mcpServer({ name: "sample", ...evidence.server(), tools: ["echo"] });
    const model = scriptedModel(["never asked"]);
    const program = agent({ name: "a", model, instructions: "", tools: [echo], mcpServers: [server] });
    expect(await flujo().run(program, "go")).toMatchObject({ status: "failed", failure: { code: "pipeline_invalid" } });
  });
});

describe("a tool of a server that needs approval", () => {
  test("waits for a person where its arguments say so, and runs once they agree", async () => {
    const server = mcpServer({
      name: "sample",
      ...evidence.server(),
      tools: { add: { needsApproval: ({ a }) => Number(a) > 10, effect: "once" } },
    });
    const { program } = worker([calls("add", { a: 5, b: 1 }), calls("add", { a: 50, b: 1 }), "added"], [server]);
    const one = flujo();
    const paused = await one.run(program, "go", { runId: "r" });
    expect(paused).toMatchObject({ status: "paused", pauses: [{ name: "add", waitsFor: "approval", show: { input: { a: 50, b: 1 } } }] });
    expect(evidence.lines.filter((line) => line.startsWith("add"))).toEqual(["add 5 1"]);
    expect(outputOf(await one.answer(program, "r", { value: { decision: "approve" } }))).toBe("added");
    expect(evidence.lines.filter((line) => line.startsWith("add"))).toEqual(["add 5 1", "add 50 1"]);
  });

  test("is not gone on with where what decides is another function by then", async () => {
    const about = { name: "sample", ...evidence.server() };
    const before = mcpServer({ ...about, tools: { add: { needsApproval: () => true } } });
    const after = mcpServer({ ...about, tools: { add: { needsApproval: ({ a }) => Number(a) > 1_000 } } });
    const one = flujo();
    await one.run(worker([calls("add", { a: 1, b: 1 })], [before]).program, "go", { runId: "r" });
    await expect(one.resume(worker([], [after]).program, "r")).rejects.toMatchObject({
      code: "plan_changed",
      details: { changes: [{ path: "p/worker:sample/add:approval", kind: "code-changed" }] },
    });
  });

  test("is decided by the function of its own server, not by that of another", async () => {
    const free = mcpServer({ name: "free", ...evidence.server(), tools: { echo: { needsApproval: () => false } } });
    const strict = mcpServer({ name: "strict", ...evidence.server(), tools: { add: { needsApproval: () => true } } });
    const { program } = worker(
      [{ calls: [calls("echo", { text: "x" }).calls[0], calls("add", { a: 1, b: 1 }).calls[0]] as never }, "x"],
      [free, strict],
    );
    expect(await flujo().run(program, "go")).toMatchObject({ status: "paused", pauses: [{ name: "add" }] });
  });
});

describe("a process that is killed", () => {
  const CHILD = fileURLToPath(new URL("child-agent.ts", import.meta.url));

  async function child(order: object): Promise<{ readonly signal: unknown; readonly stdout: string }> {
    const started = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", CHILD, JSON.stringify(order)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let stdout = "";
    started.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    const [, signal] = (await once(started, "close")) as [unknown, unknown];
    return { signal, stdout };
  }

  test("between the list of tools and their call goes on with the list it had, though the server has another by then", async () => {
    const state = join(evidence.folder, "state.db");
    const about = { state, evidence: evidence.file };
    const killed = await child({ ...about, verb: "run", server: evidence.server("well"), killsAtCall: 0 });
    expect(killed.signal).toBe("SIGKILL");
    const resumed = await child({ ...about, verb: "resume", server: evidence.server("later"), killsAtCall: null });
    expect(JSON.parse(resumed.stdout)).toBe("It is three.");
    const asked = evidence.lines.filter((line) => line.startsWith("turn") || line.startsWith("add"));
    expect(asked).toEqual(["turn 0: known tools, some", "turn 0: known tools, some", "add 1 2", "turn 1: newer tools, some"]);
  });

  test("after a call has its answer makes it no second time", async () => {
    const state = join(evidence.folder, "state.db");
    const about = { state, evidence: evidence.file, server: evidence.server() };
    await child({ ...about, verb: "run", killsAtCall: 1 });
    const resumed = await child({ ...about, verb: "resume", killsAtCall: null });
    expect(JSON.parse(resumed.stdout)).toBe("It is three.");
    expect(evidence.lines.filter((line) => line.startsWith("add"))).toEqual(["add 1 2"]);
  });
});
