import { APICallError } from "@ai-sdk/provider";
import { expect, test } from "vitest";
import { z } from "zod";
import type { AgentOptions, Tool } from "../../src/index.ts";
import { agent, pipeline, tool } from "../../src/index.ts";
import type { ModelScript } from "../../src/testing/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { Lab, RUN } from "./support/lab.ts";

const Output = z.object({ n: z.number().int().max(5) });

type More = Partial<
  Omit<AgentOptions<"a", unknown, unknown, z.input<typeof Output>, z.output<typeof Output>>, "name" | "model" | "instructions">
>;

/** Runs one agent on a script; also gives what the model was asked. */
async function ask(script: ModelScript, more: More = {}) {
  const model = scriptedModel(script, { provider: "openai.chat", modelId: "gpt-4o-mini" });
  const lab = new Lab();
  const program = pipeline({ name: "p" }).step(
    agent({ name: "a", model, instructions: "Count.", output: Output, retry: { retries: 2, firstDelayMs: 0 }, ...more }),
  );
  const result = await lab.flujo().run(program, "how many?", RUN);
  return { result, lab, prompts: model.calls.map(({ options }) => JSON.stringify(options.prompt)) };
}

function busy(): Error {
  return new APICallError({ message: "busy", url: "http://model", requestBodyValues: {}, statusCode: 503, isRetryable: true });
}

const add = (run: (args: { readonly n: number }) => unknown, more: object = {}): Tool =>
  tool({ name: "add", description: "Adds one.", input: z.object({ n: z.number() }), run, ...more });

test("an output that does not fit is told to the model with what is wrong, until it fits; every call costs", async () => {
  const { result, prompts } = await ask([
    { text: "three", usage: { inputTokens: 10, outputTokens: 1 } },
    { json: { n: 9 }, usage: { inputTokens: 20, outputTokens: 2 } },
    { json: { n: 3 }, usage: { inputTokens: 30, outputTokens: 3 } },
  ]);
  expect(result).toMatchObject({
    status: "succeeded",
    output: { n: 3 },
    usage: { inputTokens: 60, outputTokens: 6, modelCalls: 3 },
    steps: [{ metadata: { turns: 3 } }],
  });
  expect(prompts[1]).toContain("it is not JSON");
  expect(prompts[2]).toContain("n: Too big");
  expect(prompts[2]).toContain("three");
});

test("after as many model calls as it may make it fails, says why, and what it cost", async () => {
  const { result, prompts } = await ask(() => "never JSON", { maxTurns: 3 });
  expect(result).toMatchObject({
    status: "failed",
    failure: {
      code: "turn_limit_exceeded",
      retryable: false,
      message: expect.stringContaining("3 model calls; at the last, it is not JSON"),
    },
    usage: { modelCalls: 3 },
  });
  expect(prompts).toHaveLength(3);
});

test("the tools of one turn run at the same time, and their results go back in the order of the calls", async () => {
  const order: string[] = [];
  const slow = add(async ({ n }) => {
    order.push(`begins ${n}`);
    for (let turn = 0; turn < 10 - n; turn++) await new Promise(setImmediate);
    order.push(`ends ${n}`);
    return n + 1;
  });
  const { result, prompts } = await ask(
    [
      {
        calls: [
          { tool: "add", input: { n: 1 } },
          { tool: "add", input: { n: 7 } },
        ],
      },
      { json: { n: 1 } },
    ],
    { tools: [slow] },
  );
  expect(result).toMatchObject({ status: "succeeded", usage: { modelCalls: 2, toolCalls: 2 } });
  expect(order).toEqual(["begins 1", "begins 7", "ends 7", "ends 1"]);
  const values = JSON.parse(prompts[1] ?? "")
    .filter(({ role }: { role: string }) => role === "tool")
    .flatMap(({ content }: { content: readonly { output: { value: unknown } }[] }) => content.map(({ output }) => output.value));
  expect(values).toEqual([2, 8]);
});

test("what a tool throws, and arguments that do not fit, are told to the model, which may try otherwise", async () => {
  const picky = add(({ n }) => {
    if (n === 1) throw new Error("one is taken");
    return n + 1;
  });
  const { result, prompts } = await ask(
    [
      { calls: [{ tool: "add", input: { n: 1 } }] },
      { calls: [{ tool: "add", input: { n: "two" } }] },
      { calls: [{ tool: "add", input: { n: 2 } }] },
      { json: { n: 3 } },
    ],
    { tools: [picky] },
  );
  expect(result).toMatchObject({ status: "succeeded", output: { n: 3 }, usage: { modelCalls: 4, toolCalls: 3 } });
  expect(prompts[1]).toContain("one is taken");
  expect(prompts[2]).toContain("expected number");
});

test("a tool is tried again as its policy says, under one idempotency key", async () => {
  const keys: string[] = [];
  const flaky = tool({
    name: "add",
    description: "Adds.",
    input: z.object({}),
    retry: { retries: 1, firstDelayMs: 0 },
    run: (_args, { idempotencyKey, attempt }) => {
      keys.push(`${attempt} ${idempotencyKey}`);
      if (attempt === 1) throw new Error("not yet");
      return "fine";
    },
  });
  const { result, lab } = await ask([{ calls: [{ tool: "add", input: {} }] }, { json: { n: 1 } }], { tools: [flaky] });
  expect(result).toMatchObject({ status: "succeeded", usage: { toolCalls: 2 } });
  expect(keys).toEqual(["1 run-1:p/a/turn[0]/tool[0]", "2 run-1:p/a/turn[0]/tool[0]"]);
  expect(await lab.keys()).toContain("p/a/turn[0]/tool[0]#2");
});

test("a call of a tool that there is not is told to the model, and nothing runs", async () => {
  const { result, prompts, lab } = await ask([{ calls: [{ tool: "nope", input: {} }] }, { json: { n: 1 } }], {
    tools: [add(({ n }) => n)],
  });
  expect(result).toMatchObject({ status: "succeeded", usage: { modelCalls: 2, toolCalls: 0 } });
  expect(prompts[1]).toMatch(/nope/);
  expect((await lab.keys()).filter((key) => key.includes("/tool["))).toEqual([]);
});

test("a model call that may succeed later is tried again, as its own operation, and every attempt is counted", async () => {
  const calm = await ask([{ json: { n: 1 }, usage: { inputTokens: 1_000, outputTokens: 100 } }]);
  expect(calm.result.cost).toMatchObject({ kind: "exact" });
  const { result, lab } = await ask([busy(), busy(), { json: { n: 1 }, usage: { inputTokens: 1_000, outputTokens: 100 } }]);
  expect(result).toMatchObject({ status: "succeeded", steps: [{ attempts: 3 }], usage: { inputTokens: 1_000, modelCalls: 3 } });
  expect(result.cost).toEqual(calm.result.cost); // a server that was too busy to take the call charges nothing
  expect(await lab.keys()).toEqual(["p/a/turn[0]", "p/a/turn[0]#2", "p/a/turn[0]#3"]);
  expect(await lab.intents()).toHaveLength(3);
});

test("a model call that fails for good fails the step, and what was used before it counts", async () => {
  const { result } = await ask(
    [{ calls: [{ tool: "add", input: { n: 1 } }], usage: { inputTokens: 50, outputTokens: 5 } }, new Error("the model is gone")],
    { tools: [add(({ n }) => n)] },
  );
  expect(result).toMatchObject({
    status: "failed",
    failure: { code: "model_call_failed", message: expect.stringContaining("the model is gone") },
    usage: { modelCalls: 2, toolCalls: 1 },
    steps: [{ usage: { modelCalls: 2, toolCalls: 1 } }],
  });
  expect(result.usage.inputTokens).toBeGreaterThan(50); // what the lost call had sent is estimated, and counted too
  expect(result.cost.kind).toBe("estimated");
  expect(result.steps[0]).toMatchObject({ usage: result.usage, cost: result.cost });
});

test("a tool sees the context read-only and may not write to it", async () => {
  const nosy = tool({
    name: "add",
    description: "Adds.",
    input: z.object({}),
    run: (_args, about) => {
      (about as unknown as { update: (change: () => void) => void }).update(() => undefined);
      return "wrote";
    },
  });
  const { prompts } = await ask([{ calls: [{ tool: "add", input: {} }] }, { json: { n: 1 } }], { tools: [nosy] });
  expect(prompts[1]).toContain("a tool cannot write to the context");
});

test("a tool cannot end the run: going on as another one is for the step after its agent", async () => {
  const hasty = tool({
    name: "add",
    description: "Adds.",
    input: z.object({}),
    run: (_args, about) => (about as unknown as { continueAs: (input: unknown) => never }).continueAs("again"),
  });
  const { prompts, result } = await ask([{ calls: [{ tool: "add", input: {} }] }, { json: { n: 1 } }], { tools: [hasty] });
  expect(prompts[1]).toContain("a tool cannot go on as another run");
  expect(result).toMatchObject({ status: "succeeded", output: { n: 1 } });
});
