import { expect, test } from "vitest";
import { agent, Flujo, pipeline, step, tool } from "../index.ts";
import { scriptedModel } from "../testing/index.ts";
import { z } from "zod";
import { PipelineContext } from "./pipeline-context.ts";

test.each([
  ["a text, itself", "My card was charged twice.", "My card was charged twice."],
  ["anything else, its JSON", { order: 4471, items: ["a"] }, '{"order":4471,"items":["a"]}'],
  ["a bigint, its digits", { cents: 12n }, '{"cents":"12"}'],
  ["nothing, an empty text", undefined, ""],
])("REQ-CTX-002: initialPrompt is the run's input as text: of %s", (_of, input, expected) => {
  expect(new PipelineContext({ runId: "r", input, context: {}, reducers: {} }).initialPrompt).toBe(expected);
});

test("REQ-CTX-002: steps, tools and deciding functions see it wherever they stand in nested pipelines, whatever the context is", async () => {
  const seen: string[] = [];
  const see = (who: string, { initialPrompt }: { readonly initialPrompt: string }): void => {
    seen.push(`${who}: ${initialPrompt}`);
  };
  const look = tool({ name: "look", description: "Looks.", input: z.object({}), run: (_args, at) => see("tool", at) });
  const ask = agent({
    name: "ask",
    model: scriptedModel([{ calls: [{ tool: "look", input: {} }] }, "done"]),
    instructions: "",
    tools: [look],
  });
  const deep = pipeline({ name: "deep", context: z.object({ own: z.string() }) })
    .step("changed", (_input: string, at) => {
      see("nested step", at);
      return "something else";
    })
    .branch(
      (_input, at) => {
        see("selector", at);
        return at.initialPrompt.length > 5;
      },
      { true: ask, false: ask },
    );
  const whole = pipeline({ name: "whole", context: z.object({ own: z.string(), other: z.number().default(1) }) })
    .step(step("list", (input: string) => [input.toUpperCase()]))
    .map(pipeline().parallel({ deep }));
  const flujo = new Flujo();
  const result = await flujo.run(whole, "Where is my order?", { context: { own: "of the user" } });
  expect(result.status, JSON.stringify(result)).toBe("succeeded");
  expect(seen).toEqual(["nested step", "selector", "tool"].map((who) => `${who}: Where is my order?`));
});

test("REQ-CTX-002: it is the same after a resume, from the journal", async () => {
  const flujo = new Flujo();
  const program = pipeline({ name: "asked" })
    .human("ok", { show: ({ output }: { output: string }) => output, answer: z.boolean() })
    .step("after", (_answered, { initialPrompt }) => initialPrompt);
  const paused = await flujo.run(program, "the prompt");
  const done = await flujo.answer(program, paused.runId, { value: true });
  expect(done.unwrap()).toBe("the prompt");
});
