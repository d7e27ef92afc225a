import { expect, test } from "vitest";
import { z } from "zod";
import { Flujo, pipeline, step } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import { turns } from "../semantics/support/stage.ts";

/** Runs whose one step stands still until it is let go, in the order in which they began. */
function gated() {
  const begun: string[] = [];
  const gates = new Map<string, () => void>();
  const program = pipeline({ name: "p" }).step("work", (_: unknown, { runId, signal }) => {
    begun.push(runId);
    return new Promise<string>((resolve, reject) => {
      gates.set(runId, () => resolve(`${runId} done`));
      signal.addEventListener("abort", () => reject(new Error("told to stop")));
    });
  });
  return { program, begun, open: (runId: string) => gates.get(runId)?.() };
}

test("runs beyond maxLiveRuns wait their turn, first come first served, and are not on record until then", async () => {
  const { program, begun, open } = gated();
  const flujo = new Flujo({ maxLiveRuns: 2 });
  const going = ["a", "b", "c", "d", "e"].map((runId) => flujo.run(program, null, { runId }));
  await turns();
  expect(begun).toEqual(["a", "b"]);
  expect(await flujo.find("c")).toBeNull();
  for (const runId of ["b", "a", "c", "d", "e"]) {
    open(runId);
    await turns();
  }
  expect(begun).toEqual(["a", "b", "c", "d", "e"]);
  for (const run of going) expect((await run).unwrap()).toMatch(/done/);
});

test("a place that is given back goes to whoever waits, not to whoever asks just then", async () => {
  const { program, begun, open } = gated();
  const flujo = new Flujo({ maxLiveRuns: 1 });
  const first = flujo.run(program, null, { runId: "a" });
  const second = flujo.run(program, null, { runId: "b" });
  await turns();
  open("a");
  await first;
  const third = flujo.run(program, null, { runId: "c" });
  await turns();
  expect(begun).toEqual(["a", "b"]);
  open("b");
  await second;
  await turns();
  open("c");
  await third;
});

test("a run that pauses, fails or is refused gives its place back; one that is gone on with takes one", async () => {
  const flujo = new Flujo({ maxLiveRuns: 1 });
  const asks = pipeline({ name: "asks" }).human("sure", { answer: z.boolean() });
  expect(await flujo.run(asks, 1, { runId: "asked" })).toMatchObject({ status: "paused" });
  const fails = step("fails", (): number => {
    throw new Error("no");
  });
  expect(await flujo.run(fails, 1)).toMatchObject({ status: "failed" });
  await expect(flujo.run(asks, 1, { runId: "asked" })).rejects.toMatchObject({ code: "run_exists" });
  const { program, open } = gated();
  const busy = flujo.run(program, null, { runId: "busy" });
  await turns();
  const answered = flujo.answer(asks, "asked", { value: true });
  await turns();
  expect(await flujo.find("asked")).toMatchObject({ status: "paused" });
  open("busy");
  await busy;
  expect(await answered).toMatchObject({ status: "succeeded" });
});

test("one that waits is called off by its signal, or by flujo.cancel: it ends as cancelled, on record, and nothing of it is done", async () => {
  const { program, begun, open } = gated();
  const flujo = new Flujo({ maxLiveRuns: 1 });
  const first = flujo.run(program, null, { runId: "a" });
  const abort = new AbortController();
  const second = flujo.run(program, null, { runId: "b", signal: abort.signal });
  const third = flujo.run(program, null, { runId: "c" });
  await turns();
  abort.abort("had enough");
  expect(await second).toMatchObject({ status: "cancelled", reason: "had enough" });
  expect(await flujo.cancel("c", "not wanted")).toMatchObject({ status: "cancelled" });
  expect(await third).toMatchObject({ status: "cancelled", reason: "not wanted" });
  expect(await flujo.result("c")).toMatchObject({ status: "cancelled", reason: "not wanted" });
  const aborted = await flujo.run(program, null, { runId: "d", signal: AbortSignal.abort() });
  expect(aborted).toMatchObject({ status: "cancelled" });
  expect(begun).toEqual(["a"]);
  open("a");
  expect(await first).toMatchObject({ status: "succeeded" });
});

test("a run at rest whose resume waits for its turn can be cancelled too", async () => {
  const { program, open } = gated();
  const flujo = new Flujo({ maxLiveRuns: 1 });
  const asks = pipeline({ name: "asks" }).human("sure", { answer: z.boolean() });
  await flujo.run(asks, 1, { runId: "asked" });
  const busy = flujo.run(program, null, { runId: "busy" });
  const resumed = flujo.resume(asks, "asked");
  await turns();
  expect(await flujo.cancel("asked", "no more")).toMatchObject({ status: "cancelled" });
  expect(await resumed).toMatchObject({ status: "cancelled", reason: "no more" });
  open("busy");
  await busy;
});

test("closing refuses those who wait, and parks those who are live", async () => {
  const { program } = gated();
  const store = memoryStore();
  const flujo = new Flujo({ maxLiveRuns: 1, state: store });
  const first = flujo.run(program, null, { runId: "a" });
  const second = flujo.run(program, null, { runId: "b" });
  await turns();
  await flujo.close();
  expect(await first).toMatchObject({ status: "stopped" });
  await expect(second).rejects.toMatchObject({ code: "flujo_closed" });
  expect(await store.findRun("b")).toBeNull();
  await expect(flujo.run(program, null)).rejects.toMatchObject({ code: "flujo_closed" });
});

test.each([0, -1, 1.5, Number.NaN, "2", null])("maxLiveRuns: %s is refused", (maxLiveRuns) => {
  expect(() => new Flujo({ maxLiveRuns: maxLiveRuns as number })).toThrow(expect.objectContaining({ code: "usage_invalid" }));
});
