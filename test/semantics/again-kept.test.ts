import { expect, test } from "vitest";
import { z } from "zod";
import type { AnyStep, Flujo, RunResult } from "../../src/index.ts";
import { agent, background, pipeline, step, tool } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { logs, shared } from "./support/context.ts";
import { fails, patient, RUN_ID, Stage, turns } from "./support/stage.ts";

const AGAIN = `${RUN_ID}-retry-2`;

function works<const Name extends string>(stage: Stage, name: Name, broken: () => boolean = () => false, version = "1") {
  return step({
    name,
    version,
    run: (value: unknown): string => {
      stage.note(`${name}${version}`);
      if (broken()) throw new Error(`${name} fails`);
      return `${name}${version} ${String(value)}`;
    },
  });
}

function retry(stage: Stage, program: AnyStep, options: Parameters<Flujo["retry"]>[2] = {}, runId = RUN_ID): Promise<RunResult<unknown>> {
  return stage.clock.until(stage.flujo().retry(program, runId, options));
}

function called(stage: Stage): readonly string[] {
  return stage.notes.splice(0);
}

const refusal = (code: string, about: object = {}) => expect.objectContaining({ code, ...about }) as unknown;

test("AGAIN-11: mended code of what failed needs no word, nor do nodes that come after it", async () => {
  const stage = new Stage();
  const make = (version: string) =>
    pipeline({ name: "p" })
      .step(works(stage, "a"))
      .step(works(stage, "b", () => version === "1", version));
  await stage.run(make("1"));
  called(stage);
  expect(await retry(stage, make("2").step(works(stage, "new")))).toMatchObject({ output: "new1 b2 a1 in" });
  expect(called(stage)).toEqual(["b2", "new1"]);
});

test("AGAIN-11: other code of what succeeded is refused, naming it; under fork it is done again, under continue it is kept", async () => {
  const stage = new Stage();
  let isBroken = true;
  const make = (version: string) =>
    pipeline({ name: "p" })
      .step(works(stage, "a", () => false, version))
      .step(works(stage, "x"))
      .step(works(stage, "b", () => isBroken));
  const other = new Stage();
  for (const each of [stage, other]) await each.run(make("1"));
  called(stage);
  isBroken = false;
  await expect(retry(stage, make("2"))).rejects.toMatchObject({
    code: "plan_changed",
    summary: "The program now loaded would do again what run run-1 has done at p/a, p/x: p/a: the code of its function changed.",
    details: { again: ["p/a", "p/x"], changes: [{ path: "p/a" }] },
  });
  expect(await stage.flujo().find(AGAIN)).toBeNull();
  expect(await retry(stage, make("2"), { onCodeChange: "fork" })).toMatchObject({ output: "b1 x1 a2 in" });
  expect(called(stage)).toEqual(["a2", "x1", "b1"]);
  expect(await retry(other, make("2"), { onCodeChange: "continue" })).toMatchObject({ output: "b1 x1 a1 in" });
  expect(called(stage)).toEqual(["b1"]);
});

test("AGAIN-11: what failed and was caught stays so, also where its code was mended since", async () => {
  const stage = new Stage();
  let isBroken = true;
  const make = (version: string) =>
    pipeline({ name: "p" })
      .step(
        works(stage, "a", () => version === "1", version),
        { fallback: works(stage, "other") },
      )
      .step(works(stage, "b", () => isBroken));
  await stage.run(make("1"));
  called(stage);
  isBroken = false;
  expect(await retry(stage, make("2"))).toMatchObject({ output: "b1 other1 in" });
  expect(called(stage)).toEqual(["b1"]);
});

test("AGAIN-11: another program is refused, and an input that a changed schema does not take", async () => {
  const stage = new Stage();
  const make = (name: string, input: z.ZodType) => pipeline({ name, input }).step(fails("a"));
  await stage.run(make("p", z.string()));
  await expect(retry(stage, make("q", z.string()))).rejects.toEqual(refusal("plan_changed"));
  await expect(retry(stage, make("p", z.number()))).rejects.toEqual(refusal("input_invalid"));
  expect(await stage.flujo().list()).toHaveLength(1);
});

test("AGAIN-12: what is kept is in the context, the usage and the cost, once; what failed is not", async () => {
  const stage = new Stage();
  let isBroken = true;
  const model = scriptedModel(() => "four");
  const program = shared()
    .step(agent({ name: "say", model, instructions: "" }))
    .step(logs("note", "kept"))
    .step(agent({ name: "again", model, instructions: "" }))
    .step(works(stage, "b", () => isBroken));
  const failed = await stage.run(program);
  isBroken = false;
  const retried = await retry(stage, program);
  expect(retried).toMatchObject({ status: "succeeded", context: { log: ["kept"] }, usage: failed.usage, cost: failed.cost });
  expect(retried.usage.modelCalls).toBe(2);
  expect(model.calls).toHaveLength(2);
  expect(await stage.flujo().find(AGAIN)).toMatchObject({ usage: failed.usage });
});

test("AGAIN-13: what was answered stays answered, and signals that were not taken are there", async () => {
  const stage = new Stage();
  let isBroken = true;
  const program = pipeline({ name: "p" })
    .human("ask", { answer: z.string() })
    .step("take", ({ answer }) => answer)
    .step(works(stage, "b", () => isBroken))
    .waitFor("paid", { schema: z.string() })
    .step("end", ({ input, signal }) => `${input} ${signal}`);
  await stage.run(program);
  await stage.flujo().signal(RUN_ID, "paid", "5 EUR");
  expect(await stage.answer(program, "yes")).toMatchObject({ status: "failed" });
  isBroken = false;
  expect(await retry(stage, program)).toMatchObject({ output: "b1 yes 5 EUR" });
});

test("AGAIN-13: a wait whose time was over is asked anew", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).step(works(stage, "a")).human("ask", { answer: z.string(), timeoutMs: 60_000 });
  expect(await stage.run(program)).toMatchObject({ status: "paused" });
  await stage.clock.advance(60_000);
  expect(await stage.resume(program)).toMatchObject({ failure: { code: "timeout" } });
  const nowMs = stage.clock.now();
  expect(await stage.flujo().retry(program, RUN_ID)).toMatchObject({
    status: "paused",
    pauses: [{ id: "p/ask", wakeAtMs: nowMs + 60_000 }],
  });
  expect(await stage.clock.until(stage.flujo().answer(program, AGAIN, { value: "yes" }))).toMatchObject({ output: { answer: "yes" } });
});

test("AGAIN-14: a run that was called off goes on with what was told to stop, and is not called off", async () => {
  const stage = new Stage();
  let isWanted = false;
  const slow = patient(stage, "slow");
  const quick = step("slow", (value: unknown) => `done ${String(value)}`);
  const make = () =>
    pipeline({ name: "p" })
      .step(works(stage, "a"))
      .step(isWanted ? quick : slow);
  const off = new AbortController();
  const going = stage.start(make(), "in", { signal: off.signal });
  await turns();
  off.abort("not now");
  expect(await stage.clock.until(going)).toMatchObject({ status: "cancelled" });
  called(stage);
  isWanted = true;
  expect(await retry(stage, make())).toMatchObject({ runId: AGAIN, status: "succeeded", output: "done a1 in" });
  expect(called(stage)).toEqual([]);
});

test("AGAIN-14: also one that was called off while it waited: it waits again", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).step(works(stage, "a")).human("ask", { answer: z.string() });
  await stage.run(program);
  await stage.cancel();
  expect(await retry(stage, program)).toMatchObject({ status: "paused", pauses: [{ id: "p/ask" }] });
  expect(called(stage)).toEqual(["a1"]);
  expect(await stage.clock.until(stage.flujo().answer(program, AGAIN, { value: "yes" }))).toMatchObject({ status: "succeeded" });
});

test("AGAIN-15: a run in the background is retried with the program that started it or with its own, and what it started is not started again", async () => {
  const stage = new Stage();
  let isBroken = true;
  const note = pipeline({ name: "note" }).step(works(stage, "note"));
  const mail = pipeline({ name: "mail" })
    .step(background(note))
    .step("id", ({ runId }) => runId.length)
    .step(works(stage, "send", () => isBroken));
  const program = pipeline({ name: "p" }).step(background(mail));
  const flujo = stage.flujo();
  await flujo.run(program, "in", { runId: RUN_ID });
  const [child] = await flujo.list({ parent: RUN_ID });
  const childId = child?.runId ?? "";
  for await (const _event of flujo.events(childId)); // until it is at rest
  expect(await flujo.find(childId)).toMatchObject({ status: "failed" });
  await flujo.close();
  isBroken = false;
  called(stage);
  expect(await retry(stage, program, {}, childId)).toMatchObject({ runId: `${childId}-retry-2`, pipeline: "mail", status: "succeeded" });
  expect(called(stage)).toEqual(["send1"]);
  expect(await retry(stage, mail, {}, childId)).toMatchObject({ runId: `${childId}-retry-2`, status: "succeeded" });
  expect(await stage.flujo().find(`${childId}-retry-2`)).toMatchObject({ lineage: { root: RUN_ID, parent: childId, how: "retried" } });
  expect((await stage.flujo().list()).map(({ pipeline: name }) => name).toSorted()).toEqual(["mail", "mail", "note", "p"]);
});

test("AGAIN-15: what may have been started is found again, whether that was on record or not", async () => {
  const stage = new Stage();
  let isBroken = true;
  const mail = pipeline({ name: "mail" }).step(works(stage, "send"));
  const program = pipeline({ name: "p" }).parallel({
    starts: pipeline().step(background(mail)),
    breaks: pipeline().step(works(stage, "b", () => isBroken)),
  });
  const flujo = stage.flujo();
  expect(await flujo.run(program, "in", { runId: RUN_ID })).toMatchObject({ status: "failed" });
  await turns();
  await flujo.close();
  const [started] = await stage.flujo().list({ parent: RUN_ID });
  isBroken = false;
  const retried = await retry(stage, program);
  const children = (await stage.flujo().list()).filter((record) => record.pipeline === "mail");
  expect(children.map(({ runId }) => runId)).toEqual([started?.runId]);
  expect(retried).toMatchObject({ output: { starts: { runId: started?.runId } } });
});

test("AGAIN-16: a run that did not fail is refused, saying what can be done instead", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).human("ask", { answer: z.string() });
  await expect(retry(stage, program)).rejects.toEqual(refusal("run_not_found"));
  await stage.run(program);
  await expect(retry(stage, program)).rejects.toEqual(refusal("usage_invalid", { summary: "Run run-1 has not failed: it is paused." }));
  await stage.answer(program, "yes");
  await expect(retry(stage, program)).rejects.toEqual(
    refusal("usage_invalid", { summary: "Run run-1 has succeeded: there is nothing to try again." }),
  );
  await expect(stage.flujo().retry(program, RUN_ID, { onCodeChang: "fork" } as never)).rejects.toEqual(refusal("usage_invalid"));
  expect(await stage.flujo().list()).toHaveLength(1);
});

test("AGAIN-16: of a line of runs that one is retried which failed", async () => {
  const stage = new Stage();
  let isBroken = true;
  const program = pipeline({ name: "p" })
    .step(works(stage, "b", () => isBroken && stage.notes.length > 1))
    .step("next", (value: string, { continueAs }) => (stage.notes.length < 2 ? continueAs(value) : value));
  expect(await stage.run(program)).toMatchObject({ runId: `${RUN_ID}.2`, status: "failed" });
  await expect(retry(stage, program)).rejects.toEqual(
    refusal("usage_invalid", { summary: "Run run-1 has succeeded, and went on as run run-1.2." }),
  );
  isBroken = false;
  expect(await retry(stage, program, {}, `${RUN_ID}.2`)).toMatchObject({ status: "succeeded", output: "b1 b1 in" });
});

test("AGAIN-17: what fails where all is done, as a context that does not fit at the end, is looked at again, and nothing is done again", async () => {
  const stage = new Stage();
  let isStrict = true;
  const whole = z.object({ a: z.number().default(0) }).refine(({ a }) => a === 0 || !isStrict, "no");
  const program = pipeline({ name: "p", context: whole })
    .step(works(stage, "a"))
    .tap("write", (_value, { update }) => update((draft) => void (draft.a = 1)));
  expect(await stage.run(program)).toMatchObject({ status: "failed", failure: { code: "context_invalid" } });
  called(stage);
  isStrict = false;
  expect(await retry(stage, program)).toMatchObject({ status: "succeeded", context: { a: 1 } });
  expect(called(stage)).toEqual([]);
});

test("AGAIN-18: an agent goes on with the call that failed: its turns before that are kept, and what was said stays as it was", async () => {
  const stage = new Stage();
  let isBroken = true;
  const model = scriptedModel(({ turn }) =>
    turn === 0
      ? {
          calls: [
            { tool: "look", input: {} },
            { tool: "pay", input: {} },
          ],
        }
      : "paid",
  );
  const keys: string[] = [];
  const make = (name: string) =>
    tool({
      name,
      description: name,
      input: z.object({}),
      onError: "fail",
      run: (_: object, { idempotencyKey }) => {
        keys.push(`${name} ${idempotencyKey}`);
        if (isBroken && name === "pay") throw new Error("down");
        return name;
      },
    });
  const program = pipeline({ name: "p" })
    .step(agent({ name: "first", model: scriptedModel(() => "said"), instructions: "", history: { keep: "whole" } }))
    .step(agent({ name: "say", model, instructions: "", tools: [make("look"), make("pay")] }));
  expect(await stage.run(program, "in", { thread: "t" })).toMatchObject({ status: "failed" });
  keys.length = 0;
  isBroken = false;
  expect(await retry(stage, program)).toMatchObject({ output: "paid", usage: { modelCalls: 3 } });
  expect(keys).toEqual([`pay ${RUN_ID}:p/say/turn[0]/tool[1]`]);
  expect(model.calls).toHaveLength(2);
  const listener = scriptedModel(() => "heard");
  const hears = pipeline({ name: "hears" }).step(agent({ name: "first", model: listener, instructions: "", history: { keep: "whole" } }));
  await stage.flujo().run(hears, "and now", { runId: "r2", thread: "t" });
  expect(JSON.stringify(listener.calls[0]).match(/said/g)).toHaveLength(1);
});
