import { describe as group, expect, test } from "vitest";
import { z } from "zod";
import type { AnyStep } from "../../../src/dsl/program.ts";
import { checkGolden } from "../../../src/golden/check.ts";
import { findCauses } from "../../../src/golden/drift/causes.ts";
import { compareGoldens } from "../../../src/golden/drift/compare.ts";
import { describe } from "../../../src/golden/drift/describe.ts";
import { plainText } from "../../../src/golden/drift/description.ts";
import { recordGolden } from "../../../src/golden/record.ts";
import { updateGolden } from "../../../src/golden/update.ts";
import { agent, pipeline, tool } from "../../../src/index.ts";
import { scriptedModel } from "../../../src/testing/scripted-model.ts";

// A run ends where nobody answers: what does not come after that any more follows from it.

interface Leave {
  readonly needsApproval?: boolean;
  readonly asksBoss?: boolean;
}

function leave({ needsApproval = false, asksBoss = false }: Leave = {}): AnyStep {
  const book = tool({
    name: "book",
    description: "Books days off.",
    input: z.object({ days: z.number() }),
    effect: "once",
    needsApproval,
    run: ({ days }) => days,
  });
  const model = scriptedModel([{ calls: [{ tool: "book", input: { days: 3 } }] }, "Booked."]);
  const read = agent({ name: "read", model, instructions: "Book it.", input: z.string(), tools: [book] });
  const ok = z.object({ ok: z.boolean() });
  const begin = pipeline({ name: "leave", input: z.string() })
    .step(read)
    .step("note", (text) => text);
  const asked = asksBoss
    ? begin.human("the boss", { show: () => "Well?", answer: ok }).step("word", () => "three")
    : begin.step("word", () => "three");
  return asked.human("approve", { show: () => "Is it?", answer: ok }).step("end", ({ answer }) => answer.ok);
}

const answers = { approve: { ok: true } };
const file = "goldens/leave/three.golden.yaml";

async function check(recorded: AnyStep, now: AnyStep, answered: Readonly<Record<string, unknown>> = answers) {
  const golden = await recordGolden(recorded, "Three days." as never, { answers: answered });
  const { causes } = await checkGolden(now, golden);
  const told = await Promise.all(causes.map((cause) => describe(cause, { file })));
  return { golden, paths: causes.map(({ head }) => `${head.class} ${head.path}`), told, texts: told.map(plainText) };
}

group("a wait that nobody answered when this was recorded", () => {
  test("of a tool that needs approval now is one cause, and an answer is the way on", async () => {
    const { paths, texts } = await check(leave(), leave({ needsApproval: true }));
    expect(paths).toEqual(["added leave/read/turn[0]/tool[0]/approval"]);
    expect(texts[0]).toContain("if you did, accept it, with what is answered there:\n");
    expect(texts[0]).toContain(`flujo golden update ${file} --answer 'book={"decision": "approve"}'`);
  });

  test("of another question is one too, and the golden that was updated with that answer is clean", async () => {
    const now = leave({ asksBoss: true });
    const { golden, paths, texts } = await check(leave(), now);
    expect(paths).toEqual(["added leave/the boss"]);
    expect(texts[0]).toContain(`flujo golden update ${file} --answer 'the boss=…'`);
    const { updated } = await updateGolden(now, golden, { env: {}, answers: { "the boss": { ok: true } } });
    expect(updated.result).toMatchObject({ status: "succeeded", output: true });
    expect((await checkGolden(now, updated)).level).toBe("clean");
  });
});

test("an answer that was not given when this was recorded is one cause, with all that it led to", async () => {
  const [waiting, answered] = await Promise.all([
    recordGolden(leave(), "In." as never),
    recordGolden(leave(), "In." as never, { answers }),
  ]);
  for (const [recorded, now] of [
    [waiting, answered],
    [answered, waiting],
  ] as const)
    expect(findCauses(compareGoldens(recorded, now)).map(({ head }) => `${head.class} ${head.path}`)).toEqual(["output leave/approve"]);
});

test("a question that the golden ends at and that is gone is one cause, with all that runs after it now", async () => {
  const { paths, texts } = await check(leave({ asksBoss: true }), leave(), {});
  expect(paths).toEqual(["missing leave/the boss"]);
  expect(texts[0]).not.toContain("--answer");
  expect((await check(leave({ needsApproval: true }), leave(), {})).paths).toEqual(["missing leave/read/turn[0]/tool[0]/approval"]);
});

test("what has changed in a branch beside a wait does not follow from it", async () => {
  const desk = (isChanged: boolean): AnyStep => {
    const ask = pipeline({ name: "ask" }).step("prepare", () => "Well?");
    const question = isChanged ? ask.human("person", { show: () => "Well?", answer: z.string() }) : ask;
    const begin = pipeline({ name: "work" }).step("do", () => 1);
    const work = isChanged ? begin : begin.step("look", () => 1);
    return pipeline({ name: "desk" }).parallel({ question, work });
  };
  const { paths } = await check(desk(false), desk(true), {});
  expect(paths.toSorted()).toEqual(["added desk/parallel/question/person", "missing desk/parallel/work/look"]);
});
