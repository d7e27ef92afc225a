import { expect, test } from "vitest";
import { z } from "zod";
import type { Flujo, RunResult } from "../../src/index.ts";
import { agent, background, cached, pipeline, step, withPolicy } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { fails, patient, RUN_ID, Stage, turns } from "./support/stage.ts";

/** A program that notes what it is given. */
function mailing(stage: Stage) {
  return pipeline({ name: "mail" }).step(step("send", (to: unknown) => stage.note(`sent to ${String(to)}`)));
}

/** What came of a run, when it is at rest. */
async function outcome(flujo: Flujo, runId: string): Promise<RunResult<unknown>> {
  for await (const _event of flujo.events(runId)); // until it is at rest
  return flujo.result(runId);
}

async function childrenOf(flujo: Flujo, parent = RUN_ID): Promise<readonly string[]> {
  return (await flujo.list({ parent })).map(({ runId }) => runId).toReversed();
}

test("BG-1: it starts its program as a run of its own, on what it is given, and goes on at once with that run's id", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).step(background(mailing(stage)));
  const flujo = stage.flujo();
  const result = await flujo.run(program, "ada", { runId: RUN_ID });
  const [runId = ""] = await childrenOf(flujo);
  expect(result).toMatchObject({ output: { runId }, steps: [{ name: "mail", metadata: { spawned: runId } }] });
  expect(runId).toMatch(/^run-1\.mail-[0-9a-f]{16}$/);
  expect(await outcome(flujo, runId)).toMatchObject({ status: "succeeded", pipeline: "mail" });
  expect(await flujo.find(runId)).toMatchObject({ lineage: { root: RUN_ID, parent: RUN_ID, how: "spawned" } });
  expect(stage.notes).toEqual(["sent to ada"]);
});

test("BG-2: it is started once, however often the step or what is around it is tried, and its id has no attempt in it", async () => {
  const stage = new Stage();
  let attempts = 0;
  const breaks = step("breaks", (value: unknown) => {
    attempts++;
    if (attempts < 3) throw new Error("not yet");
    return value;
  });
  const inner = pipeline({ name: "inner" })
    .step(background(mailing(stage)))
    .step(breaks);
  const program = pipeline({ name: "p" }).step(withPolicy(inner, { retry: { retries: 2, firstDelayMs: 1 } }));
  const flujo = stage.flujo();
  await stage.clock.until(flujo.run(program, "ada", { runId: RUN_ID }));
  expect(attempts).toBe(3);
  const all = await childrenOf(flujo);
  expect(all).toHaveLength(1);
  await outcome(flujo, all[0] ?? "");
  expect(stage.notes).toEqual(["sent to ada"]);
});

test("BG-3: each place of a run starts a run of its own: each item, each iteration, each branch", async () => {
  const stage = new Stage();
  const mail = background(mailing(stage));
  const program = pipeline({ name: "p" })
    .map(mail)
    .parallel({ one: background(mailing(stage)), two: background(mailing(stage)) } as never);
  const flujo = stage.flujo();
  expect(await flujo.run(program, ["a", "b"] as never, { runId: RUN_ID })).toMatchObject({ status: "succeeded" });
  const all = await childrenOf(flujo);
  expect(new Set(all).size).toBe(4);
  for (const runId of all) expect(await outcome(flujo, runId)).toMatchObject({ status: "succeeded" });
});

test("BG-4: a run that is resumed does not start it again, whether its id was on record when the process ended or not", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" })
    .step(background(mailing(stage)))
    .step(stage.door());
  await stage.park(program, "ada");
  const flujo = stage.flujo();
  const before = await childrenOf(flujo);
  await stage.resume(program);
  expect(await childrenOf(flujo)).toEqual(before);

  const lost = new Stage();
  const mail = mailing(lost);
  const once = pipeline({ name: "p" }).step(background(mail));
  const commit = lost.store.commit.bind(lost.store);
  lost.store.commit = (request) => {
    // the process ends after the child was made, and before the parent has it on record
    if (request.lease.runId === RUN_ID) throw new Error("the disk is gone");
    return commit(request);
  };
  const second = lost.flujo();
  await expect(second.run(once, "ada", { runId: RUN_ID })).rejects.toThrow("the disk is gone");
  lost.store.commit = commit;
  const result = await second.resume(once, RUN_ID);
  const all = await childrenOf(second);
  expect(all).toHaveLength(1);
  expect(result).toMatchObject({ output: { runId: all[0] } });
  await outcome(second, all[0] ?? "");
  expect(lost.notes).toEqual(["sent to ada"]);
});

test("BG-5: what becomes of it is nothing to the run that started it, nor the other way round: neither failing nor a cancellation passes", async () => {
  const stage = new Stage();
  const failing = pipeline({ name: "failing" }).step(fails("no"));
  const flujo = stage.flujo();
  expect(await flujo.run(pipeline({ name: "p" }).step(background(failing)), "in", { runId: RUN_ID })).toMatchObject({
    status: "succeeded",
  });
  const [failed = ""] = await childrenOf(flujo);
  expect(await outcome(flujo, failed)).toMatchObject({ status: "failed", failure: { path: "failing/no" } });

  const slow = step("slow", async () => {
    await stage.clock.sleep(10);
    return "done";
  });
  const parent = pipeline({ name: "q" })
    .step(background(pipeline({ name: "slow" }).step(slow)))
    .step(patient(stage, "waits"));
  const going = flujo.run(parent, "in", { runId: "run-2" });
  await turns();
  await flujo.cancel("run-2");
  expect(await going).toMatchObject({ status: "cancelled" });
  const [child = ""] = await childrenOf(flujo, "run-2");
  expect(await stage.clock.until(outcome(flujo, child))).toMatchObject({ status: "succeeded", output: "done" });
});

test("BG-6: closing the Flujo parks it; whoever resumes, answers or works with the program that started it, or with its own, goes on with it", async () => {
  for (const how of ["parent", "own", "work"] as const) {
    const stage = new Stage();
    const child = pipeline({ name: "child" }).step(stage.door()).human("sure", { answer: z.boolean() });
    const program = pipeline({ name: "p" }).step(background(child));
    const first = stage.flujo();
    await first.run(program, "in", { runId: RUN_ID });
    await turns();
    await first.close();
    const second = stage.flujo();
    const [runId = ""] = await childrenOf(second);
    expect(await second.find(runId), how).toMatchObject({ status: "stopped" });
    stage.open();
    if (how === "work") await stage.clock.until(second.work([program], { once: true }));
    else await second.resume(how === "parent" ? program : child, runId);
    expect(await second.find(runId), how).toMatchObject({ status: "paused" });
    const answered = await second.answer(how === "own" ? child : program, runId, { value: true });
    expect(answered, how).toMatchObject({ status: "succeeded", output: { answer: true } });
    expect(stage.notes, how).toEqual(["door", "door"]);
  }
});

test("BG-6: a Flujo that is closed right after the run that started it leaves it at rest", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).step(background(mailing(stage)));
  for (let turn = 0; turn < 6; turn++) {
    const flujo = stage.flujo();
    await flujo.run(program, "ada", { runId: `run-${turn}` });
    await turns(turn);
    await flujo.close();
    const [runId = ""] = await childrenOf(stage.flujo(), `run-${turn}`);
    const record = await stage.flujo().find(runId);
    expect(record, `closed after ${turn} turns`).toMatchObject({ owner: null });
    expect(["stopped", "succeeded"]).toContain(record?.status);
  }
});

test("BG-7: it begins with a context of its own, as its schema makes it, and writes nothing to the one around", async () => {
  const stage = new Stage();
  const Own = z.object({ seen: z.string().default("nothing") });
  const looks = step({
    name: "look",
    context: Own,
    run: (_: unknown, { context, initialPrompt }) => `${context.seen} of ${initialPrompt}`,
  });
  const child = pipeline({ name: "child", context: Own }).step(looks);
  const outer = pipeline({ name: "p", context: z.object({ seen: z.string().default("outer") }) }).step(background(child));
  const flujo = stage.flujo();
  expect(await flujo.run(outer, "in", { runId: RUN_ID })).toMatchObject({ context: { seen: "outer" } });
  const [runId = ""] = await childrenOf(flujo);
  expect(await outcome(flujo, runId)).toMatchObject({ output: "nothing of in" });
});

test("BG-8: what its program does not take fails the step as input_invalid, and nothing is started", async () => {
  const stage = new Stage();
  const child = pipeline({ name: "child", input: z.number() }).step("twice", (n) => n * 2);
  const program = pipeline({ name: "p" }).step(background(child));
  const flujo = stage.flujo();
  expect(await flujo.run(program, "in" as never, { runId: RUN_ID })).toMatchObject({
    status: "failed",
    failure: { code: "input_invalid", path: "p/child/?spawn", retryable: false },
  });
  expect(await childrenOf(flujo)).toEqual([]);
});

test("BG-9: an id that another run has fails the step as run_exists", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).step(background(mailing(stage)));
  const flujo = stage.flujo();
  await flujo.run(program, "a", { runId: RUN_ID });
  const [taken = ""] = await childrenOf(flujo);
  const other = new Stage();
  await other.run(
    pipeline({ name: "q" }).step("x", () => 1),
    "in",
    { runId: taken },
  );
  expect(await other.start(pipeline({ name: "p" }).step(background(mailing(other))), "a")).toMatchObject({
    status: "failed",
    failure: { code: "run_exists" },
  });
});

test("BG-10: it costs the run that starts it nothing; its usage is its own", async () => {
  const ask = agent({ name: "ask", instructions: "", model: scriptedModel(() => "said") });
  const flujo = new Stage().flujo();
  const result = await flujo.run(pipeline({ name: "p" }).step(background(ask)), "in", { runId: RUN_ID });
  expect(result).toMatchObject({ status: "succeeded", usage: { modelCalls: 0 } });
  const [runId = ""] = await childrenOf(flujo);
  expect(await outcome(flujo, runId)).toMatchObject({ status: "succeeded", output: "said", usage: { modelCalls: 1 } });
});

test("BG-11: one that starts others is the parent of those; the first of the line is their root", async () => {
  const stage = new Stage();
  const middle = pipeline({ name: "middle" }).step(background(mailing(stage)));
  const flujo = stage.flujo();
  await flujo.run(pipeline({ name: "p" }).step(background(middle)), "ada", { runId: RUN_ID });
  const [child = ""] = await childrenOf(flujo);
  await outcome(flujo, child);
  const [grandchild = ""] = await childrenOf(flujo, child);
  expect(await outcome(flujo, grandchild)).toMatchObject({ status: "succeeded", pipeline: "mail" });
  expect(await flujo.find(grandchild)).toMatchObject({ lineage: { root: RUN_ID, parent: child } });
});

test("BG-12: in a cache it is started where the outcome is not there, and a hit gives the id of the run that was", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).map(cached(background(mailing(stage))), { concurrency: 1 });
  const flujo = stage.flujo();
  const result = await flujo.run(program, ["a", "a"] as never, { runId: RUN_ID });
  const all = await childrenOf(flujo);
  expect(all).toHaveLength(1);
  expect(result).toMatchObject({ output: [{ runId: all[0] }, { runId: all[0] }] });
  await outcome(flujo, all[0] ?? "");
});
