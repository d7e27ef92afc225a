import { expect, test } from "vitest";
import { z } from "zod";
import type { AnyStep, Flujo, RunResult, StepContext } from "../../src/index.ts";
import { pipeline, step, withPolicy } from "../../src/index.ts";
import { patient, RUN_ID, Stage, turns } from "./support/stage.ts";

const AGAIN = `${RUN_ID}-retry-2`;

/** A step that notes that it is called, fails while it is `broken`, and puts its name before what it is given otherwise. */
function works<const Name extends string>(stage: Stage, name: Name, broken: () => boolean = () => false, version = "1") {
  return step({
    name,
    version,
    run: (value: unknown): string => {
      stage.note(name);
      if (broken()) throw new Error(`${name} fails`);
      return `${name} ${String(value)}`;
    },
  });
}

function retry(stage: Stage, program: AnyStep, runId = RUN_ID, options: Parameters<Flujo["retry"]>[2] = {}): Promise<RunResult<unknown>> {
  return stage.clock.until(stage.flujo().retry(program, runId, options));
}

/** What was called since this was asked last. */
function called(stage: Stage): readonly string[] {
  return stage.notes.splice(0);
}

test("AGAIN-1: a run that failed is tried again by a new run of its line, which keeps what succeeded; it stays as it was", async () => {
  const stage = new Stage();
  let isBroken = true;
  const program = pipeline({ name: "p" })
    .step(works(stage, "a"))
    .step(works(stage, "b", () => isBroken))
    .step(works(stage, "c"));
  expect(await stage.run(program)).toMatchObject({ status: "failed" });
  expect(called(stage)).toEqual(["a", "b"]);
  const [before, entries] = [await stage.flujo().find(RUN_ID), await stage.entries()];
  isBroken = false;
  expect(await retry(stage, program)).toMatchObject({ runId: AGAIN, status: "succeeded", output: "c b a in" });
  expect(called(stage)).toEqual(["b", "c"]);
  expect(await stage.flujo().find(AGAIN)).toMatchObject({
    status: "succeeded",
    lineage: { root: RUN_ID, parent: RUN_ID, how: "retried" },
  });
  expect(await stage.flujo().find(RUN_ID)).toEqual(before);
  expect(await stage.entries()).toEqual(entries);
  const kept = (await stage.flujo().entries(AGAIN)).flatMap((entry) => (entry.type === "operation-finished" ? [entry.key] : []));
  expect(kept).toEqual(["p/a", "p/b", "p/c"]);
  expect(await stage.flujo().result(AGAIN)).toMatchObject({ output: "c b a in", steps: [{ name: "a" }, { name: "b" }, { name: "c" }] });
});

test("AGAIN-2: it is retried once: asked again, that run gives its result, or goes on where it rests; one that failed too is retried itself", async () => {
  const stage = new Stage();
  let isBroken = true;
  const program = pipeline({ name: "p" })
    .step(works(stage, "a"))
    .step(works(stage, "b", () => isBroken))
    .human("ask", { answer: z.string() });
  await stage.run(program);
  expect(await retry(stage, program)).toMatchObject({ runId: AGAIN, status: "failed" });
  called(stage);
  isBroken = false;
  expect(await retry(stage, program)).toMatchObject({ runId: AGAIN, status: "failed" });
  expect(called(stage)).toEqual([]);
  const third = `${RUN_ID}-retry-3`;
  expect(await retry(stage, program, AGAIN)).toMatchObject({ runId: third, status: "paused" });
  expect(await retry(stage, program, AGAIN)).toMatchObject({ runId: third, status: "paused" });
  expect(called(stage)).toEqual(["b"]);
  expect(await stage.flujo().find(third)).toMatchObject({ lineage: { root: RUN_ID, parent: AGAIN, how: "retried" } });
  expect(await stage.clock.until(stage.flujo().answer(program, third, { value: "yes" }))).toMatchObject({ status: "succeeded" });
  expect(await stage.flujo().list()).toHaveLength(3);
});

test("AGAIN-2: two that ask at the same time make one", async () => {
  const stage = new Stage();
  let isBroken = true;
  const program = pipeline({ name: "p" }).step(works(stage, "a", () => isBroken));
  await stage.run(program);
  isBroken = false;
  called(stage);
  const both = await Promise.allSettled([stage.flujo().retry(program, RUN_ID), stage.flujo().retry(program, RUN_ID)]);
  expect(both.map((one) => (one.status === "fulfilled" ? one.value.runId : String(one.reason.code)))).toContain(AGAIN);
  expect(called(stage)).toEqual(["a"]);
  expect(await stage.flujo().list()).toHaveLength(2);
});

test("AGAIN-3: what failed has all its attempts anew; what is around it goes on in the attempt in which it failed", async () => {
  const stage = new Stage();
  let isBroken = true;
  const inner = pipeline({ name: "inner" })
    .step(works(stage, "a"))
    .step(
      works(stage, "b", () => isBroken),
      { retry: { retries: 1, firstDelayMs: 10 } },
    );
  const program = pipeline({ name: "p" }).step(withPolicy(inner, { retry: { retries: 1, firstDelayMs: 10 } }));
  expect(await stage.run(program)).toMatchObject({ status: "failed", failure: { path: "p/inner#2/b#2" } });
  expect(called(stage)).toEqual(["a", "b", "b", "a", "b", "b"]);
  expect(await retry(stage, program)).toMatchObject({ status: "failed", failure: { path: "p/inner#2/b#2" } });
  expect(called(stage)).toEqual(["b", "b"]);
  isBroken = false;
  expect(await retry(stage, program, AGAIN)).toMatchObject({ status: "succeeded", output: "b a in", steps: [{ attempts: 2 }] });
  expect(called(stage)).toEqual(["b"]);
});

test("AGAIN-4: what ran beside it and succeeded stays; what was told to stop runs again", async () => {
  const stage = new Stage();
  let isBroken = true;
  const held = step("held", (value: unknown, { signal }): Promise<string> | string => {
    stage.note("held");
    if (!isBroken) return `held ${String(value)}`;
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("told"))));
  });
  const program = pipeline({ name: "p" })
    .parallel({
      done: pipeline().step(works(stage, "done")),
      stops: pipeline().step(works(stage, "first")).step(held),
      breaks: pipeline()
        .step(works(stage, "before"))
        .step(step("turns", async (value: unknown) => (await turns(), value)))
        .step(works(stage, "breaks", () => isBroken)),
    })
    .step("last", (all) => Object.values(all).join(", "));
  expect(await stage.run(program)).toMatchObject({ status: "failed" });
  called(stage);
  isBroken = false;
  expect(await retry(stage, program)).toMatchObject({ output: "done in, held first in, breaks before in" });
  expect(called(stage).toSorted()).toEqual(["breaks", "held"]);
});

test("AGAIN-4: items of a map that succeeded stay, the others run", async () => {
  const stage = new Stage();
  let isBroken = true;
  const each = pipeline({ name: "each", input: z.number() })
    .step(step("look", (n: number) => (stage.note(`look ${n}`), n)))
    .step(
      step("work", (n: number) => {
        stage.note(`work ${n}`);
        if (isBroken && n === 2) throw new Error("two");
        return n * 10;
      }),
    );
  const program = pipeline({ name: "p", input: z.array(z.number()) }).map(each, { name: "all", concurrency: 1 });
  expect(await stage.run(program, [1, 2, 3])).toMatchObject({ status: "failed" });
  called(stage);
  isBroken = false;
  expect(await retry(stage, program)).toMatchObject({ output: [10, 20, 30] });
  expect(called(stage)).toEqual(["work 2", "look 3", "work 3"]);
});

test("AGAIN-5: what failed by itself, as a loop that was never enough, runs again as a whole", async () => {
  const stage = new Stage();
  let most = 100;
  const program = pipeline({ name: "p" })
    .step(works(stage, "a"))
    .loop(works(stage, "body"), { name: "loop", maxIterations: 2, until: (output) => output.length > most });
  expect(await stage.run(program)).toMatchObject({ failure: { code: "loop_exhausted", path: "p/loop" } });
  expect(called(stage)).toEqual(["a", "body", "body"]);
  most = 3;
  expect(await retry(stage, program)).toMatchObject({ output: "body a in" });
  expect(called(stage)).toEqual(["body"]);
});

test("AGAIN-5: of branches of which too many failed, those run again that did, each from what failed in it", async () => {
  const stage = new Stage();
  let isBroken = true;
  const branch = (name: string) =>
    pipeline()
      .step(works(stage, `${name}1`))
      .step(works(stage, `${name}2`, () => isBroken && name !== "c"));
  const program = pipeline({ name: "p" }).parallel({ a: branch("a"), b: branch("b"), c: branch("c") }, { join: 2 });
  expect(await stage.run(program)).toMatchObject({ failure: { code: "quorum_missed" } });
  called(stage);
  isBroken = false;
  expect(await retry(stage, program)).toMatchObject({ status: "succeeded" });
  expect(called(stage).filter((name) => name.endsWith("1") || name.startsWith("c"))).toEqual([]);
});

test("AGAIN-6: where a fallback failed too, what it stood in for is tried again first", async () => {
  const stage = new Stage();
  let isBroken = true;
  const inner = pipeline({ name: "inner" })
    .step(works(stage, "a"))
    .step(works(stage, "b", () => isBroken));
  const other = works(stage, "other", () => isBroken);
  const program = pipeline({ name: "p" }).step(withPolicy(inner, { fallback: other }));
  expect(await stage.run(program)).toMatchObject({ failure: { path: "p/inner/fallback" } });
  expect(called(stage)).toEqual(["a", "b", "other"]);
  expect(await retry(stage, program)).toMatchObject({ status: "failed" });
  expect(called(stage)).toEqual(["b", "other"]);
  isBroken = false;
  expect(await retry(stage, program, AGAIN)).toMatchObject({ output: "b a in" });
  expect(called(stage)).toEqual(["b"]);
});

test("AGAIN-7: what was done within a time limit that was over stays, and the limit begins anew", async () => {
  const stage = new Stage();
  let isSlow = true;
  const slow = step("slow", async (value: unknown) => {
    stage.note("slow");
    await stage.clock.sleep(isSlow ? 1_000 : 50);
    return `slow ${String(value)}`;
  });
  const inner = pipeline({ name: "inner" }).step(works(stage, "a")).step(slow);
  const program = pipeline({ name: "p" }).step(withPolicy(inner, { timeoutMs: 100 }));
  expect(await stage.run(program)).toMatchObject({ failure: { code: "timeout", path: "p/inner" } });
  called(stage);
  await stage.clock.advance(3_600_000);
  isSlow = false;
  expect(await retry(stage, program)).toMatchObject({ output: "slow a in" });
  expect(called(stage)).toEqual(["slow"]);
});

test("AGAIN-7: limits around what failed, and of waits beside it, count from the retry", async () => {
  const stage = new Stage();
  let isBroken = true;
  const program = withPolicy(
    pipeline({ name: "p" }).parallel({
      asks: pipeline().human("ask", { answer: z.string(), timeoutMs: 60_000 }),
      works: pipeline()
        .step(step("turns", async (value: unknown) => (await turns(), value)))
        .step(works(stage, "b", () => isBroken)),
    }),
    { totalTimeoutMs: 120_000 },
  );
  expect(await stage.run(program)).toMatchObject({ status: "failed", failure: { code: "step_failed" } });
  await stage.clock.advance(3_600_000);
  isBroken = false;
  const nowMs = stage.clock.now();
  const flujo = stage.flujo();
  const paused = await flujo.retry(program, RUN_ID);
  expect(paused).toMatchObject({ status: "paused", pauses: [{ id: "p/p/parallel/asks/ask", sinceMs: nowMs, wakeAtMs: nowMs + 60_000 }] });
  await flujo.close();
  await stage.clock.advance(1_000);
  expect(await stage.flujo().resume(program, AGAIN)).toMatchObject({ pauses: [{ wakeAtMs: nowMs + 60_000 }] });
  expect(await stage.flujo().answer(program, AGAIN, { value: "yes" })).toMatchObject({ status: "succeeded" });
});

test("AGAIN-7: a limit that begins anew is over when its time is", async () => {
  const stage = new Stage();
  let isBroken = true;
  const inner = pipeline({ name: "inner" })
    .step(works(stage, "b", () => isBroken))
    .step(patient(stage, "long"));
  const program = pipeline({ name: "p" }).step(withPolicy(inner, { totalTimeoutMs: 5_000 }));
  await stage.run(program);
  await stage.clock.advance(3_600_000);
  isBroken = false;
  const nowMs = stage.clock.now();
  expect(await retry(stage, program)).toMatchObject({ failure: { code: "timeout", path: "p/inner" } });
  expect(stage.clock.now()).toBe(nowMs + 5_000);
  expect(called(stage)).toEqual(["b", "b", "long begins", "long is told: timeout"]);
});

test("AGAIN-10: what was tried and did not succeed has the key that it had, in every retry; what is done anew has a key of its own", async () => {
  const stage = new Stage();
  let isBroken = true;
  const keys: string[] = [];
  const keyed = (name: string, broken: () => boolean) =>
    step(name, (value: unknown, { idempotencyKey }: StepContext) => {
      keys.push(`${name} ${idempotencyKey}`);
      if (broken()) throw new Error(name);
      return value;
    });
  const program = pipeline({ name: "p" })
    .step(keyed("a", () => false))
    .step(
      keyed("pay", () => isBroken),
      { retry: { retries: 1, firstDelayMs: 1 } },
    )
    .step(keyed("next", () => false));
  await stage.run(program);
  await retry(stage, program);
  isBroken = false;
  await retry(stage, program, AGAIN);
  const pay = `pay ${RUN_ID}:p/pay`;
  expect(keys).toEqual([`a ${RUN_ID}:p/a`, pay, pay, pay, pay, pay, `next ${RUN_ID}-retry-3:p/next`]);
});

test("AGAIN-10: in a loop that runs again as a whole, what had succeeded has a key of its own", async () => {
  const stage = new Stage();
  const keys: string[] = [];
  let isEnough = false;
  const body = step("body", (value: unknown, { idempotencyKey }: StepContext) => (keys.push(idempotencyKey), value));
  const program = pipeline({ name: "p" }).loop(body, { name: "loop", maxIterations: 1, until: () => isEnough });
  await stage.run(program);
  isEnough = true;
  await retry(stage, program);
  expect(keys).toEqual([`${RUN_ID}:p/loop[0]`, `${AGAIN}:p/loop[0]`]);
});
