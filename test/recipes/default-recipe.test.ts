import { describe, expect, expectTypeOf, test } from "vitest";
import { type InputOf, type OutputOf, step } from "../../src/index.ts";
import { type DefaultResult, defaultRecipe, type Solving, type Validating } from "../../src/recipes/index.ts";
import { runForTest, scriptedModel } from "../../src/testing/index.ts";
import { holdsWhereverItIsCut, keepsItsGolden } from "./support/interrupted.ts";

const TASK = "Write a line about tides.";
const ITEMS = ["It names the moon.", "It is one line."];

/** Plays all roles, by what it is told that it is and what it is given: the same question, the same answer. */
function model() {
  return scriptedModel(({ options, lastUserText }) => {
    const [system] = options.prompt;
    const who = system?.role === "system" ? /^You are the (\w+)/.exec(system.content)?.[1] : undefined;
    const given = JSON.parse(lastUserText.startsWith("{") ? lastUserText : "{}") as { before?: unknown; solution?: string };
    if (who === "reviewer") return { json: ITEMS };
    if (who === "solver") return given.before === null ? "Tides rise and fall." : "The moon pulls the tides.";
    if (who === "critic") return "Say what moves the water.";
    const named = given.solution?.includes("moon") === true;
    return {
      json: [
        { item: 1, ok: named, feedback: named ? null : "No moon." },
        { item: 2, ok: true, feedback: null },
      ],
    };
  });
}

const program = (options: Omit<Parameters<typeof defaultRecipe>[0], "model"> = {}) => {
  const asked = model();
  return { program: defaultRecipe({ model: asked, ...options }), asked: () => asked.calls.length, calls: asked.calls };
};

describe("the default recipe", () => {
  test("with a model alone: what fails the checklist goes back through reflection until it passes", async () => {
    const { program: recipe, calls } = program();
    const { result, trace } = await runForTest(recipe, TASK);
    expect(result.unwrap()).toEqual({
      solution: "The moon pulls the tides.",
      accepted: true,
      rounds: 2,
      checklist: ITEMS,
      verdicts: ITEMS.map((item) => ({ item, ok: true, feedback: null })),
    });
    expect(calls).toHaveLength(6);
    const again = calls[4]?.lastUserText ?? "";
    for (const told of [TASK, "Tides rise and fall.", "No moon.", "Say what moves the water."]) expect(again).toContain(told);
    const paths = trace.map(({ path }) => String(path));
    for (const path of ["default/review", "default/rounds[1]/reflection/again/reflect", "default/rounds[1]/validate"])
      expect(paths).toContain(path);
  });

  test("gives the last solution with what is wrong with it when the rounds are spent, and asks for no reflection that nobody reads", async () => {
    const { program: recipe, calls } = program({ maxRounds: 1 });
    const { accepted, rounds, verdicts } = (await runForTest(recipe, TASK)).result.unwrap();
    expect([accepted, rounds, verdicts[0]]).toEqual([false, 1, { item: ITEMS[0], ok: false, feedback: "No moon." }]);
    expect(calls).toHaveLength(3);
  });

  test("takes programs for roles, with their types", async () => {
    interface Ticket {
      readonly id: number;
    }
    const recipe = defaultRecipe({
      name: "refund",
      review: step("items", ({ id }: Ticket) => [`is about ${id}`]),
      solve: step("decide", ({ task, before }: Solving<Ticket, { cents: number }>) => ({ cents: before === null ? 0 : task.id })),
      validate: step("look", ({ solution }: Validating<Ticket, { cents: number }>) => [{ item: 1, ok: solution.cents > 0 }]),
      reflect: step("think", () => "more"),
    });
    expectTypeOf<InputOf<typeof recipe>>().toEqualTypeOf<Ticket>();
    expectTypeOf<OutputOf<typeof recipe>>().toEqualTypeOf<DefaultResult<{ cents: number }>>();
    const { result, trace } = await runForTest(recipe, { id: 7 });
    expect(result.unwrap()).toMatchObject({ solution: { cents: 7 }, accepted: true, rounds: 2 });
    expect(trace.map(({ path }) => String(path))).toContain("refund/rounds[0]/solve/decide");
  });

  test("an item that the validator says nothing of is not satisfied, and one it says two things of only where both are good", async () => {
    const verdicts = [
      { item: 1, ok: true, feedback: null },
      { item: 1, ok: false, feedback: "Not quite." },
      { item: 9, ok: true, feedback: null },
    ];
    const validate = step("look", () => verdicts);
    const { result } = await runForTest(program({ validate, maxRounds: 1 }).program, TASK);
    expect(result.unwrap().verdicts).toEqual([
      { item: ITEMS[0], ok: false, feedback: "Not quite." },
      { item: ITEMS[1], ok: false, feedback: "The validator has said nothing of it." },
    ]);
  });

  test("an empty checklist is no checklist: the review fails, and says so", async () => {
    const { result } = await runForTest(program({ review: step("none", () => []) }).program, TASK);
    if (result.status !== "failed") throw new Error(result.status);
    expect(result.failure).toMatchObject({ code: "validation_failed" });
    expect(result.failure.message).toContain("The checklist must be a list of texts, at least one.");
  });

  test("is the same wherever it is cut off, and asks nothing twice that was answered", async () => {
    expect(await holdsWhereverItIsCut(program, TASK)).toBeGreaterThan(20);
  });

  test("keeps its golden", () => keepsItsGolden(program, TASK));

  test.each([
    ["no model for a role", {}, 'recipe "default", review: nobody plays it'],
    ["options that there are not", { model: "offline:extract", rounds: 2 }, 'defaultRecipe(): there is no option "rounds"'],
    ["rounds that are none", { model: "offline:extract", maxRounds: 0 }, 'recipe "default", maxRounds: it is 0'],
    ["options of a role that there are not", { model: "offline:extract", solve: { modle: "x" } }, 'solve: there is no option "modle"'],
    ["nothing at all", null, "defaultRecipe(): its options are null"],
  ])("refuses %s when it is built", (_what, options, message) => {
    expect(() => defaultRecipe(options as never)).toThrow(message);
  });
});
