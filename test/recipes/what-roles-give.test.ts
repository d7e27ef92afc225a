import { describe, expect, test } from "vitest";
import type { AnyStep } from "../../src/index.ts";
import { step } from "../../src/index.ts";
import { answerFromFiles, debate, defaultRecipe, hashedNgrams, mapReduce, memoryVectors, planAndExecute } from "../../src/recipes/index.ts";
import { runForTest } from "../../src/testing/index.ts";
import { Folder } from "./support/folder.ts";

// A program that plays a role may come out of JavaScript, or give what some library gave it: the types alone hold it to nothing.

/** A role's program that gives this, whatever the role is to give. */
const gives = (value: unknown) => step("mine", () => value) as never;
const speaker = step("say", () => "So it is.");
const judge = step("judge", () => ({ winner: "a", reasons: "It is." }));
const reflecting = { review: gives(["It is short."]), solve: gives("x"), validate: gives([{ item: 1, ok: false }]) };
const doing = { plan: gives(["walk"]), finish: gives("there") };
const DOCUMENTS = { task: "What of tides?", documents: [{ name: "a.md", text: "Tides rise." }] };

async function failureOf(program: AnyStep, input: unknown) {
  const { result } = await runForTest(program as never, input as never);
  if (result.status !== "failed") throw new Error(`${result.status}: ${JSON.stringify(result)}`);
  return result.failure;
}

describe("what a program gives that plays a role", () => {
  test.each([
    ["validate", defaultRecipe({ ...reflecting, validate: gives(true), reflect: gives("…") }), "must give a list, and has given true."],
    [
      "validate",
      defaultRecipe({ ...reflecting, validate: gives([{ item: 1, ok: undefined }]), reflect: gives("…") }),
      "must give true or false at [0].ok, and has given undefined.",
    ],
    ["reflect", defaultRecipe({ ...reflecting, reflect: gives({ better: 1 }) }), "must give a text, and has given an object."],
    [
      "plan",
      planAndExecute({ ...doing, plan: gives("go home"), execute: gives({ output: "" }) }),
      'must give a list, and has given "go home".',
    ],
    ["execute", planAndExecute({ ...doing, execute: gives("x") }), 'must give an object, and has given "x".'],
    ["execute", planAndExecute({ ...doing, execute: gives({ output: 7 }) }), "must give a text at .output, and has given 7."],
  ])("%s of a recipe for a task: %#", async (role, program, message) => {
    const failure = await failureOf(program, "Get there.");
    expect([failure.code, failure.message]).toEqual(["output_invalid", expect.stringContaining(`The role ${role} ${message}`)]);
  });

  test.each([
    ["map", mapReduce({ map: gives(["x"]), reduce: gives([]) }), 'must give an object at [0], and has given "x".'],
    ["map", mapReduce({ map: gives("Tides rise."), reduce: gives([]) }), 'must give a list, and has given "Tides rise.".'],
    [
      "reduce",
      mapReduce({ map: gives([{ claim: "They rise.", quote: "Tides rise" }]), reduce: gives([{ text: "They rise.", from: "1" }]) }),
      'must give a list at [0].from, and has given "1".',
    ],
  ])("%s of a map-reduce: %#", async (role, program, message) => {
    const failure = await failureOf(program, DOCUMENTS);
    expect([failure.code, failure.message]).toEqual(["output_invalid", expect.stringContaining(`The role ${role} ${message}`)]);
  });

  test("answer of an answer from files", async () => {
    using folder = new Folder({ "a.md": "Tides rise." });
    const about = { files: { root: folder.path }, store: memoryVectors(), embedding: hashedNgrams() };
    const failure = await failureOf(answerFromFiles({ ...about, answer: gives([{ claim: "They rise." }]) }), "What do tides do?");
    expect([failure.code, failure.message]).toEqual([
      "output_invalid",
      expect.stringContaining("The role answer must give a list at [0].citations, and has given undefined."),
    ]);
  });

  test.each([
    [
      { sides: { a: { speaker: gives({ text: "x" }) }, b: { speaker } }, judge },
      'The role speak of the side "a" must give a text, and has given an object.',
    ],
    [{ sides: { a: { speaker }, b: { speaker } }, judge: gives("a") }, 'The role judge must give an object, and has given "a".'],
  ])("a speaker and a judge: %#", async (options, message) => {
    const failure = await failureOf(debate({ rounds: 1, ...options }), "Is it so?");
    expect([failure.code, failure.message]).toEqual(["output_invalid", expect.stringContaining(message)]);
  });

  test("is held to its types alone, and not to the bounds that agents are told of", async () => {
    const quiet = planAndExecute({ ...doing, execute: gives({ output: "" }) });
    const { result } = await runForTest(quiet, "Get there.");
    expect(result.unwrap().tried).toEqual([{ step: "walk", status: "succeeded", output: "" }]);
    const unfounded = mapReduce({ map: gives([{ claim: "They rise.", quote: "" }]), reduce: gives([]) });
    expect((await runForTest(unfounded, DOCUMENTS)).result.unwrap().unfounded).toEqual([
      { text: "They rise.", quote: "", document: "a.md" },
    ]);
  });
});

describe("who plays a role", () => {
  const sides = { a: "a", b: "b" };
  test.each([
    ["a function", () => 1, "judge: it is a function. "],
    ["the name of a model", "openai:gpt-5", 'judge: it is "openai:gpt-5". '],
    ["a list", [judge], "judge: it is a list. "],
    ["nothing", null, "judge: it is null. "],
  ])("is no %s, and the refusal says how it becomes what can", (_what, given, message) => {
    const make = () => debate({ model: "m:m", sides, judge: given as never });
    expect(make).toThrow(message);
    expect(make).toThrow("Give a program (what agent(), step() or pipeline() made)");
    expect(make).toThrow('a function becomes a step with step("name", fn).');
  });

  test.each([
    ["function", () => "So it is."],
    ["program", speaker],
  ])("a %s in place of a side is told to be its speaker", (what, given) => {
    const make = () => debate({ model: "m:m", sides: { ...sides, a: given as never } });
    expect(make).toThrow(`debate "debate", side "a": it is a ${what}. Give a program as its speaker: { speaker: program }`);
  });
});
