import { expect, test } from "vitest";
import { z } from "zod";
import type { AnyStep, Step } from "../../src/index.ts";
import { agent, asTool, background, cached, defineKind, memoryCache, pipeline, planOf, step } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { Lab, RUN } from "../laws/support/lab.ts";

// What a run must not notice: which kind made a part of its program, and what was added to the program since it began.

const text = z.string();
type Text = Step<string, string>;
const made = defineKind({ kind: "made", expand: (inner: Text) => inner });
const calledOtherwise = defineKind({ kind: "called-otherwise", expand: (inner: Text) => inner });
const writtenOut = (inner: Text): Text => inner;

const asks = pipeline({ name: "asks", input: text })
  .human("ask", { answer: text })
  .step("told", ({ answer }) => answer);

function calling(kind: (inner: Text) => Text) {
  const model = scriptedModel(({ options: { prompt } }) =>
    prompt.at(-1)?.role === "tool" ? "done" : { calls: [{ tool: "work", input: { at: "here" } }] },
  );
  const inside = pipeline({ name: "inside", input: z.object({ at: text }) })
    .step("at", ({ at }) => at)
    .step(kind(asks));
  const work = asTool(inside, { name: "work", description: "Works." });
  const program = pipeline({ name: "p", input: text }).step(agent({ name: "ag", model, instructions: "Work.", tools: [work] }));
  return { program, model };
}

const agentIn = (program: AnyStep): unknown => {
  const { root } = planOf(program);
  return root.kind === "sequence" ? root.children[0]?.fingerprint : null;
};

test.each([calledOtherwise, writtenOut])("an agent is asked the same, whichever kind made what its tool runs", async (other) => {
  const [before, after] = [calling(made), calling(other)];
  expect(agentIn(after.program)).toBe(agentIn(before.program));
  const lab = new Lab();
  expect(await lab.flujo().run(before.program, "in", RUN)).toMatchObject({ status: "paused" });
  const forking = lab.flujo({ onCodeChange: "fork" });
  expect(await forking.answer(after.program, RUN.runId, { value: "yes" })).toMatchObject({ status: "succeeded", output: "done" });
  expect([before.model.calls.length, after.model.calls.length]).toEqual([1, 1]);
});

test.each([calledOtherwise, writtenOut])(
  "what is kept of a program is kept whichever kind made what it starts or has for a tool",
  async (other) => {
    const backend = memoryCache();
    const lab = new Lab();
    const alone = pipeline({ name: "alone", input: text }).step(step("echo", (value: string) => value));
    const starts = (kind: (inner: Text) => Text) =>
      pipeline({ name: "p", input: text })
        .step(cached(background(kind(alone)), { backend }))
        .step("none", () => null);
    const echo = step("echo", (value: string) => value);
    const model = scriptedModel(() => "done");
    const calls = (kind: (inner: Text) => Text) => {
      const inside = pipeline({ name: "inside", input: z.object({}) })
        .step("at", () => "here")
        .step(kind(echo));
      const work = asTool(inside, { name: "work", description: "Works." });
      return pipeline({ name: "q", input: text }).step(
        cached(agent({ name: "ag", model, instructions: "Work.", tools: [work] }), { backend }),
      );
    };
    for (const program of [starts, calls]) {
      const flujo = lab.flujo();
      const first = await flujo.run(program(made), "in");
      expect(first.steps[0]).toMatchObject({ metadata: { cache: "miss" } });
      const second = await flujo.run(program(other), "in");
      expect(second.steps[0]).toMatchObject({ metadata: { cache: "hit" } });
      await flujo.close();
    }
  },
);

/** A person before an agent with processors: as many as there were, or one more of each kind. */
function processed(isMore: boolean) {
  const model = scriptedModel(({ lastUserText }) => `re ${lastUserText}`);
  const more = <T>(one: T, other: T): readonly T[] => (isMore ? [one, other] : [one]);
  const says = (mark: string) => (parts: { readonly instructions: string; readonly prompt: string }) => ({
    ...parts,
    prompt: parts.prompt + mark,
  });
  const [first, second] = [says("?"), says("!")];
  return pipeline({ name: "p", input: text })
    .human("ask", { answer: text })
    .step("given", ({ answer }) => answer)
    .step(
      agent({
        name: "ag",
        model,
        instructions: "Say it.",
        promptProcessors: more(first, second),
        outputProcessors: more(
          (said: string) => `<${said}>`,
          (said: string) => `[${said}]`,
        ),
      }),
    );
}

test("a processor that was added to others since a run began is not for that run", async () => {
  const lab = new Lab();
  await lab.flujo().run(processed(false), "in", RUN);
  expect(await lab.flujo().answer(processed(true), RUN.runId, { value: "yes" })).toMatchObject({ output: "<re yes?>" });
  const anew = new Lab();
  await anew.flujo().run(processed(true), "in", RUN);
  expect(await anew.flujo().answer(processed(true), RUN.runId, { value: "yes" })).toMatchObject({ output: "[<re yes?!>]" });
});
