import { expect, test } from "vitest";
import { z } from "zod";
import { pipeline, step } from "../../src/index.ts";
import { logs, looks, Shared, shared } from "./support/context.ts";
import { fails, Stage } from "./support/stage.ts";

test("NEST-1: a pipeline as a step is given the value before it and gives its own output; its name, or `pipeline`, is part of the path", async () => {
  const where = step("where", (value: unknown, { path }) => `${path} ${String(value)}`);
  const program = pipeline({ name: "p" })
    .step(pipeline({ name: "inner" }).step(where))
    .step(pipeline().step(where));
  expect(await new Stage().run(program)).toMatchObject({
    output: "p/pipeline/where p/inner/where in",
    steps: [{ name: "inner" }, { name: "pipeline" }],
  });
});

test("NEST-2: it inherits the context: its steps see what those before it wrote, and those after it what its own did", async () => {
  const inner = pipeline({ name: "inner", context: Shared }).step(logs("inside")).step(looks("see"));
  const program = shared()
    .step(logs("before"))
    .step(inner)
    .step("both", (seen: string, { context }) => [seen, context.log]);
  expect(await new Stage().run(program)).toMatchObject({ output: ["nobody before,inside", ["before", "inside"]] });
});

test("NEST-3: with the context it inherits initialPrompt: that of the run", async () => {
  const ask = step("ask", (_: unknown, { initialPrompt }) => initialPrompt);
  const inner = pipeline({ name: "inner" }).step(ask);
  expect(
    await new Stage().run(
      pipeline({ name: "p" })
        .step("other", () => "not the prompt")
        .step(inner),
      "the prompt",
    ),
  ).toMatchObject({
    output: "the prompt",
  });
});

test("NEST-4: an input schema of its own is checked when it is entered, as a step called input", async () => {
  const inner = pipeline({ name: "inner", input: z.object({ n: z.coerce.number() }) }).step("see", ({ n }) => n + 1);
  const program = (n: string) =>
    pipeline({ name: "p" })
      .step("make", () => ({ n }))
      .step(inner as never);
  expect(await new Stage().run(program("41"))).toMatchObject({ output: 42 });
  expect(await new Stage().run(program("many"))).toMatchObject({
    status: "failed",
    failure: { code: "input_invalid", path: "p/inner/input" },
  });
});

test("NEST-5: its failure is that of the step in it, by its whole path, and what was written in it before is lost", async () => {
  const inner = pipeline({ name: "inner" }).step(logs("lost")).step(fails("no"));
  expect(await new Stage().run(shared().step(logs("kept")).step(inner))).toMatchObject({
    status: "failed",
    failure: { path: "p/inner/no", message: "p/inner/no: no fails" },
    context: { log: ["kept"] },
  });
});

test("NEST-6: a question in it pauses the whole run, and after the answer it goes on inside", async () => {
  const stage = new Stage();
  const inner = pipeline({ name: "inner" })
    .step("before", (value: unknown) => {
      stage.note("before");
      return value;
    })
    .human("ask", { answer: z.string() });
  const program = pipeline({ name: "p" })
    .step(pipeline({ name: "middle" }).step(inner))
    .step("after", ({ answer }) => `${answer}!`);
  expect(await stage.run(program)).toMatchObject({ status: "paused", pauses: [{ id: "p/middle/inner/ask" }] });
  expect(await stage.answer(program, "yes")).toMatchObject({ status: "succeeded", output: "yes!" });
  expect(stage.notes).toEqual(["before"]);
});
