import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { Flujo, pipeline, step } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";

const folder = mkdtempSync(join(tmpdir(), "flujo-answer-"));
afterAll(() => rmSync(folder, { recursive: true }));

const RUN = { runId: "run-1" };

/** Two people are asked while another branch goes on until it is let go. */
function busy(answer = z.object({ ok: z.boolean() })) {
  const held = Promise.withResolvers<string>();
  const program = pipeline({ name: "busy" }).parallel({
    ask: pipeline().human("approve", { answer }),
    again: pipeline().human("sure", { answer: z.string().transform((text) => text.length) }),
    work: step("work", () => held.promise),
  });
  return { program, release: () => held.resolve("done") };
}

async function open(flujo: Flujo, runId: string, count: number): Promise<void> {
  await expect.poll(async () => (await flujo.query(runId).catch(() => null))?.waits.length).toBe(count);
}

test.each(["memory", "sqlite"])("an answer to a run that another process runs gets there, and its result comes back (%s)", async (kind) => {
  const store = memoryStore();
  const flujoOf = (): Flujo => new Flujo({ state: kind === "memory" ? store : `sqlite:${join(folder, "s.db")}`, durability: "normal" });
  const [owner, other] = [flujoOf(), flujoOf()];
  const { program, release } = busy();
  const running = owner.run(program, null, RUN);
  await open(owner, RUN.runId, 2);
  const told: string[] = [];
  const first = other.answer(program, RUN.runId, {
    pause: "approve",
    value: { ok: true },
    options: { onEvent: (event) => void (event.family === "entry" && told.push(event.entry.type)) },
  });
  await open(owner, RUN.runId, 1);
  const second = other.answer(program, RUN.runId, { pause: "sure", value: "four" });
  await open(owner, RUN.runId, 0);
  release();
  const result = await running;
  expect(result).toMatchObject({ status: "succeeded", output: { ask: { answer: { ok: true } }, again: { answer: 4 }, work: "done" } });
  expect(await first).toEqual(result);
  expect(await second).toEqual(result);
  expect(told).toContain("signal-taken");
  expect(told.at(-1)).toBe("run-finished");
  await owner.close();
  await other.close();
});

test("a wrong answer is refused before it is sent, and so is one to what the run does not wait for", async () => {
  const store = memoryStore();
  const [owner, other] = [new Flujo({ state: store }), new Flujo({ state: store })];
  const { program, release } = busy();
  const running = owner.run(program, null, RUN);
  await open(owner, RUN.runId, 2);
  await expect(other.answer(program, RUN.runId, { pause: "approve", value: 1 })).rejects.toMatchObject({ code: "answer_invalid" });
  await expect(other.answer(program, RUN.runId, { value: 1 })).rejects.toMatchObject({ code: "pause_not_found" });
  expect(await store.letters(RUN.runId, 0)).toEqual([]);
  release();
  await running;
});

test("of two who answer from two other processes one has the result, and the other is told that it was answered", async () => {
  const store = memoryStore();
  const [owner, a, b] = [new Flujo({ state: store }), new Flujo({ state: store }), new Flujo({ state: store })];
  const { program, release } = busy();
  const running = owner.run(program, null, RUN);
  await open(owner, RUN.runId, 2);
  const both = [a, b].map((flujo, n) => flujo.answer(program, RUN.runId, { pause: "approve", value: { ok: n === 0 } }));
  const settled = Promise.allSettled(both);
  await open(owner, RUN.runId, 1);
  release();
  await running;
  const [first, second] = await settled;
  expect(first).toMatchObject({ status: "fulfilled", value: { status: "paused" } });
  expect(second).toMatchObject({ status: "rejected", reason: { code: "pause_not_found" } });
});

test("where the other process ends before it has taken the answer, the one who gave it goes on with the run", async () => {
  const store = memoryStore();
  // The other process hears of no letter any more, as if it stood still, and is then gone.
  const deaf = new Proxy(store, {
    get: (target, name) => {
      const member = Reflect.get(target, name, target) as unknown;
      if (typeof member !== "function") return member;
      return name === "letters" ? () => [] : member.bind(target);
    },
  });
  const [owner, other] = [new Flujo({ state: deaf }), new Flujo({ state: store })];
  let isOpen = false;
  const program = pipeline({ name: "p" }).parallel({
    ask: pipeline().human("approve", { answer: z.boolean() }),
    work: step("work", () => (isOpen ? 1 : new Promise<never>(() => undefined))),
  });
  const running = owner.run(program, null, RUN);
  await open(owner, RUN.runId, 1);
  const answered = other.answer(program, RUN.runId, { value: true });
  await expect.poll(async () => (await store.letters(RUN.runId, 0)).length).toBe(1);
  isOpen = true;
  await owner.close();
  expect(await running).toMatchObject({ status: "stopped" });
  expect(await answered).toMatchObject({ status: "succeeded", output: { ask: { answer: true }, work: 1 } });
  expect((await other.entries(RUN.runId)).filter(({ type }) => type === "signal-taken")).toHaveLength(1);
});

test("aborting the signal of an answer calls the run off, wherever it runs", async () => {
  const store = memoryStore();
  const [owner, other] = [new Flujo({ state: store, graceMs: 10 }), new Flujo({ state: store })];
  const { program } = busy();
  const running = owner.run(program, null, RUN);
  await open(owner, RUN.runId, 2);
  const abort = new AbortController();
  const answered = other.answer(program, RUN.runId, { pause: "approve", value: { ok: true }, options: { signal: abort.signal } });
  await open(owner, RUN.runId, 1);
  abort.abort("never mind");
  expect(await running).toMatchObject({ status: "cancelled", reason: "never mind" });
  expect(await answered).toMatchObject({ status: "cancelled", reason: "never mind" });
});
