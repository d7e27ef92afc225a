import { expect, test } from "vitest";
import { z } from "zod";
import { agent, asTool, pipeline, step, tool } from "../../src/index.ts";
import type { RunResult } from "../../src/index.ts";
import type { ModelScript } from "../../src/testing/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { Lab, RUN } from "../laws/support/lab.ts";

/** An agent that refunds, on a script, and what was refunded. */
function cashier(script: ModelScript, needsApproval: boolean | ((args: { readonly usd: number }) => boolean) = true) {
  const refunded: unknown[] = [];
  const refund = tool({
    name: "refund",
    description: "Pays money back.",
    input: z.object({ usd: z.number().max(1_000), to: z.string() }),
    effect: "once",
    needsApproval,
    run: (args) => {
      refunded.push(args);
      return `paid ${args.usd}`;
    },
  });
  const model = scriptedModel(script, { provider: "openai.chat", modelId: "gpt-4o-mini" });
  const program = pipeline({ name: "p" }).step(agent({ name: "cashier", model, instructions: "Refund what is due.", tools: [refund] }));
  const prompts = () => model.calls.map(({ options }) => JSON.stringify(options.prompt));
  return { program, refunded, model, prompts, lab: new Lab() };
}

const ASKS = { calls: [{ tool: "refund", input: { usd: 249, to: "jane" } }] } as const;
const PAUSE = "p/cashier/turn[0]/tool[0]/approval";

test("a tool that needs approval waits, durably, shows the call, and runs once a person has agreed; the model is asked nothing again", async () => {
  const { program, refunded, model, lab } = cashier([ASKS, "Done."]);
  const paused = await lab.flujo().run(program, "refund jane", RUN);
  expect(paused).toMatchObject({
    status: "paused",
    pauses: [
      {
        id: PAUSE,
        waitsFor: "approval",
        name: "refund",
        show: { agent: "cashier", tool: "refund", description: "Pays money back.", input: { usd: 249, to: "jane" } },
      },
    ],
  });
  expect(refunded).toEqual([]);
  expect(await lab.intents()).toEqual(["p/cashier/turn[0]"]);
  const result = await lab.flujo().answer(program, RUN.runId, { value: { decision: "approve" } });
  expect(result).toMatchObject({ status: "succeeded", output: "Done." });
  expect(refunded).toEqual([{ usd: 249, to: "jane" }]);
  expect(model.calls).toHaveLength(2);
  expect(await lab.keys()).toContain(PAUSE);
});

test("a rejected call does not run; the model is told that a person said no, and why", async () => {
  const { program, refunded, prompts, lab } = cashier([ASKS, "I am sorry."]);
  await lab.flujo().run(program, "refund jane", RUN);
  const result = await lab
    .flujo()
    .answer(program, RUN.runId, { pause: "refund", value: { decision: "reject", note: "not without a receipt" } });
  expect(result).toMatchObject({ status: "succeeded", output: "I am sorry." });
  expect(refunded).toEqual([]);
  expect(prompts()[1]).toContain("not without a receipt");
});

test("edited arguments are what runs, and the model is told of the change", async () => {
  const { program, refunded, prompts, lab } = cashier([ASKS, "Done."]);
  await lab.flujo().run(program, "refund jane", RUN);
  const value = { decision: "edit", input: { usd: 100, to: "jane" }, note: "half of it" };
  expect(await lab.flujo().answer(program, RUN.runId, { value })).toMatchObject({ status: "succeeded" });
  expect(refunded).toEqual([{ usd: 100, to: "jane" }]);
  expect(prompts()[1]).toContain("half of it");
  expect(prompts()[1]).toContain("paid 100");
});

test.each([
  ["of no known decision", { decision: "maybe" }, "expected { decision"],
  ["that is no object", true, "expected { decision"],
  ["with more than belongs to it", { decision: "approve", input: {} }, "expected { decision"],
  ["whose changed arguments do not fit the tool", { decision: "edit", input: { usd: 5_000, to: "jane" } }, "usd"],
])("an answer %s is refused, and the call goes on waiting", async (_what, value, message) => {
  const { program, refunded, lab } = cashier([ASKS, "Done."]);
  await lab.flujo().run(program, "refund jane", RUN);
  const answering = lab.flujo().answer(program, RUN.runId, { value });
  await expect(answering).rejects.toMatchObject({ code: "answer_invalid", message: expect.stringContaining(message) });
  expect(await lab.flujo().answer(program, RUN.runId, { value: { decision: "approve" } })).toMatchObject({ status: "succeeded" });
  expect(refunded).toHaveLength(1);
});

test("a function of the arguments says which calls need approval; calls of one turn wait each for themselves", async () => {
  const calls = [10, 600, 20, 700].map((usd) => ({ tool: "refund", input: { usd, to: `customer-${usd}` } }));
  const { program, refunded, lab } = cashier([{ calls }, "Done."], ({ usd }) => usd > 500);
  const paused = await lab.flujo().run(program, "all of them", RUN);
  expect(paused).toMatchObject({ status: "paused" });
  expect(paused.status === "paused" && paused.pauses.map(({ id }) => id)).toEqual([
    "p/cashier/turn[0]/tool[1]/approval",
    "p/cashier/turn[0]/tool[3]/approval",
  ]);
  expect(refunded).toEqual([
    { usd: 10, to: "customer-10" },
    { usd: 20, to: "customer-20" },
  ]);
  const second = await lab
    .flujo()
    .answer(program, RUN.runId, { pause: "p/cashier/turn[0]/tool[3]/approval", value: { decision: "approve" } });
  expect(second).toMatchObject({ status: "paused", pauses: [{ id: "p/cashier/turn[0]/tool[1]/approval" }] });
  expect(await lab.flujo().answer(program, RUN.runId, { value: { decision: "reject" } })).toMatchObject({ status: "succeeded" });
  expect(refunded.slice(2)).toEqual([{ usd: 700, to: "customer-700" }]);
});

test("where the function that decides throws, a person is asked: nothing runs by mistake", async () => {
  const { program, refunded, lab } = cashier([ASKS, "Done."], () => {
    throw new Error("no rates today");
  });
  expect(await lab.flujo().run(program, "refund jane", RUN)).toMatchObject({ status: "paused" });
  expect(refunded).toEqual([]);
});

test("arguments that do not fit are told to the model before anybody is asked", async () => {
  const { program, prompts, lab } = cashier([{ calls: [{ tool: "refund", input: { usd: "much" } }] }, "I give up."]);
  expect(await lab.flujo().run(program, "refund jane", RUN)).toMatchObject({ status: "succeeded", output: "I give up." });
  expect(prompts()[1]).toContain("expected number");
});

test("a program is a tool too: its steps lie below the call, it may wait for people, and its writes to the context stay", async () => {
  const noted = step({
    name: "noted",
    context: z.object({ seen: z.array(z.string()) }),
    run: ({ input, answer }: { readonly input: { readonly question: string }; readonly answer: { readonly text: string } }, { update }) => {
      update((draft) => void draft.seen.push(input.question));
      return answer.text;
    },
  });
  const desk = pipeline({ name: "desk", input: z.object({ question: z.string() }) })
    .human("colleague", { show: ({ output }) => output.question, answer: z.object({ text: z.string() }) })
    .step(noted);
  const model = scriptedModel([{ calls: [{ tool: "ask_desk", input: { question: "who?" } }] }, "It was Jane."]);
  const helper = agent({
    name: "helper",
    model,
    instructions: "",
    tools: [asTool(desk, { name: "ask_desk", description: "Asks a colleague." })],
  });
  const program = pipeline({ name: "p", context: z.object({ seen: z.array(z.string()).default([]) }) }).step(helper);
  const lab = new Lab();
  const paused = await lab.flujo().run(program, "who was it?", RUN);
  expect(paused).toMatchObject({ status: "paused", pauses: [{ id: "p/helper/turn[0]/tool[0]/ask_desk/colleague", show: "who?" }] });
  const result: RunResult<unknown> = await lab.flujo().answer(program, RUN.runId, { value: { text: "Jane" } });
  expect(result).toMatchObject({ status: "succeeded", output: "It was Jane.", context: { seen: ["who?"] } });
  expect(await lab.flujo().result(RUN.runId)).toEqual(result);
});
