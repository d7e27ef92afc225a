import { expect, test } from "vitest";
import { z } from "zod";
import { agent, file, pipeline, step } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { Shared, shared } from "./support/context.ts";
import { Stage } from "./support/stage.ts";

type Model = ReturnType<typeof scriptedModel>;

/** What a model was sent in a call, as its messages. */
function sent(model: Model, call = 0): string {
  return JSON.stringify(model.calls[call]?.options.prompt);
}

function only(model: Model, options: Partial<Parameters<typeof agent>[0]>) {
  return pipeline({ name: "p" }).step(agent({ name: "ag", model, instructions: "Write.", ...options }));
}

test("PROC-1: prompt processors make the instructions and the prompt that reach the model, one after the other", async () => {
  const model = scriptedModel(["fine"]);
  const program = only(model, {
    promptProcessors: [
      ({ instructions, prompt }) => ({ instructions: `${instructions} Briefly.`, prompt: prompt.replace(/\d+/g, "#") }),
      async ({ instructions, prompt }) => Promise.resolve({ instructions: instructions.toUpperCase(), prompt: `${prompt}?` }),
    ],
  });
  expect(await new Stage().run(program, "card 4111")).toMatchObject({ status: "succeeded", output: "fine" });
  expect(model.calls[0]?.options.prompt).toEqual([
    { role: "system", content: "WRITE. BRIEFLY." },
    { role: "user", content: [{ type: "text", text: "card #?" }] },
  ]);
});

test("PROC-2: they are given the input as text, as its schema makes it, and know it as it is; instructions that a function says come before", async () => {
  const stage = new Stage();
  const model = scriptedModel(["fine"]);
  const counts = agent({
    name: "counts",
    model,
    input: z.object({ n: z.coerce.number() }),
    context: Shared,
    instructions: ({ n }) => `Count to ${n}.`,
    promptProcessors: [
      (parts, { input, context, initialPrompt }) => {
        stage.note(`${JSON.stringify(parts)} ${typeof input.n} ${context.who} ${initialPrompt}`);
        return parts;
      },
    ],
  });
  await stage.run(shared().step(counts), { n: "7" });
  expect(stage.notes).toEqual(['{"instructions":"Count to 7.","prompt":"{\\"n\\":7}"} number nobody {"n":"7"}']);
  expect(sent(model)).toContain('{\\"n\\":7}');
});

test("PROC-3: files of the input stay with the prompt, whatever becomes of the text", async () => {
  const model = scriptedModel(["fine"]);
  const picture = await file(new Uint8Array([0x89, 0x50, 0x4e, 0x47]), { name: "a.png", mediaType: "image/png" });
  const program = only(model, { promptProcessors: [({ instructions }) => ({ instructions, prompt: "Look." })] });
  expect(await new Stage().run(program, { picture, secret: "x" })).toMatchObject({ status: "succeeded" });
  expect(model.calls[0]?.options.prompt[1]).toMatchObject({
    role: "user",
    content: [
      { type: "text", text: "Look." },
      { type: "file", mediaType: "image/png", filename: "a.png" },
    ],
  });
});

test("PROC-4: what is said later is left as it is: what the model said, why it is asked again", async () => {
  const model = scriptedModel(["no 1", { json: { n: 1 } }]);
  const program = only(model, {
    output: z.object({ n: z.number() }),
    promptProcessors: [({ instructions, prompt }) => ({ instructions, prompt: prompt.replace(/\d+/g, "#") })],
  });
  expect(await new Stage().run(program, "count 22")).toMatchObject({ output: { n: 1 } });
  expect(sent(model, 1)).toContain("count #");
  expect(sent(model, 1)).toContain("no 1");
  expect(sent(model, 1)).not.toContain("22");
});

test("PROC-5: the thread keeps what the model was told, not what was taken out of it", async () => {
  const model = scriptedModel(["one", "two"]);
  const program = only(model, {
    history: { keep: "whole" },
    promptProcessors: [({ instructions, prompt }) => ({ instructions, prompt: prompt.replace(/\d+/g, "#") })],
    outputProcessors: [(text) => `${String(text)}!`],
  });
  const stage = new Stage();
  await stage.run(program, "card 4111", { runId: "one", thread: "t" });
  expect(await stage.run(program, "card 5222", { runId: "two", thread: "t" })).toMatchObject({ output: "two!" });
  expect(model.calls[1]?.options.prompt).toMatchObject([
    { role: "system" },
    { role: "user", content: [{ text: "card #" }] },
    { role: "assistant", content: [{ text: "one" }] },
    { role: "user", content: [{ text: "card #" }] },
  ]);
});

test("PROC-6: output processors make the output of what the model gave once that fits, one after the other, before plugins and validators", async () => {
  const stage = new Stage();
  const model = scriptedModel(["no", { json: { n: 1 } }]);
  const program = pipeline({ name: "p" }).step(
    agent({
      name: "ag",
      model,
      instructions: "",
      output: z.object({ n: z.number() }),
      outputProcessors: [({ n }) => ({ n: n + 1 }), async ({ n }, { input }) => Promise.resolve({ n: n * 10 + String(input).length })],
    }),
    {
      plugins: [
        ({ n }) => {
          stage.note(`plugin ${n}`);
        },
      ],
      validate: ({ n }) => {
        stage.note(`validate ${n}`);
        return true;
      },
    },
  );
  expect(await stage.run(program, "abc")).toMatchObject({ output: { n: 23 }, usage: { modelCalls: 2 } });
  expect(stage.notes).toEqual(["plugin 23", "validate 23"]);
});

test("PROC-7: a processor that throws, or gives what makes no sense, fails the agent as decision_failed, for good, and is named", async () => {
  const failed = async (options: object, input: unknown = "in") => {
    const result = await new Stage().run(only(scriptedModel(["fine"]), options), input);
    if (result.status !== "failed") throw new Error(`It should have failed, but is ${result.status}.`);
    expect(result.failure).toMatchObject({ code: "decision_failed", retryable: false });
    return result.failure.message;
  };
  const keep = <T>(value: T): T => value;
  function redact(): never {
    throw new RangeError("no rules");
  }
  expect(await failed({ promptProcessors: [keep, redact] })).toBe(
    'p/ag/?prompt: a prompt processor of "ag" threw: processor 2 (redact): no rules',
  );
  expect(await failed({ outputProcessors: [redact] })).toContain('an output processor of "ag" threw: processor 1 (redact): no rules');
  const nonsense: readonly (readonly [object, string])[] = [
    [{ promptProcessors: [() => "text"] }, "it returned a string, and has to return { instructions, prompt }"],
    [{ promptProcessors: [() => undefined] }, "it returned undefined, and has to return { instructions, prompt }"],
    [{ promptProcessors: [() => ({ prompt: "only" })] }, "it returned undefined as `instructions`, and has to return text there"],
    [{ promptProcessors: [() => ({ instructions: "", prompt: 7 })] }, "it returned a number as `prompt`, and has to return text there"],
    [{ outputProcessors: [() => undefined] }, "it returned undefined, and has to return text"],
    [{ outputProcessors: [() => 7] }, "it returned a number, and has to return text"],
  ];
  for (const [options, message] of nonsense) expect(await failed(options)).toContain(message);
});

test("PROC-8: an agent whose output processor fails leaves nothing in the thread", async () => {
  const model = scriptedModel(["one", "two"]);
  let isOn = true;
  const program = only(model, {
    history: { keep: "whole" },
    outputProcessors: [
      (text) => {
        if (isOn) throw new Error("not now");
        return text;
      },
    ],
  });
  const stage = new Stage();
  expect(await stage.run(program, "first", { runId: "one", thread: "t" })).toMatchObject({ status: "failed" });
  isOn = false;
  await stage.run(program, "second", { runId: "two", thread: "t" });
  expect(sent(model, 1)).not.toContain("first");
});

test("PROC-9: processors are asked once for each attempt of the agent, and by no resume again", async () => {
  const stage = new Stage();
  const model = scriptedModel(["one", "two"]);
  const ag = agent({
    name: "ag",
    model,
    instructions: "",
    promptProcessors: [
      (parts) => {
        stage.note("prompt");
        return parts;
      },
    ],
    outputProcessors: [
      (text) => {
        stage.note(`output ${text}`);
        return text.toUpperCase();
      },
    ],
  });
  const program = pipeline({ name: "p" })
    .step(ag, { validate: (text) => text === "TWO", retry: { retries: 1, firstDelayMs: 0 } })
    .human("ask", { answer: z.string() });
  await stage.run(program);
  expect(await stage.answer(program, "yes")).toMatchObject({ output: { input: "TWO", answer: "yes" } });
  expect(stage.notes).toEqual(["prompt", "output one", "prompt", "output two"]);
});

test("PROC-10: an agent without processors asks nothing of the kind", async () => {
  const stage = new Stage();
  await stage.run(only(scriptedModel(["fine"]), {}));
  const decided = (await stage.entries()).flatMap((entry) =>
    entry.type === "decisions-made" ? entry.decisions.map(({ key }) => key) : [],
  );
  expect(decided).toEqual([]);
});

test("an input that does not fit the agent's schema fails it before a processor is asked", async () => {
  const stage = new Stage();
  const model = scriptedModel(["fine"]);
  const ag = agent({
    name: "ag",
    model,
    instructions: "",
    input: z.object({ n: z.number() }),
    promptProcessors: [
      (parts) => {
        stage.note("asked");
        return parts;
      },
    ],
  });
  const program = pipeline({ name: "p" })
    .step(step("wrong", () => ({ n: "x" }) as unknown as { n: number }))
    .step(ag);
  expect(await stage.run(program)).toMatchObject({ status: "failed", failure: { code: "input_invalid" } });
  expect(stage.notes).toEqual([]);
  expect(model.calls).toHaveLength(0);
});
