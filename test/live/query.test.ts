import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import type { JournalStore, RunSnapshot } from "../../src/index.ts";
import { agent, Flujo, pipeline, step, tool } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import { ManualClock, scriptedModel } from "../../src/testing/index.ts";
import { logs, shared } from "../semantics/support/context.ts";
import { turns } from "../semantics/support/stage.ts";

const folder = mkdtempSync(join(tmpdir(), "flujo-query-"));
afterAll(() => rmSync(folder, { recursive: true }));

const RUN = { runId: "run-1" };

/** A step that stands still until it is let go. */
function held(name: string) {
  const gate = Promise.withResolvers<string>();
  const begun = Promise.withResolvers<void>();
  const program = step(name, (): Promise<string> => {
    begun.resolve();
    return gate.promise;
  });
  return { program, begun: begun.promise, release: () => gate.resolve(`${name} done`) };
}

const places = ({ frontier }: RunSnapshot): readonly string[] => frontier.map(({ path, kind, attempt }) => `${kind} ${path} ${attempt}`);

test("of a run at rest it tells what it waits for and since when, its context, its steps and what it has cost", async () => {
  const store = memoryStore();
  const ask = agent({ name: "ask", instructions: "", model: scriptedModel(["draft"]) });
  const program = pipeline({ name: "p", context: z.object({ seen: z.string().default("nothing") }) })
    .step(ask)
    .step("note", (draft, { update }) => {
      update((all) => {
        all.seen = draft;
      });
      return draft;
    })
    .human("approve", { answer: z.boolean() });
  const result = await new Flujo({ state: store }).run(program, "x", RUN);
  const flujo = new Flujo({ state: store });
  const now = await flujo.query(RUN.runId);
  expect(now).toMatchObject({
    status: "paused",
    isRunning: false,
    record: { runId: "run-1", pipeline: "p", status: "paused" },
    waits: [{ id: "p/approve", waitsFor: "answer" }],
    context: { seen: "draft" },
    usage: { modelCalls: 1 },
    steps: [{ name: "ask" }, { name: "note" }],
  });
  expect(now.frontier).toEqual([
    { path: "p/approve", name: "approve", kind: "human", attempt: 1, sinceMs: result.status === "paused" ? result.pauses[0]?.sinceMs : -1 },
  ]);
  expect(now.usage).toEqual(result.usage);
  expect(now.cost).toEqual(result.cost);
  expect(await store.findRun(RUN.runId), "it was only looked at").toEqual(now.record);
});

test.each(["memory", "sqlite"])(
  "of a run that goes on, here or in another process (%s), it tells where each branch stands",
  async (kind) => {
    const file = join(folder, `${kind}.db`);
    const store = memoryStore();
    const flujoOf = (): Flujo => new Flujo({ state: kind === "memory" ? store : `sqlite:${file}`, durability: "normal" });
    const work = held("work");
    const pay = tool({ name: "pay", description: "Pays.", input: z.object({}), needsApproval: true, run: () => "paid" });
    const looks = tool({ name: "looks", description: "Looks.", input: z.object({}), run: () => new Promise<never>(() => undefined) });
    const calls = {
      calls: [
        { tool: "pay", input: {} },
        { tool: "looks", input: {} },
      ],
    };
    const desk = agent({ name: "desk", instructions: "", model: scriptedModel([calls, "never"]), tools: [pay, looks] });
    let tries = 0;
    const flaky = step({
      name: "flaky",
      retry: { retries: 1, firstDelayMs: 0 },
      run: (): Promise<never> => {
        if (++tries === 1) throw new Error("once");
        return new Promise(() => undefined);
      },
    });
    const program = pipeline({ name: "p" }).parallel({
      work: pipeline()
        .step("first", () => "in")
        .step(work.program),
      each: pipeline()
        .step("list", () => [0, 1])
        .map(pipeline().human("sure", { answer: z.boolean() })),
      desk: pipeline()
        .step("say", () => "go")
        .step(desk),
      flaky: pipeline().step(flaky),
    });
    const here = flujoOf();
    const running = here.run(program, null, RUN);
    await work.begun;
    await expect.poll(async () => (await here.query(RUN.runId)).waits.length).toBe(3);
    await turns();
    const there = flujoOf();
    for (const flujo of [here, there]) {
      const now = await flujo.query(RUN.runId);
      expect(now).toMatchObject({ status: "running", isRunning: true, record: { owner: { pid: process.pid } } });
      expect(places(now)).toEqual([
        "step p/parallel/work/work 1",
        "human p/parallel/each/map[0]/sure 1",
        "human p/parallel/each/map[1]/sure 1",
        "tool p/parallel/desk/desk/turn[0]/tool[0]/approval 1",
        "tool p/parallel/desk/desk/turn[0]/tool[1] 1",
        "step p/parallel/flaky/flaky#2 2",
      ]);
      expect(now.waits.map(({ id }) => id).toSorted()).toEqual([
        "p/parallel/desk/desk/turn[0]/tool[0]/approval",
        "p/parallel/each/map[0]/sure",
        "p/parallel/each/map[1]/sure",
      ]);
    }
    await here.close();
    await running;
    expect(places(await there.query(RUN.runId)), "parked, it stands where it stood").toHaveLength(6);
    await there.close();
  },
);

test("inside loops, attempts and fallbacks it names the innermost node; a time limit is nobody's place", async () => {
  const flujo = new Flujo();
  const stands = step("stands", (): Promise<number> => new Promise(() => undefined));
  let round = 0;
  const body = pipeline()
    .step("count", (n: number) => n + 1)
    .step(
      pipeline({ name: "careful" })
        .step("third", (n: number) => (++round < 3 ? n : "bad"))
        .step("check", (n) => {
          if (typeof n !== "number") throw new Error("not this one");
          return n;
        }),
      { retry: { retries: 1, firstDelayMs: 0 }, totalTimeoutMs: 60_000, timeoutMs: 50_000, fallback: stands },
    );
  const program = pipeline({ name: "p" }).loop(body, { until: (n: number) => n >= 5, maxIterations: 9, name: "rounds" });
  const running = flujo.run(program, 0, RUN);
  await turns();
  expect(places(await flujo.query(RUN.runId))).toEqual(["step p/rounds[2]/careful/fallback 1"]);
  await flujo.close();
  expect(await running).toMatchObject({ status: "stopped" });
});

test("an attempt that waits to be made is at its node, and an attempt under way says which it is", async () => {
  const clock = new ManualClock();
  const flujo = new Flujo({ clock });
  let tries = 0;
  const flow = pipeline({ name: "flow" }).step("work", (): Promise<never> => {
    if (++tries < 2) throw new Error("once");
    return new Promise(() => undefined);
  });
  const program = pipeline({ name: "p" }).step(flow, { retry: { retries: 3, firstDelayMs: 500 } });
  const running = flujo.run(program, null, RUN);
  await turns();
  expect(places(await flujo.query(RUN.runId))).toEqual(["sequence p/flow 1"]);
  await clock.advance(500);
  expect(places(await flujo.query(RUN.runId))).toEqual(["step p/flow#2/work 1"]);
  await flujo.close();
  await running;
});

test("of a run that has ended nothing is open: succeeded, failed, or called off while it waited", async () => {
  const flujo = new Flujo();
  const asks = pipeline({ name: "asks" }).human("sure", { answer: z.boolean() });
  await flujo.run(asks, 1, RUN);
  await flujo.cancel(RUN.runId);
  expect(await flujo.query(RUN.runId)).toMatchObject({ status: "cancelled", frontier: [], waits: [] });
  const { runId } = await flujo.run(
    step("one", (n: number) => n + 1),
    1,
  );
  expect(await flujo.query(runId)).toMatchObject({ status: "succeeded", frontier: [], steps: [{ output: 2 }] });
  const failed = await flujo.run(
    step("two", (): number => {
      throw new Error("no");
    }),
    1,
  );
  expect(await flujo.query(failed.runId)).toMatchObject({ status: "failed", frontier: [], steps: [{ status: "failed" }] });
  await expect(flujo.query("nobody")).rejects.toMatchObject({ code: "run_not_found" });
});

test("the context is that of the main line: what a branch that still goes on has written is not in it", async () => {
  const flujo = new Flujo();
  const gate = held("gate");
  const program = shared()
    .step(logs("before"))
    .parallel({ a: pipeline().step(logs("inside")).step(gate.program), b: step("b", () => 1) });
  const running = flujo.run(program, null, RUN);
  await gate.begun;
  expect((await flujo.query(RUN.runId)).context).toMatchObject({ log: ["before"] });
  gate.release();
  expect((await running).context).toMatchObject({ log: ["before", "inside"] });
});

test("it reads what is open and not the history: after a thousand iterations as little as after one", async () => {
  const read: number[] = [];
  const inner = memoryStore();
  const store: JournalStore = new Proxy(inner, {
    get: (target, name) => {
      const member = Reflect.get(target, name, target) as unknown;
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        const given = (member as (...all: unknown[]) => unknown).apply(target, args);
        if (name === "openEntries" || name === "entries" || name === "entriesAt") read.push((given as readonly unknown[]).length);
        return given;
      };
    },
  });
  const flujo = new Flujo({ state: store });
  const counts: number[] = [];
  for (const iterations of [1, 1_000]) {
    const runId = `run-${iterations}`;
    const program = pipeline({ name: "p" })
      .loop(
        pipeline()
          .step("count", (n: number) => n + 1)
          .step("again", (n) => n),
        { maxIterations: iterations },
      )
      .human("sure", { answer: z.boolean() });
    await flujo.run(program, 0, { runId });
    read.length = 0;
    expect((await flujo.query(runId)).frontier).toMatchObject([{ path: "p/sure" }]);
    counts.push(read.reduce((sum, each) => sum + each, 0));
  }
  expect(counts[1]).toBe(counts[0]);
});
