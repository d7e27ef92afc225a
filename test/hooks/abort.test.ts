import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { agent, Flujo, type Hooks, type JournalStore, pipeline, step, tool } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import { scriptedModel, startModelServer } from "../../src/testing/index.ts";
import { crashingStore } from "../laws/support/crashing-store.ts";
import { lineOf, recorder, unpaired } from "./support/recorder.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A server that answers every request with its path, and counts them. */
async function countingServer(): Promise<{ readonly url: string; readonly paths: string[] }> {
  const paths: string[] = [];
  const server = createServer(({ url = "" }, response) => {
    paths.push(url);
    response.end(url);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, paths };
}

/** Notes that something was called, and gives what it is to give. */
const notingIn =
  (called: string[]) =>
  <T>(what: string, value: T): T => {
    called.push(what);
    return value;
  };

const fetcher = (url: string) =>
  tool({
    name: "fetch",
    description: "Fetches a page.",
    input: z.object({ path: z.string() }),
    run: async ({ path }) => (await fetch(url + path)).text(),
  });

test("an abort before a model call: no request is made, and the run is cancelled with the reason, in its result and its journal", async () => {
  const server = await startModelServer(["never said"]);
  closing.push(() => server.close());
  const { calls, hooks } = recorder(({ hook, event }) => {
    if (hook === "onModelStart") event.abort("over budget");
  });
  const flujo = new Flujo({ env: server.env, hooks });
  const result = await flujo.run(agent({ name: "ask", model: "openai:gpt-5-mini", instructions: "" }), "Hello");
  expect(result).toMatchObject({ status: "cancelled", reason: "over budget", usage: { modelCalls: 0 }, cost: { kind: "free" } });
  expect(() => result.unwrap()).toThrow("was cancelled: over budget.");
  expect(server.requests).toEqual([]);
  const entries = await flujo.entries(result.runId);
  expect(entries.map(({ type }) => type)).toEqual([
    "run-started",
    "operation-intended",
    "cancel-requested",
    "operation-finished",
    "run-finished",
  ]);
  expect(entries.at(-1)).toMatchObject({ end: { status: "cancelled", reason: "over budget" } });
  expect(calls.map(lineOf)).toEqual([
    "onRunStart",
    "onStepStart ask",
    "onModelStart ask/turn[0]",
    "onModelEnd ask/turn[0] failed",
    "onStepEnd ask failed",
    "onRunEnd cancelled",
  ]);
  expect(await flujo.result(result.runId), "as it is read later").toEqual(result);
});

test("an abort before a tool call: the tool does not run, nor do those beside it that had not begun", async () => {
  const { url, paths } = await countingServer();
  const model = scriptedModel([{ calls: ["/a", "/b", "/c"].map((path) => ({ tool: "fetch", input: { path } })) }, "done"]);
  const { calls, hooks } = recorder(({ hook, event }) => {
    if (hook === "onToolStart" && event["input"].path === "/b") event.abort("b is forbidden");
  });
  const flujo = new Flujo({ hooks });
  const result = await flujo.run(agent({ name: "ask", model, instructions: "", tools: [fetcher(url)] }), "Hello");
  expect(result).toMatchObject({ status: "cancelled", reason: "b is forbidden" });
  expect(paths.filter((path) => path !== "/a")).toEqual([]);
  expect(model.calls).toHaveLength(1);
  expect(calls.filter(({ hook }) => hook === "onToolStart").map(({ event }) => event["input"].path)).toEqual(["/a", "/b"]);
  expect(unpaired(calls)).toEqual([]);
});

test("an abort before a step: neither its function nor what decides for it is called, and no later step begins", async () => {
  const called: string[] = [];
  const noting = notingIn(called);
  const note = (name: string) => step(name, (n: number) => noting(name, n));
  const program = pipeline({ name: "p" })
    .step(note("one"))
    .branch((n) => noting("selector", n > 0), { true: note("yes"), false: note("no") })
    .step(note("last"));
  const stopAt = (path: string): Hooks => ({
    onStepStart: (event) => {
      if (event.path === path) event.abort(`stopped at ${path}`);
    },
  });
  for (const [path, expected] of [
    ["p", []],
    ["p/one", []],
    ["p/branch", ["one"]],
    ["p/branch/true", ["one", "selector"]],
    ["p/last", ["one", "selector", "yes"]],
  ] as const) {
    called.length = 0;
    const { calls, hooks } = recorder();
    const flujo = new Flujo();
    const result = await flujo.run(program, 1, { hooks: [stopAt(path), hooks] });
    expect(result, path).toMatchObject({ status: "cancelled", reason: `stopped at ${path}` });
    expect(called, path).toEqual(expected);
    expect(unpaired(calls), path).toEqual([]);
    expect(calls.filter(({ hook }) => hook === "onStepStart").at(-1)?.event["path"], path).toBe(path);
    expect((await flujo.entries(result.runId)).at(-1)).toMatchObject({ type: "run-finished" });
  }
});

test("an abort at the start of the run: nothing of it is done, whatever it begins with", async () => {
  const called: string[] = [];
  const noting = notingIn(called);
  const hooks: Hooks = { onRunStart: ({ abort }) => abort("not today") };
  const branch = pipeline({ name: "p", input: z.number() }).branch((n) => noting("selector", n > 0), {
    true: step("yes", (n: number) => noting("yes", n)),
    false: step("no", (n: number) => noting("no", n)),
  });
  const wide = pipeline({ name: "w" }).parallel({
    x: step("x", (n: number) => noting("x", n)),
    y: step("y", (n: number) => noting("y", n)),
  });
  const flujo = new Flujo({ hooks });
  expect(await flujo.run(branch, 1)).toMatchObject({ status: "cancelled", reason: "not today" });
  expect(await flujo.run(wide, 1)).toMatchObject({ status: "cancelled", reason: "not today" });
  expect(called).toEqual([]);
});

test("an abort at an end or a failure: what was done is kept, nothing more is begun, and a run that was done by then is cancelled all the same", async () => {
  const flaky = step({
    name: "flaky",
    retry: { retries: 5, firstDelayMs: 0 },
    run: (n: number): number => {
      throw new Error(`No ${n}.`);
    },
  });
  const one = step("one", (n: number) => n + 1);
  const abortOn = (hook: string): Hooks => ({ [hook]: ({ abort }: { abort: (reason: string) => void }) => abort(hook) });
  const flujo = new Flujo();
  const failing = await flujo.run(pipeline({ name: "p" }).step(flaky).step(one), 1, { hooks: abortOn("onFailure") });
  expect(failing).toMatchObject({ status: "cancelled", reason: "onFailure" });
  const attempts = (await flujo.entries(failing.runId)).filter(({ type }) => type === "operation-finished");
  expect(attempts.map(({ key }) => key)).toEqual(["p/flaky"]);
  expect((await flujo.entries(failing.runId)).find(({ type }) => type === "cancel-requested")).toMatchObject({ reason: "onFailure" });
  const done = await flujo.run(one, 1, { hooks: abortOn("onStepEnd") });
  expect(done).toMatchObject({ status: "cancelled", reason: "onStepEnd" });
  expect(await flujo.result(done.runId)).toEqual(done);
  const asked = await flujo.run(pipeline({ name: "q" }).human("sure", { answer: z.boolean() }), 1, { hooks: abortOn("onPause") });
  expect(asked).toMatchObject({ status: "cancelled", reason: "onPause" });
  const late = await flujo.run(one, 1, { hooks: abortOn("onRunEnd") });
  expect(late).toMatchObject({ status: "succeeded", output: 2 });
});

test("an abort tells what is in flight to stop, through its signal, also when it comes from the timer of a retry", async () => {
  const told: unknown[] = [];
  const patient = step({
    name: "patient",
    run: (_n: number, { signal }): Promise<number> =>
      new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => {
          told.push(signal.reason);
          reject(new Error("stopped"));
        }),
      ),
  });
  const again = tool({
    name: "again",
    description: "Tries.",
    input: z.object({}),
    retry: { retries: 1, firstDelayMs: 1, jitter: "none" },
    run: (): string => {
      throw new Error("Not yet.");
    },
  });
  const model = scriptedModel([{ calls: [{ tool: "again", input: {} }] }, "done"]);
  const program = pipeline({ name: "p" }).parallel({
    patient,
    asks: pipeline()
      .step("text", (n: number) => `${n}`)
      .step(agent({ name: "ask", model, instructions: "", tools: [again] })),
  });
  const hooks: Hooks = {
    onToolStart: ({ attempt, abort }) => {
      if (attempt === 2) abort("enough");
    },
  };
  expect(await new Flujo().run(program, 1, { hooks })).toMatchObject({ status: "cancelled", reason: "enough" });
  expect(told).toEqual(["cancelled"]);
});

test("an abort over a store that takes its time: of operations that were about to start together, none after it does", async () => {
  const { store } = crashingStore(memoryStore(), null);
  const slow: JournalStore = {
    ...store,
    commit: async (request) => {
      await new Promise(setImmediate);
      return store.commit(request);
    },
  };
  const called: number[] = [];
  const items = pipeline({ name: "p" }).map(step({ name: "each", effect: "once", run: (n: number) => called.push(n) }), { concurrency: 3 });
  const guarded = pipeline({ name: "g" }).parallel({
    items,
    ask: pipeline()
      .step("text", (list: number[]) => `${list.length}`)
      .step(agent({ name: "ask", model: scriptedModel(["never said"]), instructions: "" })),
  });
  const { calls, hooks } = recorder(({ hook, event }) => {
    if (hook === "onModelStart") event.abort("no models today");
  });
  const flujo = new Flujo({ state: slow, hooks });
  const result = await flujo.run(guarded, [1, 2, 3]);
  expect(result).toMatchObject({ status: "cancelled", reason: "no models today", usage: { modelCalls: 0 } });
  expect(called).toEqual([1, 2, 3]);
  expect(unpaired(calls)).toEqual([]);
  expect((await flujo.entries(result.runId)).at(-1)).toMatchObject({ type: "run-finished", end: { status: "cancelled" } });
});

test("the first reason counts; a reason that is no text is none", async () => {
  const one = step("one", (n: number) => n);
  const twice: Hooks = {
    onStepStart: ({ abort }) => {
      abort("first");
      abort("second");
    },
  };
  expect(await new Flujo({ hooks: twice }).run(one, 1)).toMatchObject({ status: "cancelled", reason: "first" });
  const odd: Hooks = { onStepStart: ({ abort }) => abort({ not: "a text" } as never) };
  expect(await new Flujo({ hooks: odd }).run(one, 1)).toMatchObject({ status: "cancelled", reason: null });
});

test("a signal gives its reason too, where it has one of its own", async () => {
  const wait = step({
    name: "wait",
    run: (_n: number, { signal }) => new Promise<number>((_r, reject) => signal.addEventListener("abort", () => reject(new Error("x")))),
  });
  for (const [given, reason] of [
    ["the shop has closed", "the shop has closed"],
    [new Error("no power"), "no power"],
    [undefined, null],
  ] as const) {
    const controller = new AbortController();
    const running = new Flujo().run(wait, 1, {
      signal: controller.signal,
      hooks: { onStepStart: () => setImmediate(() => controller.abort(given)) },
    });
    expect(await running).toMatchObject({ status: "cancelled", reason });
  }
});

function everything() {
  const look = tool({ name: "look", description: "Looks.", input: z.object({}), run: async () => "seen" });
  const model = scriptedModel(({ turn }) => (turn === 0 ? { calls: [1, 2].map(() => ({ tool: "look", input: {} })) } : "done"));
  const ask = agent({ name: "ask", model, instructions: "", tools: [look] });
  const flaky = step({
    name: "flaky",
    retry: { retries: 1, firstDelayMs: 1, jitter: "none" },
    run: async (n: number, { attempt }) => {
      if (attempt === 1) throw new Error("Not yet.");
      return n;
    },
  });
  return pipeline({ name: "p", input: z.array(z.number()) })
    .parallel({ items: pipeline().map(flaky, { concurrency: 2 }), ask: pipeline().step("text", String).step(ask) }, { onFailure: "ignore" })
    .branch((found) => found.ask === "done", { true: step("last", () => 1), false: step("never", () => 2) });
}

test("an abort from any hook at any moment: nothing begins after it, every start has its end, and the journal says all of it", async () => {
  const whole = recorder();
  expect((await new Flujo({ hooks: whole.hooks }).run(everything(), [1, 2, 3])).unwrap()).toBe(1);
  for (let at = 0; at < whole.calls.length - 1; at++) {
    let number = 0;
    const { calls, hooks } = recorder(({ event }) => {
      if (number++ === at) event.abort(`call ${at}`);
    });
    const flujo = new Flujo({ hooks });
    const result = await flujo.run(everything(), [1, 2, 3]);
    const where = `${at}: ${lineOf(calls[at] ?? { hook: "onRunEnd", event: {} as never })}`;
    expect(result, where).toMatchObject({ status: "cancelled", reason: `call ${at}` });
    expect(
      calls.slice(at + 1).filter(({ hook }) => hook.endsWith("Start")),
      where,
    ).toEqual([]);
    expect(unpaired(calls), where).toEqual([]);
    const entries = await flujo.entries(result.runId);
    expect(entries.at(-1), where).toMatchObject({ type: "run-finished", end: { status: "cancelled", reason: `call ${at}` } });
    expect(await flujo.result(result.runId), where).toEqual(result);
  }
});
