import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { agent, Flujo, pipeline, step, tool } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import { ManualClock, scriptedModel } from "../../src/testing/index.ts";
import { Lab, RUN } from "../laws/support/lab.ts";

let warnings: string[] = [];
const listen = (warning: Error): void => {
  if (warning.name === "FlujoWarning") warnings.push(warning.message);
};
beforeEach(() => {
  warnings = [];
  process.on("warning", listen);
});
afterEach(() => void process.off("warning", listen));

const Answer = z.object({ ok: z.boolean(), note: z.string().optional() });
const pay = pipeline({ name: "pay" })
  .human("approve", { answer: Answer })
  .step("settle", ({ answer }) => (answer.ok ? "paid" : "not paid"));

/** Waits for a person while another branch goes on, until it is let go. */
function busy() {
  const held = Promise.withResolvers<string>();
  const program = pipeline({ name: "busy" }).parallel({
    ask: pipeline().human("approve", { answer: Answer }),
    work: step("work", () => held.promise),
  });
  return { program, release: () => held.resolve("done") };
}

const taken = async (flujo: Flujo) => (await flujo.entries(RUN.runId)).flatMap((entry) => (entry.type === "signal-taken" ? [entry] : []));

test("a live run takes a signal for what it waits for, and goes on by itself", async () => {
  const { program, release } = busy();
  const flujo = new Flujo();
  const running = flujo.run(program, null, RUN);
  await expect.poll(async () => (await flujo.entries(RUN.runId).catch(() => [])).some(({ type }) => type === "wait-opened")).toBe(true);
  expect(await flujo.signal(RUN.runId, "approve", { ok: true })).toMatchObject({ status: "running" });
  release();
  expect(await running).toMatchObject({ status: "succeeded", output: { ask: { answer: { ok: true } }, work: "done" } });
  expect(await taken(flujo)).toEqual([expect.objectContaining({ name: "approve", pause: "busy/parallel/ask/approve", problem: null })]);
});

test("a signal that comes early is kept for the pause: the run never stops to wait", async () => {
  const gate = Promise.withResolvers<void>();
  const program = pipeline({ name: "p" })
    .step("work", () => gate.promise)
    .human("approve", { answer: Answer })
    .step("settle", ({ answer }) => answer.ok);
  const flujo = new Flujo();
  const running = flujo.run(program, null, RUN);
  await expect.poll(() => flujo.find(RUN.runId)).not.toBeNull();
  await flujo.signal(RUN.runId, "approve", { ok: true });
  gate.resolve();
  expect(await running).toMatchObject({ status: "succeeded", output: true });
});

test("a signal for a run at rest answers it when it is gone on with", async () => {
  const flujo = new Flujo();
  await flujo.run(pay, null, RUN);
  expect(await flujo.signal(RUN.runId, "approve", { ok: true })).toMatchObject({ status: "paused" });
  expect(await flujo.resume(pay, RUN.runId)).toMatchObject({ status: "succeeded", output: "paid" });
  const entries = await flujo.entries(RUN.runId);
  expect(entries.map(({ type }) => type)).toEqual([
    "run-started",
    "decisions-made",
    "wait-opened",
    "signal-taken",
    "operation-finished",
    "operation-finished",
    "run-finished",
  ]);
});

test("a signal that comes while the run is coming to rest is taken all the same", async () => {
  const store = memoryStore();
  const other = new Flujo({ state: store });
  // The moment in which the run's rest is written down is the last in which it could be missed.
  const posting = new Proxy(store, {
    get: (target, name) => {
      const member = Reflect.get(target, name, target) as unknown;
      if (typeof member !== "function") return member;
      if (name !== "commit") return member.bind(target);
      return async (request: Parameters<typeof store.commit>[0]) => {
        if (request.rest?.status === "paused")
          await target.post({ runId: RUN.runId, kind: "signal", name: "approve", value: { ok: false }, atMs: 0 });
        return target.commit(request);
      };
    },
  });
  const flujo = new Flujo({ state: posting });
  expect(await flujo.run(pay, null, RUN)).toMatchObject({ status: "succeeded", output: "not paid" });
  expect(await other.find(RUN.runId)).toMatchObject({ status: "succeeded", epoch: 2 });
});

test("of two signals each answers one pause, in the order in which they came, whichever pause of the name opens first", async () => {
  const two = pipeline({ name: "two" })
    .human("approve", { answer: z.number() })
    .step("first", ({ answer }) => answer)
    .human("approve again", { answer: z.number() })
    .step("both", ({ input, answer }) => [input, answer]);
  const map = pipeline({ name: "map" })
    .step("list", () => ["a", "b"])
    .map(
      pipeline()
        .human("approve", { answer: z.number() })
        .step("take", ({ answer }) => answer),
    );
  const flujo = new Flujo();
  await flujo.run(map, null, RUN);
  await flujo.signal(RUN.runId, "approve", 1);
  await flujo.signal(RUN.runId, "map/map[0]/approve", 3).catch((error: unknown) => expect(error).toBeUndefined());
  await flujo.signal(RUN.runId, "approve", 2);
  expect((await flujo.resume(map, RUN.runId)).unwrap()).toEqual([1, 2]);
  const again = new Flujo();
  await again.run(two, null, RUN);
  await again.signal(RUN.runId, "approve again", 2);
  await again.signal(RUN.runId, "approve", 1);
  expect((await again.resume(two, RUN.runId)).unwrap()).toEqual([1, 2]);
});

test("a signal of the wrong shape is refused at once where the pause is open, live or at rest, and nothing is kept of it", async () => {
  const flujo = new Flujo();
  await flujo.run(pay, null, RUN);
  for (const wrong of [undefined, null, "yes", { ok: "yes" }, {}, { ok: true, more: 1 }, [true]].slice(0, 5))
    await expect(flujo.signal(RUN.runId, "approve", wrong), JSON.stringify(wrong)).rejects.toMatchObject({ code: "answer_invalid" });
  expect(await flujo.resume(pay, RUN.runId)).toMatchObject({ status: "paused" });
  const { program, release } = busy();
  const live = new Flujo();
  const running = live.run(program, null, RUN);
  await expect.poll(async () => (await live.entries(RUN.runId).catch(() => [])).some(({ type }) => type === "wait-opened")).toBe(true);
  await expect(live.signal(RUN.runId, "approve", { ok: 1 })).rejects.toMatchObject({ code: "answer_invalid" });
  release();
  expect(await running).toMatchObject({ status: "paused" });
  expect([...(await taken(flujo)), ...(await taken(live))]).toEqual([]);
});

test("one that came early and turns out wrong is dropped with a warning and an entry; the next of the name is looked at, else the run waits", async () => {
  const gate = Promise.withResolvers<void>();
  const Even = z.number().refine((n) => n % 2 === 0); // which JSON Schema cannot say
  const program = pipeline({ name: "p" })
    .step("work", () => gate.promise)
    .human("approve", { answer: Even });
  const flujo = new Flujo();
  const running = flujo.run(program, null, RUN);
  await expect.poll(() => flujo.find(RUN.runId)).not.toBeNull();
  await flujo.signal(RUN.runId, "approve", 1);
  await flujo.signal(RUN.runId, "approve", 3);
  gate.resolve();
  expect(await running).toMatchObject({ status: "paused", pauses: [{ name: "approve" }] });
  expect((await taken(flujo)).map(({ problem, pause }) => [pause, typeof problem])).toEqual([
    ["p/approve", "string"],
    ["p/approve", "string"],
  ]);
  await expect.poll(() => warnings).toHaveLength(2);
  expect(warnings[0]).toContain(`Run ${RUN.runId} has dropped the signal "approve": The answer to p/approve does not fit`);
  expect(await flujo.resume(program, RUN.runId), "what was dropped is not looked at again").toMatchObject({ status: "paused" });
  expect(await taken(flujo)).toHaveLength(2);
});

test("a tool call that waits for approval takes a signal under the tool's name", async () => {
  const sent: string[] = [];
  const send = tool({
    name: "send",
    description: "Sends a mail.",
    input: z.object({ to: z.string() }),
    needsApproval: true,
    run: ({ to }) => sent.push(to),
  });
  const model = scriptedModel([{ calls: [{ tool: "send", input: { to: "ada@example.com" } }] }, "Sent."]);
  const mailer = agent({ name: "mailer", model, instructions: "", tools: [send] });
  const flujo = new Flujo();
  expect(await flujo.run(mailer, "Write to Ada", RUN)).toMatchObject({ status: "paused" });
  await expect(flujo.signal(RUN.runId, "send", { decision: "perhaps" })).rejects.toMatchObject({ code: "answer_invalid" });
  await flujo.signal(RUN.runId, "send", { decision: "approve" });
  expect((await flujo.resume(mailer, RUN.runId)).unwrap()).toBe("Sent.");
  expect(sent).toEqual(["ada@example.com"]);
});

test("a signal is taken exactly once, wherever a process dies on the way", async () => {
  const whole = new Lab();
  await whole.flujo().run(pay, null, RUN);
  await whole.flujo().signal(RUN.runId, "approve", { ok: true });
  whole.log.length = 0;
  await whole.flujo().resume(pay, RUN.runId);
  const commits = whole.log.length;
  for (let last = -1; last < commits; last++) {
    const lab = new Lab();
    await lab.flujo().run(pay, null, RUN);
    await lab.flujo().signal(RUN.runId, "approve", { ok: true });
    if (last >= 0) {
      const { flujo, crashed } = lab.doomed(last);
      await Promise.race([crashed, flujo.resume(pay, RUN.runId)]);
    }
    expect((await lab.flujo().resume(pay, RUN.runId)).unwrap(), `at ${last}`).toBe("paid");
    expect((await lab.journal()).filter(({ type }) => type === "signal-taken")).toHaveLength(1);
  }
});

test("what is taken stays taken when its part of the run is done and read no more", async () => {
  const lab = new Lab();
  const inner = pipeline({ name: "inner" }).human("approve", { answer: z.number() });
  const outer = pipeline({ name: "outer" })
    .step(inner)
    .step("take", ({ answer }) => answer)
    .human("approve", { answer: z.number() })
    .step("both", ({ input, answer }) => [input, answer]);
  await lab.flujo().run(outer, null, RUN);
  await lab.flujo().signal(RUN.runId, "approve", 1);
  expect(await lab.flujo().resume(outer, RUN.runId)).toMatchObject({ status: "paused", pauses: [{ id: "outer/approve" }] });
  expect(await lab.flujo().resume(outer, RUN.runId)).toMatchObject({ status: "paused" });
  await lab.flujo().signal(RUN.runId, "approve", 2);
  expect((await lab.flujo().resume(outer, RUN.runId)).unwrap()).toEqual([1, 2]);
});

test("an answer and a signal at the same moment: one of them answers, and a signal that was not needed stays for the next pause", async () => {
  const twice = pipeline({ name: "twice" })
    .human("approve", { answer: z.number() })
    .step("take", ({ answer }) => answer)
    .step(
      pipeline({ name: "again" })
        .human("approve", { answer: z.number() })
        .step("both", ({ input, answer }) => [input, answer]),
    );
  const flujo = new Flujo();
  await flujo.run(twice, null, RUN);
  await flujo.signal(RUN.runId, "approve", 2);
  const result = await flujo.answer(twice, RUN.runId, { value: 1 });
  expect(result.unwrap()).toEqual([1, 2]);
});

test("another Flujo on the same store reaches a live run within a tenth of a second of its clock", async () => {
  const clock = new ManualClock();
  const store = memoryStore();
  const { program, release } = busy();
  const running = new Flujo({ state: store, clock }).run(program, null, RUN);
  const other = new Flujo({ state: store, clock });
  await expect.poll(async () => (await other.entries(RUN.runId).catch(() => [])).some(({ type }) => type === "wait-opened")).toBe(true);
  await expect(other.signal(RUN.runId, "approve", { ok: "yes" })).rejects.toMatchObject({ code: "answer_invalid" });
  await other.signal(RUN.runId, "approve", { ok: true });
  await clock.advance(100);
  await expect.poll(async () => (await taken(other)).length).toBe(1);
  release();
  expect(await running).toMatchObject({ status: "succeeded" });
});

test("what can never come is refused: a name that the program never waits for, a run that has ended or is not there, a value nobody can store", async () => {
  const flujo = new Flujo({ strict: true });
  await flujo.run(pay, null, RUN);
  await expect(flujo.signal(RUN.runId, "aprove", { ok: true })).rejects.toMatchObject({
    code: "pause_not_found",
    summary: expect.stringContaining('Did you mean "approve"?'),
  });
  await expect(flujo.signal(RUN.runId, "", { ok: true })).rejects.toMatchObject({ code: "usage_invalid" });
  await expect(flujo.signal(RUN.runId, 7 as never, { ok: true })).rejects.toMatchObject({ code: "usage_invalid" });
  await expect(flujo.signal("nobody", "approve", { ok: true })).rejects.toMatchObject({ code: "run_not_found" });
  await flujo.cancel(RUN.runId);
  await expect(flujo.signal(RUN.runId, "approve", { ok: true })).rejects.toMatchObject({
    code: "usage_invalid",
    details: { status: "cancelled" },
  });
});
