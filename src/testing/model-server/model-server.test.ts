import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { jsonSchema, streamText, tool } from "ai";
import { expect, test } from "vitest";
import { requestOf, toolOf } from "../../../test/providers/support/ask.ts";
import { createModelPort } from "../../agents/model-port.ts";
import { startModelServer } from "./model-server.ts";

function post(url: string, body: unknown): Promise<Response> {
  return fetch(`${url}/chat/completions`, { method: "POST", body: JSON.stringify(body) });
}

const HELLO = { model: "m", messages: [{ role: "user", content: "hello" }] };

test("requests are kept in order, to the byte, with how they ended", async () => {
  await using server = await startModelServer((request) => `you said ${request.lastUserText}`);
  const answer = (await (await post(server.url, HELLO)).json()) as { choices: [{ message: unknown }] };
  expect(answer.choices[0].message).toEqual({ role: "assistant", content: "you said hello" });
  expect(server.requests).toMatchObject([{ index: 0, model: "m", turn: 0, stream: false, bodyText: JSON.stringify(HELLO) }]);
  expect(await server.requests[0]?.ended).toBe("answered");
});

test("a script that is used up, or throws, says so with status 400", async () => {
  await using used = await startModelServer([]);
  const refused = await post(used.url, HELLO);
  expect([refused.status, await refused.text()]).toEqual([
    400,
    expect.stringContaining("The script has 0 replies, and this is request 1."),
  ]);
  await using thrown = await startModelServer(() => {
    throw new Error("oops");
  });
  expect(await (await post(thrown.url, HELLO)).text()).toContain("The script threw: oops");
});

test("another path is not there, and does not count", async () => {
  await using server = await startModelServer(["never"]);
  expect((await fetch(`${server.url}/models`)).status).toBe(404);
  expect(server.requests).toHaveLength(0);
});

test("a body that is not JSON breaks the connection", async () => {
  await using server = await startModelServer(["never"]);
  await expect(fetch(`${server.url}/chat/completions`, { method: "POST", body: "{" })).rejects.toThrow();
});

test("streamed: text, calls, finish and tokens arrive through the real provider", async () => {
  await using server = await startModelServer([
    { text: "Let me see.", calls: [{ tool: "look", input: { x: 1 } }], usage: { inputTokens: 5, outputTokens: 2 } },
  ]);
  const client = createOpenAICompatible({ name: "test", baseURL: server.url, includeUsage: true });
  const result = streamText({
    model: client.chatModel("m"),
    prompt: "hello",
    maxRetries: 0,
    tools: { look: tool({ inputSchema: jsonSchema<unknown>({ type: "object" }) }) },
  });
  expect(await result.text).toBe("Let me see.");
  expect(await result.toolCalls).toMatchObject([{ toolCallId: "call_0_0", toolName: "look", input: { x: 1 } }]);
  expect(await result.finishReason).toBe("tool-calls");
  expect(await result.usage).toMatchObject({ inputTokens: 5, outputTokens: 2 });
  expect(server.requests[0]?.stream).toBe(true);
});

test("closing breaks what is open, and can be done twice", async () => {
  const server = await startModelServer([{ text: "late", delayMs: 60_000 }]);
  const waiting = expect(post(server.url, HELLO)).rejects.toThrow();
  while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await server.close();
  await server.close();
  await waiting;
  expect(await server.requests[0]?.ended).toBe("dropped");
});

test("a conversation is told alike, whatever the protocol it came in", async () => {
  const call = { tool: "look", input: { x: 1 } };
  for (const model of ["openai:m", "anthropic:m", "google:m", "openai-compatible:m"]) {
    await using server = await startModelServer([{ text: "Let me see.", calls: [call] }, "done"]);
    const port = createModelPort({ env: server.env });
    const asked = { role: "user", text: "Where is it?" } as const;
    const tools = [toolOf("look")];
    const first = await port.call(requestOf({ model, instructions: "Find.", tools, transcript: [asked] }));
    if (!first.ok) throw new Error(first.problem.message);
    const answers = first.reply.toolCalls.map(({ callId, name }) => ({ callId, name, output: { type: "value" as const, value: "there" } }));
    const transcript = [asked, { role: "assistant" as const, messages: first.reply.messages }, { role: "tools" as const, answers }];
    expect(await port.call(requestOf({ model, instructions: "Find.", tools, transcript }))).toMatchObject({ reply: { text: "done" } });
    const [one, two] = server.requests;
    expect(one).toMatchObject({
      protocol: model.slice(0, -2),
      model: "m",
      turn: 0,
      lastUserText: "Where is it?",
      tools: ["look"],
      stream: true,
    });
    expect(two).toMatchObject({ turn: 1, lastUserText: "Where is it?" });
    expect(one?.messages.map(({ role }) => role)).toEqual(["system", "user"]);
    const calls = two?.messages.flatMap(({ tool_calls }) => tool_calls ?? []);
    expect(calls?.map((made) => [made.function.name, JSON.parse(made.function.arguments)])).toEqual([["look", { x: 1 }]]);
    expect(two?.messages.at(-1)).toMatchObject({ role: "tool", tool_call_id: calls?.[0]?.id });
  }
});

test("it breaks an answer off in one piece too", async () => {
  await using server = await startModelServer([
    { text: "half", breaks: "error" },
    { text: "half", breaks: "cut" },
  ]);
  expect((await post(server.url, HELLO)).status).toBe(500);
  await expect(post(server.url, HELLO).then((response) => response.text())).rejects.toThrow();
});

test.each([true, false])("an object is an object for every model that may be asked for one beside tools; streamed: %s", async (stream) => {
  await using server = await startModelServer(() => ({ json: { area: "bug" } }));
  const port = createModelPort({ env: server.env });
  const outputSchema = { type: "object", properties: { area: { type: "string" } }, required: ["area"], additionalProperties: false };
  const models = ["openai:gpt-5-mini", "anthropic:claude-sonnet-4-5", "anthropic:claude-3-5-haiku-latest", "google:gemini-3-pro-preview"];
  for (const model of [...models, "google:gemini-2.5-flash", "openai-compatible:m"]) {
    const came = await port.call(requestOf({ model, tools: [toolOf("look")], outputSchema, settings: { stream } }));
    expect(came, model).toMatchObject({ ok: true, reply: { text: '{"area":"bug"}', toolCalls: [], finish: "stop" } });
  }
});
