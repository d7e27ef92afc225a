import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { call, flujo as command, ServedFolder, StartedClient } from "./served.ts";
import { untilGone } from "./evidence.ts";

vi.setConfig({ testTimeout: 60_000 });

let place: ServedFolder;
let folder: string;
beforeEach(() => {
  place = new ServedFolder();
  folder = place.path;
});
afterEach(() => place[Symbol.dispose]());

describe("flujo mcp over stdio", () => {
  let common: ServedFolder;
  let served: StartedClient;
  beforeAll(async () => {
    common = new ServedFolder();
    served = await StartedClient.start(common.path, "programs.js");
  });
  afterAll(async () => {
    await served[Symbol.asyncDispose]();
    common[Symbol.dispose]();
  });

  test("lists a tool for every program, with the schema of its input, and those for runs", async () => {
    const { tools } = await served.client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      "approve_start",
      "double_start",
      "fail_start",
      "greet_start",
      "slow_start",
      "run_status",
      "run_answer",
      "run_resume",
    ]);
    const schemas = Object.fromEntries(tools.map(({ name, inputSchema }) => [name, inputSchema]));
    expect(schemas["greet_start"]).toMatchObject({ type: "object", properties: { name: { type: "string" } }, required: ["name"] });
    expect(schemas["double_start"]).toMatchObject({ type: "object", properties: { input: { type: "number" } }, required: ["input"] });
    expect(schemas["fail_start"]).toMatchObject({ type: "object", properties: { input: {} } });
    for (const { outputSchema } of tools) expect(outputSchema).toMatchObject({ type: "object" });
    expect(served.client.getServerVersion()).toMatchObject({ name: "flujo" });
  });

  test("serves only the programs that are named", async () => {
    await using served = await StartedClient.start(folder, "programs.js", "--export", "greet", "--export", "double");
    const names = (await served.client.listTools()).tools.map(({ name }) => name);
    expect(names).toEqual(["greet_start", "double_start", "run_status", "run_answer", "run_resume"]);
  });

  test("runs a program and gives its output, structured and as text", async () => {
    const greeted = await call(served.client, "greet_start", { name: "Ada" });
    expect(greeted).toMatchObject({ isError: false, report: { pipeline: "greet", status: "succeeded", output: { said: "Hello Ada" } } });
    expect(JSON.parse(greeted.text)).toEqual(greeted.report);
    expect(await call(served.client, "double_start", { input: 21 })).toMatchObject({ report: { status: "succeeded", output: 42 } });
    expect(await call(served.client, "run_status", { runId: greeted.report["runId"] })).toMatchObject({ report: greeted.report });
  });

  test("keeps what the file and its steps print off the protocol", async () => {
    await using served = await StartedClient.start(folder, "programs.js", "--json");
    expect(await call(served.client, "double_start", { input: 1 })).toMatchObject({ report: { output: 2 } });
    expect(served.stderr).toContain("This is printed by the file itself.");
  });

  test("refuses an input that does not fit, and says what to do", async () => {
    await using flujo = common.recorded();
    const before = await flujo.list();
    const refused = await call(served.client, "greet_start", { name: 7 });
    expect(refused.isError).toBe(true);
    expect(refused.text).toMatch(/name: .*Give an input that fits the schema\. \[input_invalid\]$/);
    expect(await flujo.list()).toEqual(before);
  });

  test("tells why a run failed; asking how it stands is no failure", async () => {
    const failed = await call(served.client, "fail_start");
    expect(failed).toMatchObject({ isError: true, report: { status: "failed", failure: { code: "step_failed" } } });
    expect(failed.text).toContain("The table is locked.");
    const { runId } = failed.report;
    expect(await call(served.client, "run_status", { runId })).toMatchObject({ isError: false, report: { status: "failed" } });
  });

  test("gives the id of a run that takes longer, which goes on meanwhile", async () => {
    await using served = await StartedClient.start(folder, "programs.js", "--wait", "0");
    const { report } = await call(served.client, "slow_start");
    expect(report).toMatchObject({ status: "running", next: "It goes on. Ask run_status for it later." });
    place.go();
    await vi.waitFor(async () => {
      const { report: later } = await call(served.client, "run_status", { runId: report["runId"] });
      expect(later).toMatchObject({ status: "succeeded", output: "done" });
    }, 20_000);
  });

  test("tells what a run waits for, refuses an answer that does not fit, and goes on with one that does", async () => {
    const { report } = await call(served.client, "approve_start", { amount: 100 });
    const { runId } = report;
    expect(report).toMatchObject({ status: "paused", pauses: [{ pause: "approve/sign", name: "sign", show: { amount: 100 } }] });
    const refused = await call(served.client, "run_answer", { runId, pause: "sign", value: { ok: "yes" } });
    expect(refused.isError).toBe(true);
    expect(refused.text).toContain("[answer_invalid]");
    expect((await call(served.client, "run_status", { runId })).report).toMatchObject({ status: "paused" });
    expect(await call(served.client, "run_answer", { runId, value: { ok: true } })).toMatchObject({
      report: { status: "succeeded", output: "paid" },
    });
    const late = await call(served.client, "run_answer", { runId, value: { ok: true } });
    expect(late).toMatchObject({ isError: true });
  });

  test("starts one run for all attempts at the same start", async () => {
    await using served = await StartedClient.start(folder, "programs.js", "--wait", "0");
    const meta = { "flujo/idempotencyKey": "outer:turn[0]/tool[0]" };
    const [first, second] = await Promise.all([call(served.client, "slow_start", {}, meta), call(served.client, "slow_start", {}, meta)]);
    const third = await call(served.client, "slow_start", {}, meta);
    expect(new Set([first, second, third].map(({ report }) => report["runId"])).size).toBe(1);
    place.go();
    await vi.waitFor(async () => {
      expect((await call(served.client, "run_status", { runId: first.report["runId"] })).report["status"]).toBe("succeeded");
    }, 20_000);
    expect(place.effects()).toEqual(["counted"]);
  });

  test("knows nothing of runs that are not of its programs", async () => {
    await using served = await StartedClient.start(folder, "programs.js", "--export", "greet");
    const foreign = await call(served.client, "run_status", { runId: "0199-nothing" });
    expect(foreign).toMatchObject({ isError: true });
    expect(foreign.text).toContain("[run_not_found]");
    await using other = await StartedClient.start(folder, "programs.js", "--export", "double");
    const { report } = await call(other.client, "double_start", { input: 1 });
    expect((await call(served.client, "run_status", { runId: report["runId"] })).text).toContain("[run_not_found]");
  });

  test.each<readonly [string, string, Record<string, unknown>, string]>([
    ["a tool that is not there", "great_start", {}, 'There is no tool "great_start". Did you mean "greet_start"?'],
    ["a run id that is missing", "run_status", {}, "The argument runId is missing or no text."],
    ["an answer without a value", "run_answer", { runId: "x" }, "The value is missing."],
  ])("refuses %s", async (_what, tool, args, message) => {
    const refused = await call(served.client, tool, args);
    expect(refused.isError).toBe(true);
    expect(refused.text).toContain(message);
  });
});

describe("flujo mcp that is left, or told to stop", () => {
  test("parks what is running, and another one goes on with it and does nothing twice", async () => {
    const served = await StartedClient.start(folder, "programs.js", "--wait", "0");
    const { runId } = (await call(served.client, "slow_start")).report;
    await vi.waitFor(() => expect(place.effects()).toEqual(["counted"]), 20_000);
    const { pid } = served;
    process.kill(pid, "SIGTERM");
    await untilGone(pid);
    await served.client.close();
    await using next = await StartedClient.start(folder, "programs.js");
    expect((await call(next.client, "run_status", { runId })).report).toMatchObject({
      status: "stopped",
      next: "Go on with it: run_resume.",
    });
    place.go();
    expect((await call(next.client, "run_resume", { runId })).report).toMatchObject({ status: "succeeded", output: "done" });
    expect(place.effects()).toEqual(["counted"]);
  });

  test("tells a client that still waits for the run it parks", async () => {
    const served = await StartedClient.start(folder, "programs.js", "--wait", "600");
    const waiting = call(served.client, "slow_start");
    await vi.waitFor(() => expect(place.effects()).toEqual(["counted"]), 20_000);
    process.kill(served.pid, "SIGTERM");
    expect((await waiting).report).toMatchObject({ status: "stopped" });
    await served.client.close();
  });

  test("killed outright leaves runs that are told to be interrupted, and can be gone on with", async () => {
    const served = await StartedClient.start(folder, "programs.js", "--wait", "0");
    const { runId } = (await call(served.client, "slow_start")).report;
    await vi.waitFor(() => expect(place.effects()).toEqual(["counted"]), 20_000);
    const { pid } = served;
    process.kill(pid, "SIGKILL");
    await untilGone(pid);
    await served.client.close();
    await using next = await StartedClient.start(folder, "programs.js");
    expect((await call(next.client, "run_status", { runId })).report).toMatchObject({ status: "interrupted" });
    place.go();
    expect((await call(next.client, "run_resume", { runId })).report).toMatchObject({ status: "succeeded" });
    expect(place.effects()).toEqual(["counted"]);
  });

  test("goes on with its runs when the client goes away, and ends after them", async () => {
    const child = spawn(process.execPath, command("mcp", "programs.js"), { cwd: folder, stdio: ["pipe", "pipe", "ignore"] });
    const ended = once(child, "close");
    const say = (message: object): void => void child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
    const clientInfo = { name: "raw", version: "1" };
    say({ id: 1, method: "initialize", params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo } });
    say({ method: "notifications/initialized" });
    say({ id: 2, method: "tools/call", params: { name: "slow_start", arguments: {} } });
    await vi.waitFor(() => expect(place.effects()).toEqual(["counted"]), 20_000);
    child.stdin.end();
    child.stdout.destroy();
    place.go();
    await ended;
    expect(child.exitCode).toBe(0);
    await using flujo = place.recorded();
    expect((await flujo.list()).map(({ status }) => status)).toEqual(["succeeded"]);
  });

  test("ends at once when its client goes away and nothing is running", async () => {
    const served = await StartedClient.start(folder, "programs.js");
    const { pid } = served;
    await served.client.close();
    await untilGone(pid);
  });
});

describe("flujo mcp that cannot begin", () => {
  async function refused(
    ...args: readonly string[]
  ): Promise<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }> {
    const child = spawn(process.execPath, command("mcp", ...args), { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    const said = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk: Buffer) => (said.stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (said.stderr += chunk.toString()));
    const [code] = (await once(child, "close")) as [unknown];
    return { code, ...said };
  }

  test.each<readonly [string, readonly string[], number, string]>([
    ["a file that is not there", ["nothing.js"], 2, "There is no file nothing.js."],
    ["an export that is not there", ["programs.js", "--export", "great"], 2, 'programs.js exports no "great". Did you mean "greet"?'],
    ["a port that is none", ["programs.js", "--http", "web"], 2, "What --http gives is no number: web."],
    ["a port with a fraction", ["programs.js", "--http", "1.5"], 2, "What --http gives is no whole number: 1.5."],
    ["a wait that is none", ["programs.js", "--wait", "-1"], 2, "What --wait gives is no number: -1."],
    ["a token without HTTP", ["programs.js", "--token", "abc"], 2, "A --token is for --http only."],
  ])("for %s says so on stderr, and nothing on stdout", async (_what, args, code, message) => {
    const ended = await refused(...args);
    expect(ended).toMatchObject({ code, stdout: "" });
    expect(ended.stderr).toContain(message);
  });
});
