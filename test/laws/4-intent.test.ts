import { expect, test } from "vitest";
import { z } from "zod";
import { agent, pipeline, step, tool } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { Lab, RUN } from "./support/lab.ts";

test("law 4, intent: a model call, a tool call and a step marked once commit an intent before they start; plain steps do not", async () => {
  const lab = new Lab();
  const note = tool({ name: "note", description: "Notes.", input: z.object({}), run: () => lab.note("tool runs") });
  const model = scriptedModel(({ turn }) => {
    lab.note(`model runs ${turn}`);
    return turn === 0 ? { calls: [{ tool: "note", input: {} }] } : "done";
  });
  const program = pipeline({ name: "p" })
    .step("plain", () => lab.note("plain runs"))
    .step(step({ name: "safe", effect: "idempotent", run: () => lab.note("safe runs") }))
    .step(step({ name: "pay", effect: "once", run: () => lab.note("pay runs") }))
    .step(agent({ name: "a", model, instructions: "", tools: [note] }));
  await lab.flujo().run(program, "in", RUN);
  expect(lab.log).toEqual([
    "plain runs",
    "commit outcome p/plain",
    "safe runs",
    "commit outcome p/safe, intent p/pay",
    "pay runs",
    "commit outcome p/pay, intent p/a/turn[0]",
    "model runs 0",
    "commit outcome p/a/turn[0], intent p/a/turn[0]/tool[0]",
    "tool runs",
    "commit outcome p/a/turn[0]/tool[0], intent p/a/turn[1]",
    "model runs 1",
    "commit outcome p/a/turn[1], done p/a, finished p, rest succeeded",
  ]);
});

test("law 4, intent: an intent says what is asked, by reference to what was asked before, with a hash and the idempotency key", async () => {
  const lab = new Lab();
  const model = scriptedModel(["no JSON", { json: { n: 1 } }]);
  const program = pipeline({ name: "p" }).step(agent({ name: "a", model, instructions: "", output: z.object({ n: z.number() }) }));
  await lab.flujo().run(program, "the input", RUN);
  const intents = (await lab.journal()).filter((entry) => entry.type === "operation-intended");
  expect(intents).toMatchObject([
    {
      op: "model",
      key: "p/a/turn[0]",
      idempotencyKey: "run-1:p/a/turn[0]",
      request: { after: null, added: [{ role: "user", text: "the input" }] },
    },
    {
      op: "model",
      key: "p/a/turn[1]",
      request: { after: "p/a/turn[0]", added: [{ role: "user", text: expect.stringContaining("not valid") }] },
    },
  ]);
  expect(new Set(intents.map(({ requestHash }) => requestHash)).size).toBe(2);
  expect(JSON.stringify(intents[1])).not.toContain("the input");
});

test("law 4, intent: after a crash between intent and outcome it is done again under the same idempotency key, and intended once", async () => {
  const lab = new Lab();
  const pay = step({
    name: "pay",
    effect: "once",
    run: (_: string, { idempotencyKey }) => {
      lab.note(`pay ${idempotencyKey}`);
      return 1;
    },
  });
  const program = pipeline({ name: "p" }).step(pay);
  const { flujo, crashed } = lab.doomed(1); // 0 makes the run, 1 holds the intent
  const dead = flujo.run(program, "in", RUN);
  expect(await Promise.race([dead, crashed])).toBe("crashed");
  expect(await lab.intents()).toEqual(["p/pay"]);
  expect(await lab.flujo().resume(program, RUN.runId)).toMatchObject({ status: "succeeded", output: 1 });
  expect(await lab.intents()).toEqual(["p/pay"]);
  expect(lab.log.filter((line) => line.startsWith("pay"))).toEqual(["pay run-1:p/pay"]);
});

test("law 4, intent: a request that cannot be put in words is a failure of its step, not of the run's driver", async () => {
  const lab = new Lab();
  const program = pipeline({ name: "p" }).step(step({ name: "pay", effect: "once", run: () => 1 }));
  const result = await lab.flujo().run(program, 10n, RUN);
  expect(result).toMatchObject({ status: "failed", failure: { code: "value_unstorable", path: "p/pay" } });
});
