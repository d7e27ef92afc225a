import { expect, test } from "vitest";
import { z } from "zod";
import type { Entry, HistoryPolicy, RunResult } from "../../src/index.ts";
import { agent, asTool, Flujo, pipeline } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { crashingStore } from "../laws/support/crashing-store.ts";
import { Lab, RUN } from "../laws/support/lab.ts";
import { told } from "../semantics/support/told.ts";

const WHOLE = { keep: "whole" } as const;

function drafting(history: HistoryPolicy, iterations: number) {
  let drafts = 0;
  const model = scriptedModel(() => `draft ${++drafts}`);
  const writer = agent({ name: "writer", model, instructions: "Write." });
  const program = pipeline({ name: "p" }).loop(writer, { maxIterations: iterations, next: (draft) => `better than ${draft}`, history });
  return { program, prompts: () => model.calls.map(({ options }) => told(options)) };
}

test("in a loop with a history an agent is given what was said to it and by it in the iterations before", async () => {
  const { program, prompts } = drafting(WHOLE, 3);
  const result = await new Lab().flujo().run(program, "tides", RUN);
  expect(result.unwrap()).toBe("draft 3");
  expect(prompts()).toEqual([
    ["user: tides"],
    ["user: tides", "assistant: draft 1", "user: better than draft 1"],
    ["user: tides", "assistant: draft 1", "user: better than draft 1", "assistant: draft 2", "user: better than draft 2"],
  ]);
});

function systemOf([first]: readonly { readonly role: string; readonly content: unknown }[]): string {
  return typeof first?.content === "string" ? first.content : "";
}

/**
 * All that exchanges can travel through: a retry whose first attempt fails, a parallel, a map, a program as a tool, a loop in the loop with
 * a history of its own and one without, a person, and a policy under which there are summaries (in a loop of its own). One model stands for all of them.
 */
function world(history: HistoryPolicy) {
  const model = scriptedModel(({ lastUserText, options: { prompt } }) => {
    if (lastUserText.startsWith("Summarise")) return `a summary of ${prompt.length - 2}`;
    const system = systemOf(prompt);
    if (system === "You are lead." && prompt.at(-1)?.role !== "tool")
      return { calls: [1, 2].map((n) => ({ tool: "helper", input: { n } })) };
    return `${system.slice(8, -1)} on ${lastUserText.slice(0, 30)}, for ${"long ".repeat(8)}`;
  });
  const named = <const Name extends string>(name: Name) => agent({ name, model, instructions: `You are ${name}.` });
  const helper = pipeline({ name: "helper", input: z.object({ n: z.number() }) }).step(named("hand"));
  const lead = agent({ name: "lead", model, instructions: "You are lead.", tools: [asTool(helper, { description: "Helps." })] });
  const half = pipeline({ name: "half" })
    .step(named("first"))
    .step("flaky", (said: string, { attempt, feedback }) => {
      if (attempt === 1 && feedback === null) throw new Error("again");
      return said;
    });
  const body = pipeline()
    .step(half, { retry: { retries: 1, firstDelayMs: 0 } })
    .parallel({
      left: named("left"),
      right: pipeline()
        .step("list", () => ["x", "y"])
        .map(named("each")),
    })
    .step("join", ({ left }) => left.slice(0, 5))
    .step(lead)
    .step("short", (said: string) => said.slice(0, 5))
    .loop(named("inner"), { name: "own", maxIterations: 2, history: { keep: "exchanges", exchanges: 1 } })
    .loop(named("again"), { name: "passing", maxIterations: 2, next: () => "again" })
    .human("go", { answer: z.string() })
    .step("on", ({ answer }) => answer);
  const whole = pipeline({ name: "p" }).loop(body, { maxIterations: 2, history });
  const plain = pipeline({ name: "p" }).loop(named("writer"), { maxIterations: 5, next: () => "go on", history });
  const program = history.keep === "summary" ? plain : whole;
  const prompts = () => model.calls.map(({ options }) => `${systemOf(options.prompt)}\n${told(options).join("\n")}`);
  return { program, prompts };
}

async function toTheEnd(lab: Lab, { program }: ReturnType<typeof world>): Promise<RunResult<unknown>> {
  let result: RunResult<unknown> = await lab.flujo().resume(program, RUN.runId);
  while (result.status === "paused") result = await lab.flujo().answer(program, RUN.runId, { value: "answered" });
  return result;
}

test.each<[string, HistoryPolicy]>([
  ["all that was said", WHOLE],
  ["a summary of it", { keep: "summary", over: 60, newest: 40 }],
])("a crash at any commit changes nothing of what models are told: %s", async (_what, history) => {
  const undisturbed = new Lab();
  const first = world(history);
  await undisturbed.flujo().run(first.program, "begin", RUN);
  const expected = await toTheEnd(undisturbed, first);
  expect(expected.status).toBe("succeeded");
  const prompts = first.prompts();
  expect(prompts.some((prompt) => prompt.includes("Summarise the conversation"))).toBe(history.keep === "summary");
  const keys = [...(await undisturbed.keys())].sort();
  const commits = undisturbed.log.filter((line) => line.startsWith("commit")).length;
  expect(commits).toBeGreaterThan(10);

  for (let commit = 1; commit <= commits; commit++) {
    const lab = new Lab();
    const disturbed = world(history);
    const { flujo, crashed } = lab.doomed(commit);
    let begun = await Promise.race([flujo.run(disturbed.program, "begin", RUN).catch(() => null), crashed]);
    while (begun !== null && begun !== "crashed" && begun.status === "paused")
      begun = await Promise.race([flujo.answer(disturbed.program, RUN.runId, { value: "answered" }).catch(() => null), crashed]);
    const result = await toTheEnd(lab, disturbed);
    const at = `crash at commit ${commit}`;
    expect(result, at).toMatchObject({ status: "succeeded", usage: expected.usage });
    expect(result.unwrap(), at).toEqual(expected.unwrap());
    expect([...(await lab.keys())].sort(), at).toEqual(keys);
    expect(new Set(disturbed.prompts()), at).toEqual(new Set(prompts));
  }
});

type Goes = (given: { readonly answer: string }) => string;

/** A loop that is left in each iteration, in front of a person. */
function asking(history?: HistoryPolicy, goes: Goes = ({ answer }) => answer) {
  const model = scriptedModel(({ lastUserText }) => `re: ${lastUserText}`);
  const body = pipeline()
    .step(agent({ name: "a", model, instructions: "" }))
    .human("go", { answer: z.string() })
    .step("on", goes);
  const program = pipeline({ name: "p" }).loop(body, { maxIterations: 2, ...(history === undefined ? {} : { history }) });
  return { program, prompts: () => model.calls.map(({ options }) => told(options)) };
}

const changed: Goes = ({ answer }) => `${answer}!`;

test("a run of before, in whose plan and journal there is nothing of it, goes on as it was under a loop that has a history now", async () => {
  const lab = new Lab();
  await lab.flujo().run(asking().program, "one", RUN);
  const first = JSON.stringify([await lab.journal(), await lab.inner.planOf(RUN.runId)]);
  expect(first).toContain("frame-done");
  expect(first).not.toContain('"said"');
  expect(first).not.toContain('"history":{');
  const { program, prompts } = asking(WHOLE, changed);
  const result = await lab.flujo({ onCodeChange: "continue" }).answer(program, RUN.runId, { value: "two" });
  expect(result.status).toBe("paused");
  expect(prompts()).toEqual([["user: two!"]]);
});

test("a fork into a program whose loop has a history keeps what models said, and asks the next with it", async () => {
  const lab = new Lab();
  await lab.flujo().run(asking().program, "one", RUN);
  const { program, prompts } = asking(WHOLE, changed);
  const { runId } = await lab.flujo().resume(program, RUN.runId, { onCodeChange: "fork" });
  expect(runId).not.toBe(RUN.runId);
  expect(prompts()).toEqual([]);
  await lab.flujo().answer(program, runId, { value: "two" });
  expect(prompts()).toEqual([["user: one", "assistant: re: one", "user: two!"]]);
});

test("entries in which what was said is lost are read: its agents are told nothing of it", async () => {
  const { program, prompts } = asking(WHOLE);
  const { store } = crashingStore(memoryStore(), null);
  await new Flujo({ state: store }).run(program, "one", RUN);
  const openEntries = async (runId: string): Promise<readonly Entry[]> => (await store.openEntries(runId)).map(withoutSaid);
  await new Flujo({ state: { ...store, openEntries } }).answer(program, RUN.runId, { value: "two" });
  expect(prompts()).toEqual([["user: one"], ["user: two"]]);
});

function withoutSaid(entry: Entry): Entry {
  if (entry.type !== "frame-done" || entry.result.status !== "succeeded") return entry;
  const { said: _said, ...result } = entry.result;
  return { ...entry, result };
}
