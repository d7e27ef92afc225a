import { expect, test } from "vitest";
import { z } from "zod";
import { agent, asTool, pipeline, step } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { add, calls, count, counting } from "./support/agents.ts";
import { logs, looks, sets, Shared, shared } from "./support/context.ts";
import { RUN_ID, Stage } from "./support/stage.ts";

test("AGENT-1: the model is sent the instructions and the input, text as it is and everything else as JSON, as the input schema makes it", async () => {
  const model = scriptedModel(["said", "said"]);
  const ask = agent({ name: "a", model, instructions: "Be brief.", input: z.object({ n: z.coerce.number() }) });
  const program = pipeline({ name: "p" }).step("make", (n: string) => ({ n }));
  expect(await new Stage().run(program.step(ask as never), "7")).toMatchObject({ status: "succeeded", output: "said" });
  const { prompt } = model.calls[0]?.options ?? {};
  expect(prompt).toMatchObject([
    { role: "system", content: "Be brief." },
    { role: "user", content: [{ type: "text", text: '{"n":7}' }] },
  ]);
  expect(await new Stage().run(program.step(ask as never), "many")).toMatchObject({
    status: "failed",
    failure: { code: "input_invalid", retryable: false },
  });
  expect(model.calls).toHaveLength(1);
});

test("AGENT-2: instructions that are a function are asked once, with the input and the context, and again by no resume", async () => {
  const stage = new Stage();
  const model = scriptedModel([calls(1), "said"]);
  const ask = agent({
    name: "a",
    model,
    context: Shared,
    instructions: (input: unknown, { context }) => {
      stage.note("asked");
      return `${String(input)} for ${context.who}`;
    },
    tools: [add((n) => n, { needsApproval: true })],
  });
  const program = shared().step(sets("set", "ada")).step(ask);
  expect(await stage.run(program)).toMatchObject({ status: "paused" });
  await stage.answer(program, { decision: "approve" });
  expect(stage.notes).toEqual(["asked"]);
  expect(model.calls.map(({ options }) => options.prompt[0]?.content)).toEqual(["in for ada", "in for ada"]);
  const broken = agent({ name: "a", model, instructions: () => 7 as never });
  expect(await new Stage().run(pipeline({ name: "p" }).step(broken))).toMatchObject({ failure: { code: "decision_failed" } });
});

test("AGENT-3: the output is what the output schema makes of the model's JSON; without a schema it is the model's text", async () => {
  const schema = z.object({ n: z.number() }).transform(({ n }) => n * 2);
  const typed = agent({ name: "a", model: scriptedModel([{ json: { n: 21 } }]), instructions: "", output: schema });
  expect(await new Stage().run(pipeline({ name: "p" }).step(typed))).toMatchObject({ output: 42 });
  const text = agent({ name: "a", model: scriptedModel(["plain"]), instructions: "" });
  expect(await new Stage().run(pipeline({ name: "p" }).step(text))).toMatchObject({ output: "plain" });
});

test("AGENT-4: an answer that does not fit is told to the model with what is wrong, in a turn of its own; the turns are in the metadata", async () => {
  const { result, prompts } = await count(new Stage(), ["three", { json: { n: 9 } }, { json: { n: 3 } }]);
  expect(result).toMatchObject({ status: "succeeded", output: { n: 3 }, steps: [{ metadata: { turns: 3 }, attempts: 1 }] });
  expect(prompts[1]).toContain("three");
  expect(prompts[1]).toContain("Your answer was not valid: it is not JSON");
  expect(prompts[2]).toContain("n: Too big");
});

test("AGENT-5: after maxTurns turns without a valid output it fails, and says what was wrong with the last", async () => {
  const never = await count(new Stage(), () => "never JSON", { maxTurns: 2 });
  expect(never.result).toMatchObject({
    status: "failed",
    failure: {
      code: "turn_limit_exceeded",
      path: "p/a",
      retryable: false,
      message: expect.stringContaining("2 model calls; at the last, it is not JSON"),
    },
  });
  expect(never.prompts).toHaveLength(2);
  const calling = await count(new Stage(), () => calls(1), { maxTurns: 1, tools: [add((n) => n)] });
  expect(calling.result).toMatchObject({
    failure: { message: expect.stringContaining("1 model call; at the last, it went on calling tools") },
  });
});

test.each([
  ["retry", { modelCalls: 2 }, { status: "succeeded", output: { n: 1 }, steps: [{ attempts: 2, metadata: { turns: 1 } }] }],
  ["fail", { modelCalls: 1 }, { status: "failed", failure: { code: "output_malformed", path: "p/a/turn[0]", retryable: false } }],
  ["feedback", { modelCalls: 2 }, { status: "succeeded", steps: [{ attempts: 1, metadata: { turns: 2 } }] }],
] as const)("AGENT-6: an answer that is no answer is dealt with as `endings` say: %s", async (malformed, usage, expected) => {
  const { result, prompts } = await count(new Stage(), ["{ n: ", { json: { n: 1 } }], { endings: { malformed } });
  expect(result).toMatchObject({ ...expected, usage });
  if (malformed === "retry") expect(prompts[1]).toBe(prompts[0]);
});

test("AGENT-7, AGENT-8: the calls of a turn run at the same time with what their schema makes of the arguments, and are answered in the order of the calls", async () => {
  const stage = new Stage();
  const slow = add(async (n) => {
    stage.note(`begins ${n}`);
    await stage.clock.sleep(10 - n);
    stage.note(`ends ${n}`);
    return n * 10;
  });
  const { result, prompts } = await count(stage, [calls("1", 7), { json: { n: 1 } }], { tools: [slow] });
  expect(result).toMatchObject({ status: "succeeded", usage: { modelCalls: 2, toolCalls: 2 } });
  expect(stage.notes).toEqual(["begins 1", "begins 7", "ends 7", "ends 1"]);
  expect(prompts[1]?.indexOf('"value":10')).toBeGreaterThan(0);
  expect(prompts[1]?.indexOf('"value":70')).toBeGreaterThan(prompts[1]?.indexOf('"value":10') ?? 0);
});

test("AGENT-9: a tool that fails, arguments that do not fit and a tool that is not there are told to the model, which may try otherwise", async () => {
  const picky = add((n) => {
    if (n === 1) throw new Error("one is taken");
    return n;
  });
  const missing = { calls: [{ tool: "subtract", input: {} }] };
  const { result, prompts } = await count(new Stage(), [calls(1), calls("x"), missing, { json: { n: 3 } }], { tools: [picky] });
  expect(result).toMatchObject({ status: "succeeded", output: { n: 3 }, usage: { modelCalls: 4, toolCalls: 2 } });
  expect(prompts[1]).toContain("one is taken");
  expect(prompts[2]).toContain("does not fit its schema");
  expect(prompts[3]).toContain('There is no tool \\"subtract\\". Those there are: add.');
});

test("AGENT-10: the failure of a tool with onError: fail is the agent's, and the other calls of the turn are told that they lost", async () => {
  const stage = new Stage();
  const strict = add(
    (n) => {
      if (n === 1) throw new Error("out of paper");
      return stage.clock.sleep(1_000);
    },
    { onError: "fail" },
  );
  const { result, prompts } = await count(stage, [calls(2, 1, 3), { json: { n: 1 } }], { tools: [strict] });
  expect(result).toMatchObject({
    status: "failed",
    failure: { code: "tool_failed", path: "p/a/turn[0]/tool[1]" },
    usage: { toolCalls: 3 },
  });
  expect(prompts).toHaveLength(1);
  expect(stage.clock.now()).toBe(Date.UTC(2030, 0, 1));
});

test("AGENT-11: a call that needs approval waits for a person while the others run; approved it runs, rejected the model is told, edited it runs so", async () => {
  const stage = new Stage();
  const tool = add((n) => stage.note(`runs ${n}`), { needsApproval: ({ n }: { readonly n: number }) => n > 1 });
  const { program, model } = counting([calls(1, 2, 3, 4), { json: { n: 5 } }], { tools: [tool] });
  const id = (index: number): string => `p/a/turn[0]/tool[${index}]/approval`;
  expect(await stage.run(program)).toMatchObject({
    status: "paused",
    pauses: [2, 3, 4].map((n, index) => ({
      id: id(index + 1),
      name: "add",
      waitsFor: "approval",
      show: { agent: "a", tool: "add", input: { n } },
    })),
  });
  expect(stage.notes).toEqual(["runs 1"]);
  await stage.answer(program, { decision: "approve" }, id(1));
  await stage.answer(program, { decision: "reject", note: "too much" }, id(2));
  expect(await stage.answer(program, { decision: "edit", input: { n: 5 } }, id(3))).toMatchObject({
    status: "succeeded",
    output: { n: 5 },
  });
  expect(stage.notes).toEqual(["runs 1", "runs 2", "runs 5"]);
  const told = JSON.stringify(model.calls[1]?.options.prompt);
  expect(told).toContain("too much");
  expect(told).toContain('A person changed the arguments of your call of add to {\\"n\\":5} before it ran.');
});

test("AGENT-12: what programs called as tools write is kept and seen by the next turn; two of one turn that differ are a context_conflict", async () => {
  const names = asTool(
    pipeline({ context: Shared })
      .step(step({ name: "see", context: Shared, run: (_: { who: string }, { context }) => context.who }))
      .step(logs("tool")),
    {
      name: "names",
      description: "Says who it is.",
      input: z.object({ who: z.string() }),
    },
  );
  const settles = asTool(
    step({
      name: "settles",
      context: Shared,
      run: ({ who }: { readonly who: string }, { context, update }) => {
        update((draft) => void (draft.who = who));
        return `was ${context.who}`;
      },
    }),
    { description: "Sets who it is.", input: z.object({ who: z.string() }) },
  );
  const call = (tool: string, who: string) => ({ tool, input: { who } });
  const ask = (script: Parameters<typeof scriptedModel>[0]) => {
    const model = scriptedModel(script);
    return {
      model,
      program: shared()
        .step(agent({ name: "a", model, instructions: "", tools: [names, settles] }))
        .step(looks("see")),
    };
  };
  const { model, program } = ask([{ calls: [call("settles", "ada")] }, { calls: [call("names", "?")] }, "done"]);
  expect(await new Stage().run(program)).toMatchObject({ status: "succeeded", output: "ada tool", context: { who: "ada", log: ["tool"] } });
  expect(JSON.stringify(model.calls[2]?.options.prompt)).toContain('"value":"ada"');
  const both = ask([{ calls: [call("settles", "ada"), call("settles", "bob")] }, "never asked"]);
  expect(await new Stage().run(both.program)).toMatchObject({
    status: "failed",
    failure: { code: "context_conflict", path: "p/a/turn[0]", details: { field: "who" } },
    context: { who: "nobody" },
  });
});

test("AGENT-13: every model call and every tool call counts in its usage, whatever came of it", async () => {
  const usage = { inputTokens: 10, outputTokens: 1 };
  const { result } = await count(
    new Stage(),
    [
      { ...calls(1), usage },
      { text: "no", usage },
      { json: { n: 1 }, usage },
    ],
    {
      tools: [
        add(() => {
          throw new Error("no");
        }),
      ],
    },
  );
  expect(result).toMatchObject({
    steps: [{ usage: { inputTokens: 30, outputTokens: 3, modelCalls: 3, toolCalls: 1 }, cost: { kind: "unknown" } }],
  });
});

test("AGENT-14: model calls and tool calls that have an outcome are made again by no resume, and the model is sent the same", async () => {
  const undisturbed = await count(new Stage(), [calls(1), calls(2), { json: { n: 3 } }], { tools: [add((n) => n)] });
  const stage = new Stage();
  let isFirst = true;
  const tool = add((n) => {
    stage.note(`runs ${n}`);
    if (n === 2 && isFirst) return new Promise(() => undefined);
    return n;
  });
  const { program, model } = counting([calls(1), calls(2), { json: { n: 3 } }], { tools: [tool] });
  const flujo = stage.flujo();
  const going = flujo.run(program, "how many?" as never, { runId: RUN_ID });
  await expect.poll(() => stage.notes).toEqual(["runs 1", "runs 2"]);
  await flujo.close();
  expect(await going).toMatchObject({ status: "stopped" });
  isFirst = false;
  const { usage } = undisturbed.result;
  expect(await stage.resume(program)).toMatchObject({ status: "succeeded", output: { n: 3 }, usage, steps: [{ metadata: { turns: 3 } }] });
  expect(stage.notes).toEqual(["runs 1", "runs 2", "runs 2"]);
  expect(model.calls.map(({ options }) => JSON.stringify(options.prompt))).toEqual(undisturbed.prompts);
});

test("AGENT-15: toolChoice holds for the first turn; only `none` holds for all", async () => {
  const choices = async (toolChoice: "required" | "none"): Promise<readonly unknown[]> => {
    const { program, model } = counting([calls(1), { json: { n: 1 } }], { tools: [add((n) => n)], toolChoice });
    await new Stage().run(program);
    return model.calls.map(({ options }) => options.toolChoice?.type ?? "auto");
  };
  expect(await choices("required")).toEqual(["required", "auto"]);
  expect(await choices("none")).toEqual(["none", "none"]);
});

test("AGENT-16: each turn the model is sent all that was said before: what it said itself, what its tools gave, what it was told", async () => {
  const { prompts } = await count(new Stage(), [calls(1), "three", { json: { n: 3 } }], { tools: [add((n) => n)] });
  const roles = prompts.map((prompt) => (JSON.parse(prompt) as readonly { readonly role: string }[]).map(({ role }) => role));
  expect(roles).toEqual([
    ["system", "user"],
    ["system", "user", "assistant", "tool"],
    ["system", "user", "assistant", "tool", "assistant", "user"],
  ]);
});

test("AGENT-17: with a `history` it is given what was said in the run's thread before, and what it said is kept there once it has succeeded", async () => {
  const model = scriptedModel(["nice to meet you", { text: "", finish: "content_filter" }, "you are Ada"]);
  const ask = pipeline({ name: "p" }).step(agent({ name: "a", model, instructions: "", history: { keep: "whole" } }));
  const stage = new Stage();
  const say = (runId: string, text: string) => stage.run(ask, text, { runId, thread: "ada" });
  await say("one", "I am Ada");
  expect(await say("two", "who am I?")).toMatchObject({ status: "failed" });
  expect(await say("three", "so who am I?")).toMatchObject({ output: "you are Ada" });
  const said = JSON.stringify(model.calls[2]?.options.prompt);
  for (const text of ["I am Ada", "nice to meet you", "so who am I?"]) expect(said).toContain(`"${text}"`);
  expect(said).not.toContain('"who am I?"');
});
