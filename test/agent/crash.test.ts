import { expect, test } from "vitest";
import { z } from "zod";
import type { RunResult } from "../../src/index.ts";
import { agent, asTool, pipeline, step, tool } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { Lab, RUN } from "../laws/support/lab.ts";

/** Everything an agent can ask for: parallel tools of every kind, an approval, an unknown tool, a bad answer, a thread. */
function world() {
  const done: string[] = [];
  const note = step({
    name: "note",
    context: z.object({ seen: z.array(z.string()) }),
    run: ({ what }: { readonly what: string }, { update }) => {
      update((draft) => void draft.seen.push(what));
      return `noted ${what}`;
    },
  });
  const look = tool({
    name: "look",
    description: "Looks.",
    input: z.object({ what: z.string() }),
    run: async ({ what }, { idempotencyKey }) => {
      done.push(idempotencyKey);
      await new Promise((resolve) => setImmediate(resolve));
      return `saw ${what}`;
    },
  });
  const pay = tool({
    name: "pay",
    description: "Pays.",
    input: z.object({ usd: z.number() }),
    needsApproval: ({ usd }) => usd > 10,
    run: ({ usd }, { idempotencyKey }) => {
      done.push(idempotencyKey);
      return `paid ${usd}`;
    },
  });
  const diary = asTool(pipeline({ name: "diary", input: z.object({ what: z.string() }) }).step(note), { description: "Keeps a diary." });
  const model = scriptedModel(({ turn }) => {
    const calls = [
      { tool: "look", input: { what: "left" } },
      { tool: "pay", input: { usd: 50 } },
      { tool: "diary", input: { what: "today" } },
      { tool: "nothing", input: {} },
      { tool: "look", input: { what: "right" } },
      { tool: "pay", input: { usd: 5 } },
    ];
    if (turn === 0) return { calls, text: "Let me see." };
    return turn === 1 ? "not JSON" : { json: { ok: true } };
  });
  const clerk = agent({
    name: "clerk",
    model,
    tools: [look, pay, diary],
    instructions: (input) => `Serve ${String(input)}.`,
    output: z.object({ ok: z.boolean() }),
    history: { keep: "whole" },
  });
  const program = pipeline({ name: "p", context: z.object({ seen: z.array(z.string()).default([]) }) }).step(clerk);
  return { program, done, model };
}

async function toTheEnd(lab: Lab, { program }: ReturnType<typeof world>): Promise<RunResult<unknown>> {
  let result: RunResult<unknown> = await lab.flujo().resume(program, RUN.runId);
  while (result.status === "paused") result = await lab.flujo().answer(program, RUN.runId, { value: { decision: "approve" } });
  return result;
}

test("a crash at any commit changes nothing: the same result, journal and prompts, no recorded call made again", async () => {
  const undisturbed = new Lab();
  const first = world();
  await undisturbed.flujo().run(first.program, "Jane", { ...RUN, thread: "t" });
  const expected = await toTheEnd(undisturbed, first);
  expect(expected).toMatchObject({ status: "succeeded", output: { ok: true }, context: { seen: ["today"] } });
  const keys = await undisturbed.keys();
  const prompts = first.model.calls.map(({ options }) => JSON.stringify(options.prompt));
  const commits = undisturbed.log.filter((line) => line.startsWith("commit")).length;
  expect(commits).toBeGreaterThan(5);

  for (let commit = 1; commit <= commits; commit++) {
    const lab = new Lab();
    const disturbed = world();
    const { flujo, crashed } = lab.doomed(commit);
    const begun = flujo.run(disturbed.program, "Jane", { ...RUN, thread: "t" }).then(() => "rested");
    await Promise.race([begun.catch(() => "crashed"), crashed]);
    const result = await toTheEnd(lab, disturbed);
    const at = `crash at commit ${commit}`;
    expect(result, at).toMatchObject({
      status: "succeeded",
      output: { ok: true },
      context: { seen: ["today"] },
      usage: expected.usage,
      cost: expected.cost,
    });
    expect([...(await lab.keys())].sort(), at).toEqual([...keys].sort());
    expect(await lab.inner.readThread("t"), at).toHaveLength(1);
    const asked = disturbed.model.calls.map(({ options }) => JSON.stringify(options.prompt));
    expect(new Set(asked), at).toEqual(new Set(prompts));
    expect(new Set(disturbed.done), at).toEqual(new Set(first.done));
    expect(await lab.flujo().result(RUN.runId), at).toEqual(result);
  }
});
