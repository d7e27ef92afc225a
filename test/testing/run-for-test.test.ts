import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { agent, Flujo, pipeline, step, tool, withPolicy } from "../../src/index.ts";
import { ManualClock, memoryState, resumeForTest, runForTest, scriptedModel } from "../../src/testing/index.ts";

const AT = Date.UTC(2030, 0, 1);

describe("a run for a test", () => {
  it("gives its result, its journal, what it told and what ran", async () => {
    const model = scriptedModel([{ calls: [{ tool: "add", input: { a: 1, b: 2 } }] }, "three"]);
    const add = tool({ name: "add", description: "Adds.", input: z.object({ a: z.number(), b: z.number() }), run: ({ a, b }) => a + b });
    const sums = pipeline({ name: "sums" })
      .step(agent({ name: "reckon", model, instructions: "Add.", tools: [add] }))
      .step("shout", (text: string) => text.toUpperCase());
    const { result, events, entries, trace, networkAttempts, state } = await runForTest(sums, "1 + 2");
    expect(result.unwrap()).toBe("THREE");
    expect(trace.map(({ path, kind, status }) => `${kind} ${path} ${status}`)).toStrictEqual([
      "group sums succeeded",
      "agent sums/reckon succeeded",
      "turn sums/reckon/turn[0] succeeded",
      "tool sums/reckon/turn[0]/tool[0] succeeded",
      "turn sums/reckon/turn[1] succeeded",
      "step sums/shout succeeded",
    ]);
    expect(trace.find(({ kind }) => kind === "tool")).toMatchObject({ name: "add", request: { a: 1, b: 2 }, output: 3, attempts: 1 });
    expect(entries).toStrictEqual(events.flatMap((event) => (event.family === "entry" ? [event.entry] : [])));
    expect(events.some((event) => event.family === "progress" && event.type === "text-delta")).toBe(true);
    expect(networkAttempts).toStrictEqual([]);
    expect(await state.findRun(result.runId)).toMatchObject({ status: "succeeded" });
    model.assertComplete();
  });

  it("lets time pass by itself: sleeps, delays of retries, limits of time, waits that nobody answers", async () => {
    let tries = 0;
    const slow = pipeline({ name: "slow", input: z.string() })
      .sleep("a month", "30 days")
      .step(
        step({
          name: "flaky",
          retry: { retries: 2, firstDelayMs: 3_600_000, maxDelayMs: 3_600_000, factor: 1, jitter: "none" },
          run: (text: string) => {
            if (tries++ < 2) throw new Error("not yet");
            return text;
          },
        }),
      )
      .human("ok", { answer: z.boolean(), timeout: "1 day", default: false })
      .step("say", ({ answer }) => (answer ? "yes" : "nobody said so"));
    const { result, clock } = await runForTest(slow, "x");
    expect(result.unwrap()).toBe("nobody said so");
    expect((clock.now() - AT) / 3_600_000).toBe(31 * 24 + 2);
  });

  it("answers what is waited for before its time is over, in any place, and leaves what has no answer", async () => {
    const Answer = z.object({ ok: z.boolean() });
    const asks = pipeline({ name: "asks" })
      .parallel({
        person: pipeline({ name: "person" }).human("ok", { answer: Answer, timeout: "1 s", default: { ok: false } }),
        signal: pipeline({ name: "signal" }).waitFor("paid", { schema: z.number(), timeout: "2 s" }),
      })
      .human("last", { answer: z.string() });
    const { result, state, clock } = await runForTest(asks, 1, { runId: "a1", answers: { ok: { ok: true }, paid: 7 } });
    expect(result).toMatchObject({ status: "paused", pauses: [{ id: "asks/last" }] });
    expect(clock.now()).toBe(AT);
    const after = await resumeForTest(asks, "a1", { state, answers: { "asks/last": "done" } });
    expect(after.result.unwrap()).toMatchObject({ answer: "done", input: { person: { answer: { ok: true } }, signal: { signal: 7 } } });
  });

  it("refuses an answer that does not fit, in the words of any other", async () => {
    const asks = pipeline({ name: "asks" }).human("ok", { answer: z.boolean() });
    await expect(runForTest(asks, 1, { answers: { ok: "maybe" } })).rejects.toMatchObject({ code: "answer_invalid" });
  });

  it("does not let time pass over somebody who works: a limit of time is one of the clock's", async () => {
    const program = withPolicy(
      step("works", async (n: number) => {
        await sleep(20);
        return n;
      }),
      { timeoutMs: 10 },
    );
    const { result, clock } = await runForTest(program, 1);
    expect(result.unwrap()).toBe(1);
    expect(clock.now()).toBe(AT);
  });

  it("lets it pass over somebody who waits for it", async () => {
    const hangs = step({ name: "hangs", timeoutMs: 60_000, run: (_n: number, { signal }): Promise<number> => until(signal) });
    const { result, clock } = await runForTest(hangs, 1);
    expect(result).toMatchObject({ status: "failed", failure: { code: "timeout" } });
    expect(clock.now() - AT).toBe(60_000);
  });

  it("is offline, and says who tried to be not, also where the program kept it to itself", async () => {
    const quiet = pipeline({ name: "quiet" }).step("get", async (url: string) => {
      try {
        return (await fetch(url)).status;
      } catch {
        return 0;
      }
    });
    const { result, networkAttempts } = await runForTest(quiet, "http://127.0.0.1:45999/");
    expect(result.unwrap()).toBe(0);
    expect(networkAttempts).toStrictEqual([{ target: "127.0.0.1:45999", path: "quiet/get" }]);
    const asks = agent({ name: "asks", model: "openai:gpt-5-mini", instructions: "Answer." });
    expect((await runForTest(asks, "x")).result).toMatchObject({ status: "failed", failure: { code: "offline", retryable: false } });
    const open = await runForTest(asks, "x", { model: "test:script", models: { "test:script": scriptedModel(["hi"]) } });
    expect(open.result.unwrap()).toBe("hi");
  });

  it("refuses values that could not be stored, as a state file would", async () => {
    class Point {}
    const makes = step("makes", (_n: number) => new Point());
    expect((await runForTest(makes, 1)).result).toMatchObject({ status: "failed", failure: { code: "value_unstorable" } });
  });

  it("takes what a run takes: a context, an id, a thread, a signal, hooks, resources", async () => {
    const counts = pipeline({ name: "counts", context: z.object({ n: z.number().default(0) }) }).step("add", (by: number, context) => {
      context.update((draft) => {
        draft.n += by;
      });
      return by;
    });
    const told: string[] = [];
    const { result } = await runForTest(counts, 2, {
      context: { n: 40 },
      runId: "mine",
      hooks: { onRunStart: () => void told.push("began") },
    });
    expect(result).toMatchObject({ runId: "mine", context: { n: 42 } });
    expect(told).toStrictEqual(["began"]);
    const abort = AbortSignal.abort("no more");
    expect((await runForTest(counts, 2, { signal: abort })).result).toMatchObject({ status: "cancelled", reason: "no more" });
  });

  it("closes everything, also where the program cannot even begin", async () => {
    const state = memoryState();
    const close = vi.spyOn(state, "close");
    const program = pipeline({ name: "p", input: z.string() }).step("s", (text: string) => text);
    await expect(runForTest(program, 7 as never, { state })).rejects.toMatchObject({ code: "input_invalid" });
    expect(close).not.toHaveBeenCalled(); // it was never opened
    await runForTest(program, "7", { state });
    expect(close).toHaveBeenCalledOnce();
  });
});

describe("state in memory", () => {
  it("goes from one Flujo to the next, and to a run for a test", async () => {
    const program = pipeline({ name: "p" }).human("ok", { answer: z.boolean() });
    const state = memoryState();
    const first = new Flujo({ state, clock: new ManualClock() });
    await first.run(program, 1, { runId: "r" });
    await first.close();
    const { result } = await resumeForTest(program, "r", { state, answers: { ok: true } });
    expect(result.unwrap()).toStrictEqual({ input: 1, answer: true });
    await using last = new Flujo({ state });
    expect((await last.resume(program, "r")).unwrap()).toStrictEqual({ input: 1, answer: true });
  });

  it("forgets nothing", async () => {
    const state = memoryState();
    await using flujo = new Flujo({ state });
    const same = step("same", (n: number) => n);
    for (let n = 0; n < 1_050; n++) await flujo.run(same, n);
    expect(await flujo.list({ limit: 2_000 })).toHaveLength(1_050);
  });
});

/** Never, until it is told to stop. */
function until(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}
