import fc from "fast-check";
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { z } from "zod";
import type { Entry, RunEvent } from "../../src/index.ts";
import { agent, Flujo, foldProgress, NO_PROGRESS, pipeline, tool } from "../../src/index.ts";
import { viewOf } from "../../src/model/run-view.ts";
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
const pace = fc.record({ every: fc.integer({ min: 1, max: 400 }), turns: fc.nat({ max: 5 }), startsAfter: fc.nat({ max: 20 }) });

const look = tool({ name: "look", description: "l", input: z.object({ at: z.string() }), run: ({ at }) => `seen ${at}` });

/** Checks every event against what is true: what is live of a text is a beginning of what the model says there. */
async function readTruly(events: AsyncIterable<RunEvent>, { every, turns }: { readonly every: number; readonly turns: number }) {
  let live = NO_PROGRESS;
  const entries: Entry[] = [];
  let count = 0;
  for await (const event of events) {
    const before = live;
    live = foldProgress(live, event);
    if (++count % every === 0) for (let n = 0; n < turns; n++) await turn();
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
        const speak = (speech: Parameters<NonNullable<ConstructorParameters<typeof SpokenModel>[0]>>[0], index: number): void => {
          const now = scenes[index % scenes.length] as Scene;
          speech.reason(...now.reasoning).say(...now.text);
          const isLast = index >= scenes.length;
          if (!isLast) for (let n = 0; n < now.calls; n++) speech.call("look", `${index}-${n}`, '{"at":', `"${n}"`, "}");
          if (now.end === "broken" && !isLast) speech.breakOff();
          else speech.say("the end").end();
        };
        const agents = ["one", "two"].map((name) => {
          const { model } = new SpokenModel(speak);
          return agent({ name, model, instructions: "x", tools: [look], retry: { retries: 10, firstDelayMs: 0 }, maxTurns: 20 });
        });
        const [one, two] = agents;
        if (one === undefined || two === undefined) throw new Error("There are two.");
        await using flujo = new Flujo();
        const stream = flujo.stream(pipeline({ name: "p" }).parallel({ one, two }), "hello", { runId: "r1" });
        const readings = paces.map(async (pace) => {
          for (let n = 0; n < pace.startsAfter; n++) await turn();
          return readTruly(flujo.events("r1"), pace);
        });
        const all = await Promise.all([readTruly(stream, paces[0] as { every: number; turns: number }), ...readings]);
        const journal = await flujo.entries("r1");
        for (const entries of all) expect(viewOf(entries, "r1")).toEqual(viewOf(journal, "r1"));
      },
    ),
    { numRuns: 40 },
  );
});
