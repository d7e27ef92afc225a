import { expect, test } from "vitest";
import { agent, pipeline, plugin } from "../../src/index.ts";
import { printGolden } from "../../src/golden/file/print-golden.ts";
import { checkGolden, recordGolden, scriptedModel } from "../../src/testing/index.ts";

function desk({ polite = "please", tone = "." }: { readonly polite?: string; readonly tone?: string } = {}) {
  const model = scriptedModel(({ lastUserText }) => `answer to ${lastUserText}`);
  const answer = agent({
    name: "answer",
    model,
    instructions: "Answer.",
    promptProcessors: [
      ({ instructions, prompt }) => ({ instructions: `${instructions} For ada@example.org.`, prompt: `${prompt}, ${polite}` }),
    ],
    outputProcessors: [(text) => `${text} ada@example.org`],
  });
  const ends = plugin("ends", (text: string) => ({ solution: `${text}${tone}` }));
  return { model, program: pipeline({ name: "desk" }).step(answer, { plugins: [ends] }) };
}

test("what processors and plugins make is in a golden, without what is secret, and replays without a model", async () => {
  const golden = await recordGolden(desk().program, "who is ada@example.org?");
  const text = JSON.stringify(printGolden(golden));
  expect(text).not.toContain("ada@example.org");
  expect(text).toContain(", please");
  for (const about of ["?prompt", "?processed", "?plugin ends"]) expect(text).toContain(`desk/answer/${about}`);
  const { model, program } = desk();
  expect(await checkGolden(program, golden)).toMatchObject({ level: "clean", causes: [] });
  expect(model.calls).toHaveLength(0);
});

test("another prompt processor is drift of what the model is asked, and of nothing else", async () => {
  const golden = await recordGolden(desk().program, "who?", { redact: false });
  const { causes } = await checkGolden(desk({ polite: "now" }).program, golden, { redact: false });
  expect(causes.map(({ head }) => `${head.class} at ${head.path}`)).toEqual(["request at desk/answer/?prompt"]);
});

test("another plugin is drift of what it says", async () => {
  const golden = await recordGolden(desk().program, "who?", { redact: false });
  const { causes } = await checkGolden(desk({ tone: "!" }).program, golden, { redact: false });
  expect(causes.map(({ head }) => `${head.class} at ${head.path}`)).toEqual(["output at desk/answer/?plugin ends"]);
});
