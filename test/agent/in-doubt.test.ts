import { describe, expect, test } from "vitest";
import { z } from "zod";
import { agent, pipeline, step, tool } from "../../src/index.ts";
import { ManualClock, scriptedModel } from "../../src/testing/index.ts";
import { Lab, RUN } from "../laws/support/lab.ts";

/** A pipeline whose one effect never comes to an end in the process that begins it. */
function transfer(inDoubt: "retry" | "fail") {
  const keys: string[] = [];
  let hangs = true;
  const begun = Promise.withResolvers<void>();
  const pay = step({
    name: "pay",
    effect: "once",
    inDoubt,
    run: async (usd: number, { idempotencyKey }) => {
      keys.push(idempotencyKey);
      begun.resolve();
      if (hangs) await new Promise(() => undefined);
      return `paid ${usd}`;
    },
  });
  return { program: pipeline({ name: "p" }).step(pay), keys, begun: begun.promise, mend: () => void (hangs = false) };
}

/** What comes of it in the next process, after the first has died with the effect under way. */
async function afterTheDeath({ program, begun, mend }: ReturnType<typeof transfer>, lab: Lab) {
  const first = lab.flujo();
  const stopped = first.run(program, 5, RUN);
  await begun;
  await first.close();
  expect(await stopped).toMatchObject({ status: "stopped" });
  mend();
  return lab.flujo().resume(program, RUN.runId);
}

describe("an effect that had begun when its process died", () => {
  test("is done again under the same idempotency key, unless declared otherwise", async () => {
    const paying = transfer("retry");
    expect(await afterTheDeath(paying, new Lab())).toMatchObject({ status: "succeeded", output: "paid 5" });
    expect(paying.keys).toEqual(["run-1:p/pay", "run-1:p/pay"]);
  });

  test("is not done again where that is declared: the step has failed, in doubt", async () => {
    const paying = transfer("fail");
    const lab = new Lab();
    const result = await afterTheDeath(paying, lab);
    expect(result).toMatchObject({ status: "failed", failure: { code: "in_doubt", path: "p/pay", retryable: false } });
    expect(paying.keys).toHaveLength(1);
    const [outcome] = (await lab.journal()).filter(({ type }) => type === "operation-finished");
    expect(outcome).toMatchObject({ startedAtMs: expect.any(Number) });
    expect(outcome?.type === "operation-finished" && outcome.atMs - outcome.startedAtMs).toBeLessThan(60_000);
  });
});

test("one that took too long is in doubt as well: no retry does it twice", async () => {
  const clock = new ManualClock();
  let calls = 0;
  const begun = Promise.withResolvers<void>();
  const pay = tool({
    name: "pay",
    description: "Pays.",
    input: z.object({}),
    effect: "once",
    inDoubt: "fail",
    onError: "fail",
    retries: 3,
    timeoutMs: 1_000,
    run: async () => {
      calls++;
      begun.resolve();
      await new Promise(() => undefined);
    },
  });
  const model = scriptedModel([{ calls: [{ tool: "pay", input: {} }] }, "never"]);
  const lab = new Lab();
  const running = lab.flujo({ clock }).run(agent({ name: "a", model, instructions: "", tools: [pay] }), "in", RUN);
  await begun.promise;
  await clock.advance(1_000);
  expect(await running).toMatchObject({ status: "failed", failure: { code: "in_doubt", path: "a/turn[0]/tool[0]" } });
  expect(calls).toBe(1);
});

describe("a tool that fails", () => {
  const broken = (onError: "tell" | "fail") =>
    tool({
      name: "broken",
      description: "Breaks.",
      input: z.object({}),
      onError,
      run: () => {
        throw new Error("out of paper");
      },
    });
  const slow = tool({
    name: "slow",
    description: "Waits.",
    input: z.object({}),
    run: (_args, { signal }) => new Promise((resolve) => signal.addEventListener("abort", () => resolve("late"))),
  });
  const script = () =>
    scriptedModel([
      {
        calls: [
          { tool: "broken", input: {} },
          { tool: "slow", input: {} },
        ],
      },
      "never",
    ]);

  test("fails the agent where that is declared, and the other calls of the turn are told to stop", async () => {
    const lab = new Lab();
    const result = await lab.flujo().run(agent({ name: "a", model: script(), instructions: "", tools: [broken("fail"), slow] }), "in", RUN);
    expect(result).toMatchObject({ status: "failed", failure: { code: "tool_failed", message: expect.stringContaining("out of paper") } });
  });

  test("for want of time counts as a call, and the model is told no more than that", async () => {
    const hung = tool({
      name: "hung",
      description: "Hangs.",
      input: z.object({}),
      timeoutMs: 1_000,
      run: () => new Promise(() => undefined),
    });
    const model = scriptedModel([{ calls: [{ tool: "hung", input: {} }] }, "then not"]);
    const clock = new ManualClock();
    const result = await clock.until(
      new Lab().flujo({ clock }).run(agent({ name: "a", model, instructions: "", tools: [hung] }), "in", RUN),
    );
    expect(result).toMatchObject({ status: "succeeded", output: "then not", usage: { toolCalls: 1 } });
    const said = JSON.stringify(model.calls[1]?.options.prompt);
    expect(said).toContain('"it took longer than 1000 ms."');
    expect(said).not.toContain("turn[0]");
  });

  test("is told to the model otherwise", async () => {
    const model = scriptedModel([{ calls: [{ tool: "broken", input: {} }] }, "then not"]);
    const result = await new Lab().flujo().run(agent({ name: "a", model, instructions: "", tools: [broken("tell")] }), "in", RUN);
    expect(result).toMatchObject({ status: "succeeded", output: "then not" });
    expect(JSON.stringify(model.calls[1]?.options.prompt)).toContain("out of paper");
  });
});

test("steps and tools are given the resources of their Flujo, and tell how far they are to whoever listens", async () => {
  const heard: unknown[] = [];
  const look = tool({
    name: "look",
    description: "Looks.",
    input: z.object({}),
    run: (_args, { resources, report }) => {
      report({ done: 0.5 });
      return (resources as { readonly db: ReadonlyMap<string, string> }).db.get("key");
    },
  });
  const model = scriptedModel([{ calls: [{ tool: "look", input: {} }] }, "done"]);
  const flujo = new Lab().flujo({ resources: { db: new Map([["key", "from the database"]]) } });
  await flujo.run(agent({ name: "a", model, instructions: "", tools: [look] }), "in", {
    ...RUN,
    onEvent: (event) => {
      if (event.family === "progress" && event.type === "work-reported") heard.push([event.path, event.value]);
    },
  });
  expect(heard).toEqual([["a/turn[0]/tool[0]", { done: 0.5 }]]);
  expect(JSON.stringify(model.calls[1]?.options.prompt)).toContain("from the database");
});
