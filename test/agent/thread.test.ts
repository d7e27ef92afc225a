import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { AgentOptions, HistoryPolicy } from "../../src/index.ts";
import { agent, pipeline, tool } from "../../src/index.ts";
import type { ModelScript } from "../../src/testing/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { Lab } from "../laws/support/lab.ts";
import { told } from "../semantics/support/told.ts";

const THREAD = { thread: "customer-42" } as const;

function companion(
  script: ModelScript,
  history: HistoryPolicy | undefined,
  more: Partial<AgentOptions<"companion", unknown, unknown, string, string>> = {},
) {
  const model = scriptedModel(script);
  const program = agent({ name: "companion", model, instructions: "Be kind.", ...(history === undefined ? {} : { history }), ...more });
  const prompts = () => model.calls.map(({ options }) => told(options));
  return { program, model, prompts, lab: new Lab() };
}

const echo = (call: { readonly lastUserText: string }) => `re: ${call.lastUserText}`;

describe("a conversation over runs", () => {
  test("whole: each run is given all that was said before, tool calls included, in the order it was said", async () => {
    const look = tool({ name: "look", description: "Looks.", input: z.object({}), run: () => "it rains" });
    const script: ModelScript = ({ lastUserText, turn }) =>
      lastUserText === "weather?" && turn === 1 ? { calls: [{ tool: "look", input: {} }] } : `re: ${lastUserText}`;
    const { program, prompts, lab } = companion(script, { keep: "whole" }, { tools: [look] });
    const flujo = lab.flujo();
    for (const said of ["I am Jane", "weather?", "who am I?"]) await flujo.run(program, said, THREAD);
    expect(prompts()[0]).toEqual(["user: I am Jane"]);
    expect(prompts().at(-1)).toEqual([
      "user: I am Jane",
      "assistant: re: I am Jane",
      "user: weather?",
      "assistant: tool-call look",
      "tool: tool-result look",
      "assistant: re: weather?",
      "user: who am I?",
    ]);
  });

  test("other threads, runs without a thread, and agents without a history know nothing of it", async () => {
    const { program, prompts, lab } = companion(echo, { keep: "whole" });
    const flujo = lab.flujo();
    await flujo.run(program, "secret", THREAD);
    await flujo.run(program, "hello", { thread: "customer-43" });
    await flujo.run(program, "hello");
    const deaf = companion(echo, undefined);
    await flujo.run(
      pipeline({ name: "both" })
        .step(pipeline({ name: "first" }).step(deaf.program))
        .step(program),
      "hello",
      { thread: "customer-44" },
    );
    expect(prompts().slice(1)).toEqual([["user: hello"], ["user: hello"], ["user: re: hello"]]);
    expect(deaf.prompts()).toEqual([["user: hello"]]);
    expect(await lab.inner.readThread(THREAD.thread)).toHaveLength(1);
  });

  test("exchanges: the newest so many", async () => {
    const { program, prompts, lab } = companion(echo, { keep: "exchanges", exchanges: 2 });
    const flujo = lab.flujo();
    for (let n = 0; n < 5; n++) await flujo.run(program, `message ${n}`, THREAD);
    const kept = ["user: message 2", "assistant: re: message 2", "user: message 3", "assistant: re: message 3"];
    expect(prompts().at(-1)).toEqual([...kept, "user: message 4"]);
  });

  test("tokens: the newest whole exchanges that fit", async () => {
    const { program, prompts, lab } = companion(echo, { keep: "tokens", tokens: 150 });
    const flujo = lab.flujo();
    for (let n = 0; n < 6; n++) await flujo.run(program, `message ${n} ${"x".repeat(60)}`, THREAD);
    const last = prompts().at(-1) ?? [];
    expect(last.length).toBeGreaterThan(2);
    expect(last.length).toBeLessThan(11);
    expect(last.length % 2).toBe(1);
    expect(last.at(-3)).toContain("user: message 4");
    expect(last[0]).toContain("user: message");
  });

  test("summary: what has become too long is summarised once, by the agent's own model, and the summary stays", async () => {
    const script: ModelScript = ({ lastUserText }) =>
      lastUserText.startsWith("Summarise") ? "SUMMARY: Jane likes tea." : `re: ${lastUserText}`;
    const { program, prompts, lab } = companion(script, { keep: "summary", over: 250, newest: 100 });
    const flujo = lab.flujo();
    let usedForSummaries = 0;
    for (let n = 0; n < 6; n++) {
      const result = await flujo.run(program, `message ${n} ${"y".repeat(120)}`, THREAD);
      expect(result.status).toBe("succeeded");
      usedForSummaries += result.usage.modelCalls - 1;
    }
    const summaries = prompts().filter((prompt) => prompt.at(-1)?.startsWith("user: Summarise") === true);
    expect(summaries.length).toBe(usedForSummaries);
    expect(summaries.length).toBeGreaterThan(0);
    expect(summaries.length).toBeLessThan(4);
    const last = prompts().at(-1) ?? [];
    expect(last[0]).toContain("SUMMARY: Jane likes tea.");
    expect(last.at(-1)).toContain("message 5");
    expect(last.join()).not.toContain("message 0");
  });

  test("a summary that is longer than what is to be kept is not made again by every run", async () => {
    const script: ModelScript = ({ lastUserText }) => (lastUserText.startsWith("Summarise") ? "long ".repeat(400) : "re");
    const { program, prompts, lab } = companion(script, { keep: "summary", over: 60, newest: 20 });
    const flujo = lab.flujo();
    for (let n = 0; n < 5; n++) await flujo.run(program, `${n} ${"z".repeat(150)}`, THREAD);
    const summaries = prompts().filter((prompt) => prompt.at(-1)?.startsWith("user: Summarise") === true);
    expect(summaries.length).toBeLessThan(4);
    await flujo.run(program, "short", { thread: "other" });
    const before = prompts().length;
    await flujo.run(program, "short", { thread: "other" });
    expect(prompts().length - before).toBe(1);
  });

  test("what a failed run said is not kept; a resumed one is kept once", async () => {
    const failing = companion(() => new Error("the model is gone"), { keep: "whole" }, { retries: 0 });
    const { lab } = failing;
    await lab.flujo().run(failing.program, "lost", THREAD);
    expect(await lab.inner.readThread(THREAD.thread)).toEqual([]);
    const { program } = companion(echo, { keep: "whole" });
    for (let commit = 0; commit < 8; commit++) {
      const fresh = new Lab();
      const { flujo, crashed } = fresh.doomed(commit);
      const options = { ...THREAD, runId: "run-1" };
      const first = await Promise.race([flujo.run(program, "hi", options).then(() => "ended"), crashed]);
      if (first === "crashed" && (await fresh.inner.findRun("run-1")) !== null) await fresh.flujo().resume(program, "run-1");
      if ((await fresh.inner.findRun("run-1")) !== null) expect(await fresh.inner.readThread(THREAD.thread)).toHaveLength(1);
    }
  });
});

test("what a thread keeps is what the run went on with: an answer lost in a crash is not in it", async () => {
  for (let commit = 1; commit < 8; commit++) {
    let answers = 0;
    const { program } = companion(() => `answer ${answers++}`, { keep: "whole" });
    const lab = new Lab();
    const { flujo, crashed } = lab.doomed(commit);
    await Promise.race([flujo.run(program, "hi", { ...THREAD, runId: "run-1" }).catch(() => null), crashed]);
    const result = await lab.flujo().resume(program, "run-1");
    const [exchange] = await lab.inner.readThread(THREAD.thread);
    expect(JSON.stringify(exchange?.items), `crash at commit ${commit}`).toContain(JSON.stringify(result.unwrap()));
  }
});

test.each([[""], ["  "], ["x".repeat(201)], [42]])("a thread called %j is refused before there is a run", async (thread) => {
  const { program, lab } = companion(echo, { keep: "whole" });
  await expect(lab.flujo().run(program, "hi", { thread: thread as string })).rejects.toMatchObject({ code: "usage_invalid" });
});

test("instructions may be a function of the input and the context: asked once, and the same after a resume", async () => {
  let asked = 0;
  const model = scriptedModel(({ turn }) => (turn === 0 ? { calls: [{ tool: "look", input: {} }] } : "done"));
  const look = tool({ name: "look", description: "Looks.", input: z.object({}), run: () => "it rains" });
  const program = agent({
    name: "a",
    model,
    tools: [look],
    input: z.object({ name: z.string() }),
    instructions: ({ name }, { initialPrompt }) => {
      asked++;
      return `You talk to ${name} (${initialPrompt.length} letters).`;
    },
  });
  const result = await new Lab().flujo().run(program, { name: "Jane" });
  expect(result.status).toBe("succeeded");
  expect(asked).toBe(1);
  const systems = model.calls.map(({ options }) => options.prompt[0]);
  expect(systems).toEqual([
    { role: "system", content: "You talk to Jane (15 letters)." },
    { role: "system", content: "You talk to Jane (15 letters)." },
  ]);
});

test("instructions that throw, or are no text, fail the agent by name before its model is asked", async () => {
  for (const instructions of [
    () => {
      throw new Error("no tenant");
    },
    () => 42 as never,
  ]) {
    const model = scriptedModel(["never"]);
    const result = await new Lab().flujo().run(agent({ name: "a", model, instructions }), "in");
    expect(result).toMatchObject({
      status: "failed",
      failure: { code: "decision_failed", message: expect.stringContaining("the function that gives the instructions") },
    });
    expect(model.calls).toEqual([]);
  }
});
