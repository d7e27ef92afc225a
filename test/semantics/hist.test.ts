import { expect, test } from "vitest";
import { z } from "zod";
import type { Command, HistoryPolicy, PlannerInput } from "../../src/index.ts";
import { agent, agenticLoop, asTool, commandSchema, machine, pipeline, refine } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { told } from "./support/told.ts";
import { before, exchanges, speaker } from "./support/speaker.ts";
import { Stage } from "./support/stage.ts";

const WHOLE = { keep: "whole" } as const;

const next = (_said: unknown, { iteration }: { readonly iteration: number }) => `question ${iteration + 2}`;

/** As many questions to an agent, in one loop. */
async function asks(history: HistoryPolicy, times: number, question = next) {
  const { program, prompts } = speaker("a");
  const result = await new Stage().run(
    pipeline({ name: "p" }).loop(program, { maxIterations: times, next: question, history }),
    question("", { iteration: -1 }),
  );
  expect(result.status).toBe("succeeded");
  return { result, prompts: prompts() };
}

test("HIST-1: an agent in a loop with a history is given, before what it is asked, what it was asked and said in the iterations before", async () => {
  const { prompts } = await asks(WHOLE, 3);
  expect(prompts).toEqual([
    ["user: question 1"],
    [...exchanges("a", "question 1"), "user: question 2"],
    [...exchanges("a", "question 1", "question 2"), "user: question 3"],
  ]);
});

test("HIST-1: that is what its model was told and gave: the input as its schema made it, what its tools gave, what it was told between", async () => {
  const look = speaker("look");
  const tool = asTool(pipeline({ name: "look", input: z.object({}) }).step(look.program), { description: "Looks." });
  const model = scriptedModel(({ lastUserText, options: { prompt } }) => {
    if (prompt.at(-1)?.role === "tool") return "no JSON";
    return lastUserText.includes("not valid") ? { json: { seen: 1 } } : { calls: [{ tool: "look", input: {} }] };
  });
  const a = agent({
    name: "a",
    model,
    instructions: "",
    tools: [tool],
    input: z.object({ of: z.string() }).transform(({ of }) => `what is ${of}?`),
    output: z.object({ seen: z.number() }),
  });
  const program = pipeline({ name: "p" }).loop(a, { maxIterations: 2, next: () => ({ of: "this" }), history: WHOLE });
  await new Stage().run(program, { of: "that" });
  expect(model.calls.map(({ options }) => told(options)).at(3)).toEqual([
    "user: what is that?",
    "assistant: tool-call look",
    "tool: tool-result look",
    "assistant: no JSON",
    expect.stringContaining("user: Your answer was not valid"),
    'assistant: {"seen":1}',
    "user: what is this?",
  ]);
});

test("HIST-1: where prompt processors have made something else of the input, that is what it was asked", async () => {
  const model = scriptedModel(({ lastUserText }) => `re: ${lastUserText}`);
  const a = agent({
    name: "a",
    model,
    instructions: "",
    promptProcessors: [({ prompt, ...told }) => ({ ...told, prompt: `${prompt}, please` })],
  });
  await new Stage().run(pipeline({ name: "p" }).loop(a, { maxIterations: 2, next, history: WHOLE }), "question 1");
  expect(model.calls.map(({ options }) => told(options)).at(-1)).toEqual([
    "user: question 1, please",
    "assistant: re: question 1, please",
    "user: question 2, please",
  ]);
});

test("HIST-1: a refine gives it to what makes and to what judges, each its own", async () => {
  const writer = speaker("writer");
  const critic = agent({
    name: "critic",
    model: scriptedModel(({ index }) => ({ json: { ok: index === 2, feedback: `no ${index}` } })),
    instructions: "",
    input: z.object({ input: z.string(), artifact: z.string() }).transform(({ artifact }) => artifact.length.toString()),
    output: z.object({ ok: z.boolean(), feedback: z.string() }),
  });
  const program = refine({ name: "r", generate: writer.program, critique: critic, maxIterations: 3, history: WHOLE });
  expect((await new Stage().run(program, "tides")).status).toBe("succeeded");
  const last = writer.prompts().at(-1) ?? [];
  const words = last.map((line) => line.split(" ").slice(0, 2).join(" "));
  const made = ["user: tides", "assistant: writer:", "user: tides", "user: This", "assistant: writer:", "user: tides", "user: This"];
  expect(words).toEqual(made);
  expect(last[3]).toContain("no 0");
  expect(last[6]).toContain("no 1");
});

test("HIST-1: a machine gives it to the agent of a state that is entered again", async () => {
  const ask = speaker("ask");
  const answer = speaker("answer");
  const program = machine({
    name: "m",
    initial: "ask",
    states: { ask: ask.program, answer: answer.program },
    on: [
      { from: "ask", if: (_: unknown, { hops }) => hops === 4, to: "done" },
      { from: "ask", to: "answer" },
      { from: "answer", to: "ask" },
    ],
    ends: ["done"],
    maxHops: 9,
    history: WHOLE,
  });
  expect((await new Stage().run(program, "in")).status).toBe("succeeded");
  expect(before(ask.prompts())).toEqual(exchanges("ask", "in", "answer: ask: in"));
  expect(before(answer.prompts())).toEqual(exchanges("answer", "ask: in"));
});

test("HIST-1: an agentic loop gives it to its planner and to its agents; of an agent that failed there is nothing", async () => {
  const commands: readonly Command[] = [
    { do: "run", agent: "a", input: "one" },
    { do: "run", agent: "broken", input: "one" },
    { do: "run", agent: "a", input: "two" },
    { do: "finish", output: "done" },
  ];
  const planner = agent({
    name: "planner",
    model: scriptedModel(({ index }) => ({ json: commands[index] })),
    instructions: "",
    input: z.custom<PlannerInput<string>>().transform(({ log }) => `${log.length} done`),
    output: commandSchema(),
  });
  const a = speaker("a");
  const broken = speaker("broken", { script: () => new Error("gone") });
  const program = agenticLoop({
    name: "l",
    planner,
    agents: { a: { program: a.program, description: "Answers." }, broken: { program: broken.program, description: "Fails." } },
    maxCommands: 5,
    history: WHOLE,
  });
  const stage = new Stage();
  expect((await stage.run(program, "goal")).status).toBe("succeeded");
  expect(a.prompts()).toEqual([["user: one"], [...exchanges("a", "one"), "user: two"]]);
  const asked = (await stage.entries()).flatMap((entry) =>
    entry.type === "operation-intended" && entry.key.includes("planner") ? [entry.request] : [],
  );
  expect(asked).toMatchObject([{}, { history: 2 }, { history: 4 }, { history: 6 }]);
});

test("HIST-2: its own is what was said at the same place of the plan: another agent's is not, nor in a map that of another item", async () => {
  const left = speaker("left");
  const right = speaker("right");
  const each = speaker("each");
  const body = pipeline()
    .parallel({
      left: left.program,
      right: right.program,
      items: pipeline()
        .step("list", (n: unknown) => [`x${String(n)}`, `y${String(n)}`])
        .map(each.program),
    })
    .step("count", () => 2);
  await new Stage().run(pipeline({ name: "p" }).loop(body, { maxIterations: 2, history: WHOLE }), 1);
  expect(left.prompts()).toEqual([["user: 1"], [...exchanges("left", "1"), "user: 2"]]);
  expect(right.prompts()).toEqual([["user: 1"], [...exchanges("right", "1"), "user: 2"]]);
  expect(each.prompts().slice(2)).toEqual([
    [...exchanges("each", "x1"), "user: x2"],
    [...exchanges("each", "y1"), "user: y2"],
  ]);
});

test("HIST-2: what one agent says more than once in one iteration is given in the order of its places there, whoever ends first", async () => {
  const stage = new Stage();
  const inner = speaker("inner", {
    script: async ({ lastUserText }) => {
      if (lastUserText === "slow") await stage.clock.sleep(5);
      return `inner: ${lastUserText}`;
    },
  });
  const tool = asTool(
    pipeline({ name: "ask", input: z.object({ q: z.string() }) })
      .step("q", ({ q }: { q: string }) => q)
      .step(inner.program),
    {
      description: "Asks.",
    },
  );
  const outer = agent({
    name: "outer",
    instructions: "",
    tools: [tool],
    model: scriptedModel(({ options: { prompt } }) =>
      prompt.at(-1)?.role === "tool" ? "done" : { calls: ["slow", "fast"].map((q) => ({ tool: "ask", input: { q } })) },
    ),
  });
  await stage.run(pipeline({ name: "p" }).loop(outer, { maxIterations: 2, history: WHOLE }), "go");
  const given = [...exchanges("inner", "slow", "fast")];
  expect(inner.prompts().slice(2)).toEqual([
    [...given, "user: slow"],
    [...given, "user: fast"],
  ]);
});

test("HIST-3: `exchanges` gives the newest so many, `tokens` the newest that fit and always the last, `whole` all", async () => {
  expect(before((await asks({ keep: "exchanges", exchanges: 2 }, 5)).prompts)).toEqual(exchanges("a", "question 3", "question 4"));
  const long = (_: unknown, { iteration }: { readonly iteration: number }) => `question ${iteration + 2} ${"x".repeat(100)}`;
  const byTokens = before((await asks({ keep: "tokens", tokens: 250 }, 6, long)).prompts);
  expect(byTokens.length).toBeGreaterThan(2);
  expect(byTokens.length).toBeLessThan(10);
  expect(byTokens.at(-2)).toContain("user: question 5");
  expect(before((await asks({ keep: "tokens", tokens: 1 }, 4, long)).prompts)).toHaveLength(2);
  expect(before((await asks(WHOLE, 6)).prompts)).toHaveLength(10);
});

test("HIST-4: `summary` has what is too long summarised by the agent's own model, and gives that in place of it from then on", async () => {
  const long = (_: unknown, { iteration }: { readonly iteration: number }) => `question ${iteration + 2} ${"y".repeat(120)}`;
  const { prompts, result } = await asks({ keep: "summary", over: 300, newest: 120 }, 7, long);
  const summaries = prompts.filter((prompt) => prompt.at(-1)?.startsWith("user: Summarise") === true);
  expect(summaries.length).toBeGreaterThan(1);
  expect(summaries.length).toBeLessThan(5);
  expect(result.usage.modelCalls).toBe(7 + summaries.length);
  expect(summaries.at(-1)?.[0]).toContain("Summary of our conversation before this");
  const summed = (number: number) => summaries.filter((prompt) => prompt.some((line) => line.startsWith(`user: question ${number} `)));
  expect([1, 2, 3, 4, 5, 6, 7].map((number) => summed(number).length).filter((times) => times > 1)).toEqual([]);
  const last = prompts.at(-1) ?? [];
  expect(last[0]).toMatch(/^user: Summary of our conversation before this:\n\d+ messages$/);
  expect(last.join()).not.toContain("question 1 ");
  expect(last.at(-1)).toContain("question 7");
  const mentions = [2, 3, 4, 5, 6].filter((number) => last.some((line) => line.startsWith(`user: question ${number} `)));
  expect(mentions).toEqual([2, 3, 4, 5, 6].slice(-mentions.length)); // the newest, without a gap
  expect(mentions.length).toBeGreaterThan(0);
});
