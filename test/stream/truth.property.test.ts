import type { UIMessage } from "ai";
import { DefaultChatTransport, readUIMessageStream } from "ai";
import fc from "fast-check";
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { z } from "zod";
import type { Entry, RunEvent } from "../../src/index.ts";
import { agent, Flujo, foldProgress, NO_PROGRESS, pipeline, tool } from "../../src/index.ts";
import { viewOf } from "../../src/model/run-view.ts";
import { uiMessageStreamResponse } from "../../src/web/index.ts";
import { SpokenModel } from "./support/spoken-model.ts";

/** What one call says, and whether it breaks off. Then the agent asks again. */
interface Scene {
  readonly reasoning: readonly string[];
  readonly text: readonly string[];
  readonly calls: number;
  readonly end: "whole" | "broken";
}

const pieces = fc.array(fc.string({ minLength: 1, maxLength: 5 }), { maxLength: 30 });
const scene: fc.Arbitrary<Scene> = fc.record({
  reasoning: pieces,
  text: pieces,
  calls: fc.nat({ max: 3 }),
  end: fc.constantFrom("whole", "whole", "broken"),
});
/** After so many events the reader is away for so many turns of the event loop, again and again. */
interface Pace {
  readonly every: number;
  readonly turns: number;
  readonly startsAfter: number;
}

const pace: fc.Arbitrary<Pace> = fc.record({
  every: fc.integer({ min: 1, max: 400 }),
  turns: fc.nat({ max: 5 }),
  startsAfter: fc.nat({ max: 20 }),
});

const look = tool({ name: "look", description: "l", input: z.object({ at: z.string() }), run: ({ at }) => `seen ${at}` });

/** An agent whose model plays one scene after the other, and then comes to an end. */
function actor(name: string, scenes: readonly Scene[]) {
  const { model } = new SpokenModel((speech, index) => {
    const scene = scenes[index];
    if (scene === undefined) return speech.say("the end").end();
    speech.reason(...scene.reasoning).say(...scene.text, "so");
    for (let n = 0; n < scene.calls; n++) speech.call("look", `${index}-${n}`, '{"at":', `"${n}"`, "}");
    if (scene.end === "broken") speech.breakOff();
    else speech.end();
  });
  return agent({ name, model, instructions: "x", tools: [look], retry: { retries: 10, firstDelayMs: 0 }, maxTurns: 20 });
}

/** The same events, to somebody who is away now and then. */
async function* atPace<R>(events: AsyncIterable<RunEvent, R>, { every, turns }: Pace): AsyncGenerator<RunEvent, R, void> {
  const iterator = events[Symbol.asyncIterator]();
  for (let count = 1; ; count++) {
    const next = await iterator.next();
    if (next.done === true) return next.value;
    yield next.value;
    if (count % every === 0) for (let n = 0; n < turns; n++) await turn();
  }
}

/** Checks every event against what is true: what is live of a text is a beginning of what the model says there. */
async function readTruly(events: AsyncIterable<RunEvent>, pace: Pace): Promise<readonly Entry[]> {
  let live = NO_PROGRESS;
  const entries: Entry[] = [];
  for await (const event of atPace(events, pace)) {
    const before = live;
    live = foldProgress(live, event);
    if (event.family === "progress") continue;
    const { entry } = event;
    entries.push(entry);
    if (entry.type !== "operation-finished") continue;
    expect(live.operations.has(entry.key)).toBe(false);
    const told = before.operations.get(entry.key);
    if (entry.op !== "model" || told === undefined || entry.outcome.status !== "succeeded") continue;
    const { text, reasoning, toolCalls } = entry.outcome.value as {
      text: string;
      reasoning: string;
      toolCalls: { callId: string; input: unknown }[];
    };
    expect(text.startsWith(told.text)).toBe(true);
    expect(reasoning.startsWith(told.reasoning)).toBe(true);
    for (const input of told.toolInputs) {
      const call = toolCalls.find(({ callId }) => callId === input.callId);
      expect(JSON.stringify(call?.input).startsWith(input.text)).toBe(true);
    }
  }
  expect(live.operations.size).toBe(0);
  return entries;
}

test("whatever a slow reader is not told, what it has of a text is true, and in the end it knows what the journal knows", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(scene, { minLength: 1, maxLength: 6 }),
      fc.array(pace, { minLength: 1, maxLength: 4 }),
      async (scenes, paces) => {
        const [one, two] = [actor("one", scenes), actor("two", scenes)];
        await using flujo = new Flujo();
        const stream = flujo.stream(pipeline({ name: "p" }).parallel({ one, two }), "hello", { runId: "r1" });
        const readings = paces.map(async (pace) => {
          for (let n = 0; n < pace.startsAfter; n++) await turn();
          return readTruly(flujo.events("r1"), pace);
        });
        const all = await Promise.all([readTruly(stream, paces[0] as Pace), ...readings]);
        const journal = await flujo.entries("r1");
        for (const entries of all) expect(viewOf(entries, "r1")).toEqual(viewOf(journal, "r1"));
      },
    ),
    { numRuns: 40 },
  );
});

test("whatever the client's pace, the message of a run has in the end what its journal says", async () => {
  const messageOf = async (response: Response): Promise<unknown> => {
    const transport = new DefaultChatTransport({ api: "http://localhost", fetch: () => Promise.resolve(response) });
    const about = { trigger: "submit-message", chatId: "c", messageId: undefined, messages: [], abortSignal: undefined } as const;
    let last: UIMessage | null = null;
    for await (const message of readUIMessageStream({ stream: await transport.sendMessages({ ...about, messages: [] }) })) last = message;
    return last?.parts.map((part) => ({ ...part, rawInput: undefined })); // what a tool call was written like, it was told or not
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(scene, { minLength: 1, maxLength: 5 }),
      fc.array(pace, { minLength: 1, maxLength: 3 }),
      async (scenes, paces) => {
        await using flujo = new Flujo();
        const stream = flujo.stream(pipeline({ name: "p" }).step(actor("one", scenes)), "hello", { runId: "r1" });
        const readings = paces.map(async (pace) => {
          for (let n = 0; n < pace.startsAfter; n++) await turn();
          return messageOf(uiMessageStreamResponse(atPace(flujo.events("r1"), pace)));
        });
        const live = await Promise.all([messageOf(uiMessageStreamResponse(stream)), ...readings]);
        const told = await messageOf(uiMessageStreamResponse(flujo.events("r1")));
        for (const message of live) expect(message).toEqual(told);
      },
    ),
    { numRuns: 30 },
  );
});
