import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { documentOf, Workshop } from "./harness.ts";
import { screenOf } from "./screen-of.ts";

const SERVER = fileURLToPath(new URL("../mcp/child-server.ts", import.meta.url));

const TALK = `import { agent } from "flujo";
import { scriptedModel } from "flujo/testing";
import { z } from "zod";
const heard = ({ options }) => options.prompt.filter(({ role }) => role !== "system").flatMap(({ content }) => content).map(({ text }) => text).join(" | ");
const model = scriptedModel((call) => ({ text: heard(call) }));
const base = { model, instructions: "x" };
export const text = agent({ ...base, name: "text", input: z.string() });
export const object = agent({ ...base, name: "object", input: z.object({ city: z.string() }) });
export const any = agent({ ...base, name: "any" });
export const plain = agent({ ...base, name: "plain", settings: { stream: false } });
export const down = agent({ ...base, name: "down", model: scriptedModel([new Error("gone")]), retries: 0 });
export const friend = agent({ ...base, name: "friend", input: z.string(), history: { keep: "whole" } });
`;

test("an agent takes text as it is, and an object as JSON; its answer is all that goes to stdout", async () => {
  using shop = new Workshop({ "talk.ts": TALK, "city.json": '{"city": "Rome"}' });
  const said = async (name: string, input: string) => (await shop.flujo(["run", `talk.ts#${name}`, "-i", input, "-q"])).stdout;
  expect(await said("text", "plain words")).toBe("plain words\n");
  expect(await said("text", "42")).toBe("42\n");
  expect(await said("text", '{"city": "Rome"}')).toBe('{"city": "Rome"}\n');
  expect(await said("object", "@city.json")).toContain("Rome");
  expect(await said("any", "hello")).toBe("hello\n");
  expect(await said("plain", "hello")).toBe("hello\n");
  const refused = await shop.flujo(["run", "talk.ts#object", "-i", "Rome"]);
  expect(refused.stderr).toContain("expected object");
  expect(refused.code).toBe(4);
});

test("a run whose provider does not answer names the doctor", async () => {
  using shop = new Workshop({ "talk.ts": TALK });
  const { stderr, code } = await shop.flujo(["run", "talk.ts#down", "-i", "x", "--run-id", "r1", "--state", "sqlite:own.db"]);
  expect(stderr).toMatch(
    /Next {2}flujo trace r1 --state sqlite:own\.db +every step up to there\n +flujo retry r1 --state sqlite:own\.db +try it again from what failed\n +flujo doctor --ping --state sqlite:own\.db +whether the provider answers/,
  );
  expect(code).toBe(1);
});

test("--thread makes a run part of a conversation; show tells of it", async () => {
  using shop = new Workshop({ "talk.ts": TALK });
  const say = async (text: string, thread: string) =>
    (await shop.flujo(["run", "talk.ts#friend", "-i", text, "--thread", thread, "--run-id", text, "-q"])).stdout;
  expect(await say("one", "ann")).toBe("one\n");
  expect(await say("two", "ann")).toBe("one | one | two\n");
  expect(await say("three", "bob")).toBe("three\n");
  expect((await shop.flujo(["show", "two"])).stdout).toMatch(/\nthread +ann\n/);
  expect((await shop.flujo(["trace", "two"])).stdout).toContain("· recalls 2 messages of its thread\n");
  const refused = await shop.flujo(["run", "talk.ts#friend", "-i", "x", "--thread", ""]);
  expect(refused.code).toBe(2);
});

const WORK = `import { agent, asTool, mcpServer, pipeline, tool } from "flujo";
import { scriptedModel } from "flujo/testing";
import { z } from "zod";
const server = mcpServer({ name: "sample", command: ${JSON.stringify(process.execPath)}, args: [${JSON.stringify(SERVER)}], tools: ["echo", "add"], prefix: "s_" });
let times = 0;
const shaky = tool({ name: "shaky", description: "d", input: z.object({ parcel: z.string() }), retries: 1, run: () => { if (times++ === 0) throw new Error("answered 503"); return "at the door"; } });
const used = (inputTokens, outputTokens, cachedInputTokens = 0, reasoningTokens = 0) => ({ inputTokens, outputTokens, cachedInputTokens, reasoningTokens });
const clerk = agent({
  name: "clerk", instructions: "x", input: z.object({ question: z.string() }), tools: [shaky],
  model: scriptedModel([{ calls: [{ tool: "shaky", input: { parcel: "JD1" } }], usage: used(800, 30, 640) }, { text: "It is there.", usage: used(900, 44, 832, 20) }], { provider: "anthropic.messages", modelId: "claude-sonnet-4-5" }),
});
const model = scriptedModel([
  { calls: [{ tool: "s_echo", input: { text: "hello" } }, { tool: "clerk", input: { question: "where?" } }, { tool: "gone", input: {} }], usage: used(1204, 96, 1024, 48) },
  { text: "it is done", usage: used(2000, 10, 1204) },
  { json: { where: "door" }, usage: used(2100, 12, 2000) },
], { provider: "openai.responses", modelId: "gpt-5-mini" });
export const desk = agent({
  name: "desk", model, instructions: ({ length }) => "You help. " + length, input: z.string(), output: z.object({ where: z.string() }),
  mcpServers: [server], tools: [asTool(clerk, { description: "d" })],
});
`;

test("a trace tells every turn, call, program, retry and tool list, and sums it up", async () => {
  using shop = new Workshop({ "work.ts": WORK });
  expect((await shop.flujo(["run", "work.ts", "-i", "hi", "--run-id", "r1"])).code).toBe(0);
  const { stdout } = await shop.flujo(["trace", "r1"]);
  const rows = stdout.split("\n").map((line) => line.trimEnd());
  const expected = [
    /^ +in +cached +out +thinking +cost +time$/,
    /^✔ desk +\{ where: "door" \} +7,004 +5,700 +192 +68 +\$0\.\d+ /,
    /^ {2}├ · instructions: You help\. 2$/,
    /^ {2}├ ✔ model call 1 +openai\.responses:gpt-5-mini · calls s_echo, clerk, gone +1,204 +1,024 +96 +48 +\$0\.\d+ /,
    /^ {2}│ {2}├ · sample offers 2 tools: echo, add$/,
    /^ {2}│ {2}├ ✔ s_echo +text: "hello" → hello /,
    /^ {2}│ {2}├ ✔ clerk +question: "where\?" → It is there\. +1,700 +1,472 +74 +20 /,
    /^ {2}│ {2}│ {2}├ ✔ model call 1 +anthropic\.messages:claude-sonnet-4-5 · calls shaky +800 +640 +30 +\$/,
    /^ {2}│ {2}│ {2}│ {2}└ ✔ shaky +parcel: "JD1" → at the door/,
    /^ {2}│ {2}│ {2}│ {5}└ ↻ attempt 1, tried again after .+: answered 503$/,
    /^ {2}│ {2}│ {2}└ ✔ model call 2 +anthropic\.messages:claude-sonnet-4-5 · It is there\. +900 +832 +44 +20 /,
    /^ {2}│ {2}└ ✖ gone +There is no tool "gone"\.$/,
    /^ {2}├ ✖ model call 2 +openai\.responses:gpt-5-mini · malformed, and told so: it is not JSON .* +2,000 +1,204 +10 /,
    /^ {2}└ ✔ model call 3 +openai\.responses:gpt-5-mini · \{"where":"door"\} +2,100 +2,000 +12 /,
    /^$/,
    /^total {2}\$0\.\d+ · 5 model calls · 7,004 in \(5,700 cached\) · 192 out \(68 thinking\) · 3 tool calls · /,
    /^ {7}openai\.responses:gpt-5-mini +\$0\.\d+ · 3 model calls · 5,304 in \(4,228 cached\) · 118 out \(48 thinking\)$/,
    /^ {7}anthropic\.messages:claude-sonnet-4-5 +\$0\.\d+ · 2 model calls · 1,700 in \(1,472 cached\) · 74 out \(20 thinking\)$/,
  ];
  for (const [index, pattern] of expected.entries()) expect(rows[index]).toMatch(pattern);

  const wide = screenOf((await shop.atTerminal(["trace", "r1"], { columns: 120, rows: 50 })).stdout, { columns: 120, rows: 50 });
  expect(wide.join("\n")).toMatch(
    /· asks openai\.responses:gpt-5-mini\n[^]*✔ model call 1 +calls s_echo, clerk, gone +1,204 +1,024 +96 +48 /,
  );
  const narrow = screenOf((await shop.atTerminal(["trace", "r1"], { columns: 80, rows: 50 })).stdout, { columns: 80, rows: 50 });
  expect(narrow.join("\n")).toMatch(/^ +tokens +cost +time\n✔ desk +\{ where: "door" \} +7,196 tok +\$/);
  expect(narrow.join("\n")).toMatch(/✔ s_echo +text: "hello" → hello[^]*✖ gone +There is no tool "gone"/);

  const document = documentOf(await shop.flujo(["trace", "r1", "--json"]));
  expect(document).toMatchObject({
    runId: "r1",
    models: [
      { model: "openai.responses:gpt-5-mini", usage: { modelCalls: 3, cachedInputTokens: 4228, reasoningTokens: 48 } },
      { model: "anthropic.messages:claude-sonnet-4-5" },
    ],
    root: {
      kind: "agent",
      decisions: [{ about: "instructions", outcome: { value: "You help. 2" } }],
      children: [
        {
          kind: "turn",
          request: { model: "openai.responses:gpt-5-mini" },
          outcomes: [
            {
              attempt: 1,
              usage: { inputTokens: 1204, cachedInputTokens: 1024, outputTokens: 96, reasoningTokens: 48 },
              cost: { kind: "exact" },
              ending: null,
            },
          ],
          decisions: [
            {
              about: "tools",
              outcome: {
                value: {
                  tools: [
                    { server: "sample", tool: "echo" },
                    { server: "sample", tool: "add" },
                  ],
                },
              },
            },
          ],
          children: [
            { name: "s_echo", request: { text: "hello" } },
            { name: "clerk", children: [{ kind: "agent", children: [{ kind: "turn" }, { kind: "turn" }] }] },
            { name: "gone", status: "failed", attempts: 0 },
          ],
        },
        { outcomes: [{ ending: { ending: "malformed" } }] },
        { output: { finish: "stop" } },
      ],
    },
  });
});

test("what had begun when the process was killed is in doubt, until the run is gone on with", async () => {
  const text = `import { agent, tool } from "flujo";
import { scriptedModel } from "flujo/testing";
import { z } from "zod";
const pay = tool({ name: "pay", description: "d", input: z.object({ usd: z.number() }), run: () => process.env["CALM"] ? "paid" : (console.error("begun"), new Promise(() => setInterval(() => {}, 1000))) });
const model = scriptedModel(({ turn }) => turn === 0 ? { calls: [{ tool: "pay", input: { usd: 5 } }] } : "done");
export default agent({ name: "payer", model, instructions: "x", tools: [pay] });
`;
  using shop = new Workshop({ "pay.ts": text });
  const killed = await shop.flujo(["run", "pay.ts", "-i", "go", "--run-id", "r1"], {
    onOutput: (said, kill) => said.includes("begun") && kill("SIGKILL"),
  });
  expect(killed.code).toBeNull();
  expect((await shop.flujo(["list"])).stdout).toMatch(/r1 +payer +interrupted/);
  const traced = await shop.flujo(["trace", "r1"]);
  expect(traced.stdout).toMatch(/\? pay +usd: 5 → had begun; no outcome is on record\n/);
  expect(traced.stderr).toContain("flujo resume r1");
  expect((await shop.flujo(["resume", "r1", "-q"], { env: { CALM: "1" } })).stdout).toBe("done\n");
  expect((await shop.flujo(["trace", "r1"])).stdout).toMatch(/✔ pay +usd: 5 → paid/);
});
