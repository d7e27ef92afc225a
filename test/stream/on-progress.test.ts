import { afterEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import type { Clock, ProgressEvent, RunEvent } from "../../src/index.ts";
import { agent, Flujo, pipeline, step, systemClock } from "../../src/index.ts";
import { SpokenModel } from "./support/spoken-model.ts";
import { shortly } from "./support/told.ts";

const counts = step("count", async (upTo: number, { report }) => {
  for (let n = 1; n <= upTo; n++) report(n);
  return upTo;
});
const asks = pipeline({ name: "p" })
  .step(counts)
  .human("ask", { answer: z.string() })
  .step(step("last", ({ input }: { input: number }, { report }) => report(input)));

describe("onProgress", () => {
  test("is told what goes on in between, and no entry; onEvent is told both", async () => {
    await using flujo = new Flujo();
    const [progress, events]: [string[], string[]] = [[], []];
    const onProgress = (event: ProgressEvent) => void progress.push(shortly(event));
    await flujo.run(counts, 2, { onProgress, onEvent: (event) => void events.push(shortly(event)) });
    expect(progress).toEqual(["started count", "reported count: 1", "reported count: 2"]);
    expect(events).toEqual(["0 run-started count", ...progress, "1 operation-finished count", "2 run-finished count"]);
  });

  test("is told of a model's text, reasoning and tool input, piece by piece", async () => {
    const spoken = new SpokenModel((speech) => speech.reason("Hm", ".").say("Good", " day").end());
    await using flujo = new Flujo();
    const progress: string[] = [];
    const program = agent({ name: "a", model: spoken.model, instructions: "x" });
    await flujo.run(program, "hello", { onProgress: (event) => void progress.push(shortly(event)) });
    expect(progress).toEqual([
      "started a/turn[0]",
      "reasoning-delta a/turn[0]: Hm",
      "reasoning-delta a/turn[0]: .",
      "text-delta a/turn[0]: Good",
      "text-delta a/turn[0]:  day",
    ]);
  });

  test("goes with a resume and an answer too, and with a stream", async () => {
    await using flujo = new Flujo();
    const progress: string[] = [];
    const onProgress = (event: ProgressEvent) => void progress.push(`${shortly(event)} of ${event.epoch}`);
    const stream = flujo.stream(asks, 1, { runId: "r1", onProgress });
    await stream.result;
    await flujo.resume(asks, "r1", { onProgress });
    await flujo.answer(asks, "r1", { value: "yes", options: { onProgress } });
    expect(progress.filter((said) => said.startsWith("reported"))).toEqual(["reported p/count: 1 of 1", "reported p/last: 1 of 3"]);
  });

  test("that throws becomes a warning, and neither the run nor onEvent is the worse for it", async () => {
    await using flujo = new Flujo();
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
    const events: RunEvent[] = [];
    const onProgress = (): never => {
      throw new Error("a broken listener");
    };
    const result = await flujo.run(counts, 1, { onProgress, onEvent: (event) => void events.push(event) });
    expect(result.status).toBe("succeeded");
    expect((await warned).message).toContain("a broken listener");
    expect(events).toHaveLength(5);
  });
});

/** A clock that counts how often it is looked at: every event of progress looks once. */
function countingClock(): Clock & { readonly looks: number } {
  let looks = 0;
  const now = (): number => {
    looks++;
    return systemClock.now();
  };
  return {
    ...systemClock,
    now,
    get looks() {
      return looks;
    },
  };
}

describe("the work that a piece of text makes", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** How often the clock was looked at, and JSON parsed, in a run of so many pieces. */
  async function workOf(
    pieces: number,
    options: { readonly isWatched: boolean },
  ): Promise<{ readonly looks: number; readonly parses: number }> {
    const text = JSON.stringify({ words: Array.from({ length: pieces - 2 }, (_, n) => n) }).match(/[^,]+,?/g) ?? [];
    const spoken = new SpokenModel((speech) => speech.say(...text).end());
    const program = agent({ name: "a", model: spoken.model, instructions: "x", output: z.object({ words: z.array(z.number()) }) });
    const clock = countingClock();
    await using flujo = new Flujo({ clock });
    const parse = vi.spyOn(JSON, "parse");
    let told = 0;
    const result = await flujo.run(program, "hello", options.isWatched ? { onProgress: () => void told++ } : {});
    const parses = parse.mock.calls.length;
    parse.mockRestore();
    expect(result.status).toBe("succeeded");
    expect(told).toBe(options.isWatched ? text.length + 1 : 0);
    return { looks: clock.looks, parses };
  }

  test("is none where nobody watches", async () => {
    const few = await workOf(10, { isWatched: false });
    expect(await workOf(2_000, { isWatched: false })).toEqual(few);
  });

  test("is one event where somebody does; structured output is parsed once, at its end", async () => {
    const few = await workOf(10, { isWatched: true });
    const many = await workOf(2_000, { isWatched: true });
    expect(many.looks - few.looks).toBe(1_990);
    expect(many.parses).toBe(few.parses);
  });
});
