import { describe, expect, expectTypeOf, test } from "vitest";
import { type InputOf, type OutputOf, step } from "../../src/index.ts";
import { type Executing, type Finishing, planAndExecute, type Planning, type PlanResult } from "../../src/recipes/index.ts";
import { runForTest, scriptedModel } from "../../src/testing/index.ts";
import { holdsWhereverItIsCut, keepsItsGolden } from "./support/interrupted.ts";

const GOAL = "Get to the island.";

/** Plans, does and tells: the ferry does not go, and the train shows that there is no need to walk. */
function model() {
  return scriptedModel(({ options, lastUserText }) => {
    const told = JSON.stringify(options.prompt[0]);
    const given = JSON.parse(lastUserText) as Planning & Executing;
    if (told.includes("You are the planner")) return { json: planOf(given) };
    if (told.includes("You are the executor")) {
      if (given.step === "take the ferry") return new Error("400 there is a storm");
      return { json: { output: `${given.step}: done`, replan: given.step === "take the train" ? "It stops there." : null } };
    }
    return `Done: ${given.tried.filter(({ status }) => status === "succeeded").length}`;
  });
}

function planOf({ because, tried }: Planning): readonly string[] {
  if (because === null) return ["pack", "take the ferry", "walk"];
  return tried.length === 2 ? ["take the train", "walk"] : ["look around"];
}

const made = () => {
  const asked = model();
  const program = planAndExecute({ model: asked, execute: { retries: 0 } });
  return { program, asked: () => asked.calls.length, calls: asked.calls };
};

describe("plan and execute", () => {
  test("does one step after the other, plans anew where one fails and where one shows that it must, and tells what came of it", async () => {
    const { program, calls } = made();
    expectTypeOf<OutputOf<typeof program>>().toEqualTypeOf<PlanResult<string>>();
    const { result } = await runForTest(program, GOAL);
    const ended = result.unwrap();
    expect(ended).toMatchObject({ finished: true, answer: "Done: 3", replans: 2, left: [] });
    expect(ended.tried.map(({ step, status }) => `${step}: ${status}`)).toEqual([
      "pack: succeeded",
      "take the ferry: failed",
      "take the train: succeeded",
      "look around: succeeded",
    ]);
    const plannings = calls.filter(({ options }) => JSON.stringify(options.prompt[0]).includes("planner"));
    const [first, second, third] = plannings.map(({ lastUserText }) => JSON.parse(lastUserText) as Planning);
    expect(first).toEqual({ goal: GOAL, tried: [], left: [], because: null });
    expect(second?.left).toEqual(["take the ferry", "walk"]);
    expect(second?.because).toMatch(/^The step "take the ferry" failed: scripted:script/);
    expect([third?.left, third?.because]).toEqual([["walk"], "It stops there."]);
  });

  test("takes programs for roles, with their types", async () => {
    const program = planAndExecute({
      name: "sum",
      plan: step("plan", ({ goal }: Planning<{ numbers: number[] }>) => goal.numbers.map(String)),
      execute: step("do", ({ step }: Executing<{ numbers: number[] }>) => ({ output: step })),
      finish: step("add", ({ tried }: Finishing<{ numbers: number[] }>) => tried.reduce((sum, { step }) => sum + Number(step), 0)),
    });
    expectTypeOf<InputOf<typeof program>>().toEqualTypeOf<{ numbers: number[] }>();
    expectTypeOf<OutputOf<typeof program>>().toEqualTypeOf<PlanResult<number>>();
    const ended = (await runForTest(program, { numbers: [1, 2, 3] })).result.unwrap();
    expect(ended.finished && ended.answer).toBe(6);
  });

  test("an empty plan means that nothing is left to do", async () => {
    const program = planAndExecute({
      plan: step("plan", () => []),
      execute: step("do", () => ({ output: "" })),
      finish: step("f", () => "ok"),
    });
    expect((await runForTest(program, GOAL)).result.unwrap()).toEqual({ finished: true, answer: "ok", tried: [], left: [], replans: 0 });
  });

  test.each([
    ["maxSteps", { maxSteps: 2 }, 2, 0],
    ["maxReplans", { maxReplans: 0 }, 2, 0],
    ["maxReplans", { maxReplans: 1 }, 3, 1],
  ] as const)("ends at %s without an answer, and says so", async (bound, options, tried, replans) => {
    const program = planAndExecute({ model: model(), execute: { retries: 0 }, ...options });
    const ended = (await runForTest(program, GOAL)).result.unwrap();
    expect(ended).toMatchObject({ finished: false, bound, replans });
    expect(ended.tried).toHaveLength(tried);
    expect(ended.left.length).toBeGreaterThan(0);
  });

  test("the last step that is allowed may be the one that finishes it", async () => {
    const ended = (await runForTest(planAndExecute({ model: model(), execute: { retries: 0 }, maxSteps: 4 }), GOAL)).result.unwrap();
    expect(ended.finished).toBe(true);
  });

  test("is the same wherever it is cut off, and asks nothing twice that was answered", async () => {
    expect(await holdsWhereverItIsCut(made, GOAL)).toBeGreaterThan(20);
  });

  test("keeps its golden", () => keepsItsGolden(made, GOAL));

  test.each([
    ["no model for a role", {}, 'recipe "plan", finish: nobody plays it'],
    ["no steps at all", { model: "m:m", maxSteps: 0 }, "maxSteps: it is 0"],
    ["replans that are none", { model: "m:m", maxReplans: -1 }, "maxReplans: it is -1"],
  ])("refuses %s when it is built", (_what, options, message) => {
    expect(() => planAndExecute(options as never)).toThrow(message);
  });
});
