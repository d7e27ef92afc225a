import { expect, test } from "vitest";
import { z } from "zod";
import { agent, asTool, Flujo, pipeline, step, tool } from "../../src/index.ts";
import type { ModelScript } from "../../src/testing/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";

/** Euros in, cents out: what goes through it twice is a hundred times too much. */
const CENTS = z.object({ amount: z.number().transform((euros) => euros * 100) });
const PAYS: ModelScript = [{ calls: [{ tool: "pay", input: { amount: 5 } }] }, "Paid."];
const ONCE = { amount: 500 };

function till() {
  const paid: unknown[] = [];
  const pay = (args: { readonly amount: number }) => {
    paid.push(args);
    return "ok";
  };
  const common = { name: "cashier", model: scriptedModel(PAYS), instructions: "Pay.", retries: 0 } as const;
  return { paid, pay, common };
}

test.each([
  ["as the model wrote it", undefined],
  ["as a person changed it", { amount: 7 }],
])(
  "a person approves the arguments %s, the tool's schema transforms them, and the tool runs with what that gives, not with the same done twice",
  async (_how, edited) => {
    const { paid, pay, common } = till();
    const refund = tool({ name: "pay", description: "Pays.", input: CENTS, needsApproval: true, run: pay });
    const cashier = agent({ ...common, tools: [refund] });
    await using flujo = new Flujo({ strict: true });
    const paused = await flujo.run(cashier, "pay jane");
    expect(paused).toMatchObject({ status: "paused", pauses: [{ show: { input: ONCE } }] });
    const value = edited === undefined ? { decision: "approve" } : { decision: "edit", input: edited };
    expect(await flujo.answer(cashier, paused.runId, { value })).toMatchObject({ status: "succeeded" });
    expect(paid).toEqual([edited === undefined ? ONCE : { amount: 700 }]);
  },
);

test("a tool whose approval is decided, and not needed, runs with its arguments transformed once", async () => {
  const { paid, pay, common } = till();
  const refund = tool({ name: "pay", description: "Pays.", input: CENTS, needsApproval: ({ amount }) => amount > 1000, run: pay });
  await using flujo = new Flujo({ strict: true });
  expect(await flujo.run(agent({ ...common, tools: [refund] }), "pay jane")).toMatchObject({ status: "succeeded" });
  expect(paid).toEqual([ONCE]);
});

test.each([false, true])(
  "a pipeline called as a tool is given its arguments transformed once by its own schema (needs approval: %s)",
  async (needsApproval) => {
    const { paid, pay, common } = till();
    const program = pipeline({ name: "pay", input: CENTS }).step(step({ name: "book", input: CENTS, run: pay }));
    const cashier = agent({ ...common, tools: [asTool(program, { description: "Pays.", needsApproval })] });
    await using flujo = new Flujo({ strict: true });
    const first = await flujo.run(cashier, "pay jane");
    if (needsApproval) await flujo.answer(cashier, first.runId, { value: { decision: "approve" } });
    expect(paid).toEqual([ONCE]);
  },
);

test("an agent called as a tool is given its arguments transformed once by its own schema", async () => {
  const { common } = till();
  const model = scriptedModel(["Booked."]);
  const booker = agent({ name: "pay", model, instructions: "Book it.", input: CENTS, retries: 0 });
  await using flujo = new Flujo({ strict: true });
  const cashier = agent({ ...common, tools: [asTool(booker, { description: "Pays." })] });
  expect(await flujo.run(cashier, "pay jane")).toMatchObject({ status: "succeeded" });
  expect(model.calls.map(({ lastUserText }) => lastUserText)).toEqual(['{"amount":500}']);
});

test("a program called as a tool checks with its own schema what the tool's own, other schema has made of the arguments", async () => {
  const { paid, pay, common } = till();
  const program = pipeline({ name: "pay", input: CENTS }).step(step("book", pay));
  const input = z.object({ amount: z.number().transform((euros) => euros + 1) });
  await using flujo = new Flujo({ strict: true });
  const cashier = agent({ ...common, tools: [asTool(program, { description: "Pays.", input })] });
  expect(await flujo.run(cashier, "pay jane")).toMatchObject({ status: "succeeded" });
  expect(paid).toEqual([{ amount: 600 }]);
});

test("a pipeline and its first member that declare the same schema check with it once, at the root as below it", async () => {
  const { paid, pay } = till();
  const inner = pipeline({ name: "inner", input: CENTS }).step(step({ name: "book", input: CENTS, run: pay }));
  await using flujo = new Flujo({ strict: true });
  await flujo.run(inner, { amount: 5 });
  await flujo.run(pipeline({ name: "outer" }).step(inner), { amount: 5 });
  expect(paid).toEqual([ONCE, ONCE]);
});

test("arguments that a person changes to something JSON cannot say do not break the run off for good", async () => {
  const { common } = till();
  const pay = tool({ name: "pay", description: "Pays.", input: z.looseObject({}), needsApproval: true, run: () => "ok" });
  const cashier = agent({ ...common, tools: [pay] });
  await using flujo = new Flujo({ strict: true });
  const { runId } = await flujo.run(cashier, "pay jane");
  const value = { decision: "edit", input: { amount: 10n } };
  expect(await flujo.answer(cashier, runId, { value })).toMatchObject({ status: "succeeded", output: "Paid." });
});
