import type { UIMessage, UIMessageChunk } from "ai";
import { DefaultChatTransport, readUIMessageStream } from "ai";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import type { RunEvent } from "../../src/index.ts";
import { agent, asTool, Flujo, pipeline, step, tool } from "../../src/index.ts";
import type { RunEvents } from "../../src/web/index.ts";
import { uiMessageStreamResponse } from "../../src/web/index.ts";
import type { UiMessageChunk } from "../../src/web/ui-message-chunk.ts";
import { serve } from "./support/serve.ts";
import type { Speech } from "./support/spoken-model.ts";
import { SpokenModel } from "./support/spoken-model.ts";
import { sentEvents } from "./support/sse.ts";

const RUN = { runId: "r1" } as const;
const look = tool({ name: "look", description: "l", input: z.object({ at: z.string() }), run: ({ at }) => `seen ${at}` });
const speaking = (name: string, onCall?: (speech: Speech, index: number) => void) => {
  const spoken = new SpokenModel(onCall);
  return {
    spoken,
    program: agent({ name, model: spoken.model, instructions: "x", tools: [look], retry: { retries: 2, firstDelayMs: 0 } }),
  };
};

test("what Flujo says are words of the protocol", () => {
  expectTypeOf<UiMessageChunk>().toExtend<UIMessageChunk>();
});

/** The message as the AI SDK's own client makes it of a response: every chunk is checked by the schema of the protocol. */
async function messageOf(response: Response, seen?: (message: UIMessage) => void): Promise<UIMessage> {
  const transport = new DefaultChatTransport({ api: "http://localhost/chat", fetch: () => Promise.resolve(response) });
  const stream = await transport.sendMessages({
    trigger: "submit-message",
    chatId: "c",
    messageId: undefined,
    messages: [],
    abortSignal: undefined,
  });
  return lastOf(stream, seen);
}

async function lastOf(stream: ReadableStream<UIMessageChunk>, seen?: (message: UIMessage) => void): Promise<UIMessage> {
  let last: UIMessage | null = null;
  const errors: unknown[] = [];
  for await (const message of readUIMessageStream({ stream, onError: (error) => errors.push(error) })) {
    last = message;
    seen?.(message);
  }
  if (last === null) throw new Error(`There was no message: ${String(errors)}`);
  return { ...last, metadata: { ...(last.metadata as object), ...(errors.length > 0 ? { errors: errors.map(String) } : {}) } };
}

/** What a reader of a message sees, without what a tool call was called. */
function shown({ parts }: UIMessage): readonly unknown[] {
  return parts.map((part) => {
    if (part.type === "text" || part.type === "reasoning") return `${part.type} ${part.state}: ${part.text}`;
    if (part.type === "step-start") return "step";
    if (!("toolCallId" in part)) return part;
    const { type, state, input, output, errorText, approval } = part as Readonly<Record<string, unknown>>;
    return JSON.parse(JSON.stringify({ type, state, input, output, errorText, approval })) as unknown;
  });
}

async function chunksOf(response: Response): Promise<readonly UiMessageChunk[]> {
  return sentEvents(await response.text()).flatMap(({ data }) => (data === "[DONE]" ? [] : [data as UiMessageChunk]));
}

describe("a run as a message of the AI SDK's UI", () => {
  test("is the text of its agent, piece by piece, with the protocol's header and end", async () => {
    const { program } = speaking("a", (speech) => speech.reason("Hm", ".").say("Good", " day").end());
    await using flujo = new Flujo();
    const response = uiMessageStreamResponse(flujo.stream(program, "hello", RUN), { messageId: "m1" });
    expect(response.headers.get("x-vercel-ai-ui-message-stream")).toBe("v1");
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const text = await response.clone().text();
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
    const chunks = await chunksOf(response);
    const types = chunks.map(({ type }) => type);
    expect(types.filter((type, index) => type !== types[index - 1])).toEqual([
      "start",
      "start-step",
      "reasoning-start",
      "reasoning-delta",
      "reasoning-end",
      "text-start",
      "text-delta",
      "text-end",
      "finish-step",
      "finish",
    ]);
    expect(chunks[0]).toEqual({ type: "start", messageId: "m1", messageMetadata: { runId: "r1" } });
    expect(chunks.at(-1)).toEqual({ type: "finish", finishReason: "stop", messageMetadata: { runId: "r1", status: "succeeded" } });
  });

  test("is read by useChat's transport, tool calls and all, while it grows", async () => {
    const { program } = speaking("a", (speech, index) => {
      if (index === 0) speech.say("I look.").call("look", "c1", '{"at":', '"it"}').call("look", "c2", '{"at":"that"}').end();
      else speech.say("Done.").end();
    });
    await using flujo = new Flujo();
    const states = new Set<string>();
    const message = await messageOf(uiMessageStreamResponse(flujo.stream(program, "hello")), ({ parts }) => {
      for (const part of parts) if ("toolCallId" in part) states.add(part.state);
    });
    expect(shown(message)).toEqual([
      "step",
      "text done: I look.",
      { type: "tool-look", state: "output-available", input: { at: "it" }, output: "seen it" },
      { type: "tool-look", state: "output-available", input: { at: "that" }, output: "seen that" },
      "step",
      "text done: Done.",
    ]);
    expect(states).toEqual(new Set(["input-streaming", "input-available", "output-available"]));
    expect(message.metadata).toMatchObject({ status: "succeeded" });
  });

  test("takes back what an attempt had said that failed", async () => {
    const { program } = speaking("a", (speech, index) => {
      speech.reason("Hm").say("Hel");
      if (index === 0) speech.call("look", "c1", '{"at"').breakOff();
      else speech.say("lo").end();
    });
    await using flujo = new Flujo();
    const seen = new Set<string>();
    const message = await messageOf(
      uiMessageStreamResponse(flujo.stream(program, "hello")),
      (message) => void seen.add(JSON.stringify(shown(message))),
    );
    expect([...seen].some((text) => text.includes("tool-look"))).toBe(true);
    expect(shown(message)).toEqual(["step", "reasoning done: Hm", "text done: Hello"]);
  });

  test("takes back the words of one agent and leaves those of others, wherever they stand", async () => {
    const one = speaking("one");
    const two = speaking("two");
    await using flujo = new Flujo();
    const stream = flujo.stream(pipeline({ name: "p" }).parallel({ one: one.program, two: two.program }), "hello");
    const texts: string[] = [];
    const reading = messageOf(uiMessageStreamResponse(stream), (message) =>
      texts.push(message.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("|")),
    );
    const told = async (text: string): Promise<void> => {
      while (texts.at(-1) !== text) await turn();
    };
    const [first, other] = [await one.spoken.next(), await two.spoken.next()];
    first.say("A");
    await told("A");
    other.say("x");
    await told("A|x");
    first.say("B");
    await told("AB|x");
    first.breakOff();
    await told("x");
    other.say("y");
    await told("xy");
    const second = await one.spoken.next();
    second.say("AC").end();
    await told("xy|AC");
    other.end();
    expect(shown(await reading)).toEqual(["step", "text done: xy", "text done: AC"]);
  });

  test("has of an answer that could not be used nothing, and of one that came as a whole all", async () => {
    const spoken = new SpokenModel((speech, index) => speech.say(index === 0 ? "no JSON" : '{"n":', "1}").end());
    const program = agent({ name: "a", model: spoken.model, instructions: "x", output: z.object({ n: z.number() }) });
    await using flujo = new Flujo();
    const message = await messageOf(uiMessageStreamResponse(flujo.stream(program, "hello", RUN)));
    expect(shown(message).filter((part) => part !== "step")).toEqual(['text done: {"n":1}']);
    const again = await messageOf(uiMessageStreamResponse(flujo.events("r1")));
    expect(shown(again).filter((part) => part !== "step")).toEqual(['text done: {"n":1}']);
  });

  test("is told again to a client that comes back, from the beginning, and goes on live", async () => {
    const { spoken, program } = speaking("a");
    await using flujo = new Flujo();
    const stream = flujo.stream(program, "hello", RUN);
    await using server = await serve(() => uiMessageStreamResponse(flujo.events("r1"), { messageId: "m1" }));
    const transport = new DefaultChatTransport({ api: `${server.url}/chat` });
    (await spoken.next()).say("I look.").call("look", "c1", '{"at":"it"}').end();
    const second = await spoken.next();
    second.say("So");
    await turn();
    const resumed = await transport.reconnectToStream({ chatId: "c" });
    if (resumed === null) throw new Error("There is a stream.");
    const texts: string[] = [];
    const reading = lastOf(resumed, (message) => texts.push(JSON.stringify(shown(message).at(-1))));
    while (texts.at(-1) !== '"text streaming: So"') await turn();
    second.say(" it is.").end();
    const message = await reading;
    expect(shown(message)).toEqual([
      "step",
      "text done: I look.",
      { type: "tool-look", state: "output-available", input: { at: "it" }, output: "seen it" },
      "step",
      "text done: So it is.",
    ]);
    expect(message).toMatchObject({ id: "m1", metadata: { runId: "r1", status: "succeeded" } });
    expect((await stream.result).unwrap()).toBe("So it is.");
  });

  test("shows the agents that were asked for, and of agents that others call what they gave", async () => {
    const input = z.object({ at: z.string() });
    const { model } = new SpokenModel((speech) => speech.say("inner words").end());
    const expert = asTool(agent({ name: "expert", model, instructions: "x", input }), { description: "An expert." });
    const lookUp = pipeline({ name: "lookUp", input }).step("find", ({ at }) => ({ found: at.repeat(60) }));
    const outer = new SpokenModel((speech, index) => {
      if (index === 0) speech.call("expert", "c1", '{"at":"a"}').call("lookUp", "c2", '{"at":"b"}').end();
      else speech.say("outer words").end();
    });
    const { program: classify } = speaking("classify", (speech) => speech.say("a class").end());
    const tools = [expert, asTool(lookUp, { description: "Looks it up." })];
    const program = pipeline({ name: "p" })
      .step(classify)
      .step(agent({ name: "outer", model: outer.model, instructions: "x", tools }));
    await using flujo = new Flujo();
    const words = async (options: { readonly agents?: readonly string[] }) =>
      shown(await messageOf(uiMessageStreamResponse(flujo.events("r1"), options))).filter((part) => part !== "step");
    const live = shown(await messageOf(uiMessageStreamResponse(flujo.stream(program, "hello", RUN)))).filter((part) => part !== "step");
    const called = [
      { type: "tool-expert", state: "output-available", input: { at: "a" }, output: "inner words" },
      { type: "tool-lookUp", state: "output-available", input: { at: "b" }, output: { found: "b".repeat(60) } },
    ];
    expect(live).toEqual(["text done: a class", ...called, "text done: outer words"]);
    expect(await words({})).toEqual(live);
    expect(await words({ agents: ["outer"] })).toEqual([...called, "text done: outer words"]);
    expect(await words({ agents: ["expert"] })).toEqual([]);
  });

  test("tells steps and reports without keeping them", async () => {
    const work = step("work", (n: number, { report }) => {
      report({ done: n });
      return n;
    });
    await using flujo = new Flujo();
    const chunks = await chunksOf(uiMessageStreamResponse(flujo.stream(pipeline({ name: "p" }).step(work), 3)));
    expect(chunks.slice(1, -1)).toEqual([
      { type: "data-flujo-step", data: { path: "p/work", name: "work", status: "running" }, transient: true },
      { type: "data-flujo-report", data: { path: "p/work", name: "work", value: { done: 3 } }, transient: true },
      { type: "data-flujo-step", data: { path: "p/work", name: "work", status: "succeeded" }, transient: true },
    ]);
  });
});

describe("a tool call in a message", () => {
  const run = ({ at }: { readonly at: string }): string => `seen ${at}`;
  const careful = tool({ name: "careful", description: "c", input: z.object({ at: z.string() }), needsApproval: true, run });

  test.each([
    ["approve", { decision: "approve" }, { state: "output-available", output: "seen it", approval: { approved: true } }],
    ["reject", { decision: "reject", note: "not now" }, { state: "output-denied", approval: { approved: false, reason: "not now" } }],
    [
      "edit",
      { decision: "edit", input: { at: "that" } },
      { state: "output-available", input: { at: "that" }, output: "seen that", approval: { approved: true } },
    ],
  ])("is put before a person, who can %s it", async (_what, value, part) => {
    const spoken = new SpokenModel((speech, index) => {
      if (index === 0) speech.call("careful", "c1", '{"at":"it"}').end();
      else speech.say("Done.").end();
    });
    const program = agent({ name: "a", model: spoken.model, instructions: "x", tools: [careful] });
    await using flujo = new Flujo();
    const asked = await messageOf(uiMessageStreamResponse(flujo.stream(program, "hello", RUN)));
    const approvalId = "a/turn[0]/tool[0]/approval";
    expect(shown(asked)).toMatchObject(["step", { type: "tool-careful", state: "approval-requested", approval: { id: approvalId } }]);
    expect(asked.metadata).toMatchObject({ status: "paused" });
    await flujo.answer(program, "r1", { pause: approvalId, value });
    const answered = await messageOf(uiMessageStreamResponse(flujo.events("r1")));
    expect(shown(answered)).toMatchObject(["step", { type: "tool-careful", ...part }, "step", "text done: Done."]);
  });

  test("that fails, is unknown, or has broken arguments says so", async () => {
    const broken = tool({
      name: "broken",
      description: "b",
      input: z.object({}),
      run: () => {
        throw new Error("the station is closed");
      },
    });
    const spoken = new SpokenModel((speech, index) => {
      if (index === 0) speech.call("broken", "c1", "{}").call("brocken", "c2", "{}").call("broken", "c3", "{").end();
      else speech.say("Nobody knows.").end();
    });
    const program = agent({ name: "a", model: spoken.model, instructions: "x", tools: [broken] });
    await using flujo = new Flujo();
    const parts = shown(await messageOf(uiMessageStreamResponse(flujo.stream(program, "hello"))));
    expect(parts).toMatchObject([
      "step",
      { type: "tool-broken", state: "output-error", errorText: expect.stringContaining("the station is closed") },
      { type: "tool-brocken", state: "output-error", errorText: "It was not run." },
      { type: "tool-broken", state: "output-error", errorText: expect.stringContaining("JSON") },
      "step",
      "text done: Nobody knows.",
    ]);
  });

  test("of two turns may have the same id", async () => {
    const { program } = speaking("a", (speech, index) => {
      if (index < 2) speech.call("look", "c1", `{"at":"${index}"}`).end();
      else speech.say("Done.").end();
    });
    await using flujo = new Flujo();
    const parts = shown(await messageOf(uiMessageStreamResponse(flujo.stream(program, "hello"))));
    expect(parts).toMatchObject(["step", { output: "seen 0" }, "step", { output: "seen 1" }, "step", "text done: Done."]);
  });

  test("reports while it is under way", async () => {
    const slow = tool({ name: "slow", description: "s", input: z.object({}), run: (_input, { report }) => report("half way") });
    const spoken = new SpokenModel((speech, index) => (index === 0 ? speech.call("slow", "c1", "{}").end() : speech.say("Done.").end()));
    await using flujo = new Flujo();
    const chunks = await chunksOf(
      uiMessageStreamResponse(flujo.stream(agent({ name: "a", model: spoken.model, instructions: "x", tools: [slow] }), "x")),
    );
    const [made] = chunks.filter(({ type }) => type === "tool-input-available") as { readonly toolCallId: string }[];
    const data = { path: "a/turn[0]/tool[0]", name: "slow", value: "half way", toolCallId: made?.toolCallId };
    expect(chunks).toContainEqual({ type: "data-flujo-report", data, transient: true });
  });
});

describe("the end of a message", () => {
  test("is a question where a person is asked, and its answer later", async () => {
    const program = pipeline({ name: "p" }).human("ask", { show: () => "Really?", answer: z.string() });
    await using flujo = new Flujo();
    const asked = await messageOf(uiMessageStreamResponse(flujo.stream(program, "hello", RUN)));
    expect(shown(asked)).toMatchObject([{ type: "data-flujo-pause", id: "p/ask", data: { pause: "p/ask", name: "ask", show: "Really?" } }]);
    await flujo.answer(program, "r1", { value: "yes" });
    const answered = await messageOf(uiMessageStreamResponse(flujo.events("r1")));
    expect(shown(answered)).toMatchObject([{ type: "data-flujo-pause", id: "p/ask", data: { show: "Really?", answer: "yes" } }]);
  });

  test("is an error with its code where the run failed, and an abort where it was called off", async () => {
    await using flujo = new Flujo();
    const fails = step("fails", () => {
      throw new Error("the disk is full");
    });
    const failed = await chunksOf(uiMessageStreamResponse(flujo.stream(pipeline({ name: "p" }).step(fails), 1)));
    expect(failed.slice(-2)).toMatchObject([
      { type: "error", errorText: expect.stringMatching(/the disk is full.*\[step_failed\]$/) },
      { type: "finish", finishReason: "error" },
    ]);
    const cancelled = await chunksOf(uiMessageStreamResponse(flujo.stream(fails, 1, { signal: AbortSignal.abort() })));
    expect(cancelled.slice(-2)).toMatchObject([
      { type: "abort", reason: "cancelled" },
      { type: "finish", messageMetadata: { status: "cancelled" } },
    ]);
  });

  test("leaves nothing of what the model was about to say when the run was parked", async () => {
    const { spoken, program } = speaking("a");
    const flujo = new Flujo();
    const stream = flujo.stream(pipeline({ name: "p" }).step(step("first", String)).step(program), "hello");
    const texts: string[] = [];
    const reading = chunksOf(uiMessageStreamResponse(stream));
    (await spoken.next()).say("Good");
    await turn();
    await flujo.close();
    const chunks = await reading;
    for (const chunk of chunks) texts.push(chunk.type);
    expect(texts.slice(-5)).toEqual(["text-start", "text-delta", "reset-step", "finish-step", "finish"]);
    expect(chunks.at(-1)).toMatchObject({ finishReason: "interrupted", messageMetadata: { status: "stopped" } });
  });

  test("is an error where the run cannot be read", async () => {
    await using flujo = new Flujo();
    const response = uiMessageStreamResponse(flujo.events("nobody"));
    const chunks = await chunksOf(response);
    expect(chunks.map(({ type }) => type)).toEqual(["start", "error"]);
    expect(chunks[1]).toEqual({ type: "error", errorText: "There is no run nobody. [run_not_found]" });
  });
});

test("a slow client's message has in the end what a fast one's has", async () => {
  const speak = (speech: Speech, index: number): void => {
    const words = Array.from({ length: 300 }, (_, n) => `${n} `);
    if (index === 0)
      speech
        .reason(...words)
        .say(...words)
        .call("look", "c1", '{"at":', ...words.map((word) => `"${word}`).slice(0, 1), '"}')
        .end();
    else speech.say(...words).end();
  };
  const { program } = speaking("a", speak);
  await using flujo = new Flujo();
  const stream = flujo.stream(pipeline({ name: "p" }).step(program).step("last", String), "hello", RUN);
  const fast = await messageOf(uiMessageStreamResponse(stream));
  const slow = await messageOf(uiMessageStreamResponse(slowly(flujo.events("r1"))));
  expect(shown(slow)).toEqual(shown(fast));
});

async function* slowly(events: RunEvents): AsyncGenerator<RunEvent, undefined, void> {
  for await (const event of events) {
    await turn();
    yield event;
  }
  return undefined;
}
