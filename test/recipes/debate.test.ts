import { describe, expect, expectTypeOf, test } from "vitest";
import { type OutputOf, step } from "../../src/index.ts";
import { debate, type DebateResult, type DebateTurn } from "../../src/recipes/index.ts";
import { runForTest, scriptedModel } from "../../src/testing/index.ts";
import { holdsWhereverItIsCut, keepsItsGolden } from "./support/interrupted.ts";

const QUESTION = "Is tea better than coffee?";
const sides = { tea: "Tea is better", coffee: "Coffee is better", neither: "It does not matter" };

/** Speaks for every side and judges: the same question, the same answer. */
function model() {
  return scriptedModel(({ options, lastUserText }) => {
    if (JSON.stringify(options.prompt[0]).includes("judge of a debate")) return { json: { winner: "tea", reasons: "It said why." } };
    const { position, round, statements } = JSON.parse(lastUserText) as DebateTurn;
    return `${position} (${round}, after ${statements.length})`;
  });
}

const made = () => {
  const asked = model();
  return { program: debate({ model: asked, sides }), asked: () => asked.calls.length, calls: asked.calls };
};

describe("a debate", () => {
  test("has each side speak in turn, knowing all that was said before, and ends with what the judge says", async () => {
    const { program, calls } = made();
    expectTypeOf<OutputOf<typeof program>>().toEqualTypeOf<DebateResult<"tea" | "coffee" | "neither">>();
    const { result, trace } = await runForTest(program, QUESTION);
    const { winner, reasons, statements } = result.unwrap();
    expect([winner, reasons]).toEqual(["tea", "It said why."]);
    expect(statements.map(({ side, round, text }) => `${side} ${round}: ${text}`)).toEqual([
      "tea 1: Tea is better (1, after 0)",
      "coffee 1: Coffee is better (1, after 1)",
      "neither 1: It does not matter (1, after 2)",
      "tea 2: Tea is better (2, after 3)",
      "coffee 2: Coffee is better (2, after 4)",
      "neither 2: It does not matter (2, after 5)",
    ]);
    expect(JSON.parse(calls[3]?.lastUserText ?? "")).toMatchObject({ question: QUESTION, side: "tea", round: 2, rounds: 2 });
    const judged = JSON.parse(calls[6]?.lastUserText ?? "") as Record<string, unknown>;
    expect(judged).toEqual({
      question: QUESTION,
      sides: Object.entries(sides).map(([side, position]) => ({ side, position })),
      statements,
    });
    expect(trace.map(({ path }) => String(path))).toContain("debate/rounds[1]/coffee/speak");
  });

  test("may have no winner, and a speaker and a judge of one's own", async () => {
    const speaker = step("say", ({ side, position }: DebateTurn<{ topic: string }>) => `${side}: ${position}`);
    const judge = step("judge", () => ({ winner: null, reasons: "They say the same." }));
    const { result } = await runForTest(debate({ name: "d", sides: { a: { speaker }, b: { speaker } }, judge, rounds: 1 }), { topic: "x" });
    const { winner, statements } = result.unwrap();
    expect([winner, statements.map(({ text }) => text)]).toEqual([null, ["a: a", "b: b"]]);
  });

  test("a judge that names nobody of them fails it, and the message says who there is", async () => {
    const judge = step("judge", () => ({ winner: "milk", reasons: "…" }));
    const { result } = await runForTest(debate({ model: model(), sides, judge, rounds: 1 }), QUESTION);
    if (result.status !== "failed") throw new Error(result.status);
    expect(result.failure.code).toBe("output_invalid");
    expect(result.failure.message).toContain('The judge has named "milk", and the sides are tea, coffee, neither.');
  });

  test.each([
    ["an empty text", " "],
    ["null", null],
  ])("%s is no question: nobody is asked, and it says so", async (_what, question) => {
    const { program, asked } = made();
    const { result } = await runForTest(program, question as never);
    if (result.status !== "failed") throw new Error(result.status);
    expect([result.failure.code, result.failure.message]).toEqual([
      "input_invalid",
      expect.stringContaining("There is no question to debate: it is "),
    ]);
    expect(asked()).toBe(0);
  });

  test("an agent that judges is told to name one of them, and may name no other", async () => {
    const asked: unknown[] = [];
    const judging = scriptedModel(({ options }) => {
      asked.push(options.responseFormat);
      return { json: { winner: asked.length === 1 ? "milk" : "coffee", reasons: "…" } };
    });
    const { result } = await runForTest(debate({ model: model(), sides, judge: { model: judging }, rounds: 1 }), QUESTION);
    expect(result.unwrap().winner).toBe("coffee");
    expect(JSON.stringify(asked[0])).toContain('"enum":["tea","coffee","neither",null]');
  });

  test("is the same wherever it is cut off, and asks nothing twice that was answered", async () => {
    expect(await holdsWhereverItIsCut(made, QUESTION)).toBeGreaterThan(20);
  });

  test("keeps its golden", () => keepsItsGolden(made, QUESTION));

  test.each([
    ["one side", { model: "offline:extract", sides: { alone: "x" } }, 'debate "debate": its only side is "alone"'],
    ["a list of sides, which have no names", { model: "offline:extract", sides: ["x", "y"] }, 'debate "debate": its sides are a list'],
    ["an object without a side", { model: "offline:extract", sides: {} }, 'debate "debate": it has no sides'],
    ["no sides", { model: "offline:extract" }, 'debate "debate": its sides are undefined'],
    ["a side that nobody speaks for", { sides, judge: step("j", () => 1) }, 'side "tea", speak: nobody plays it'],
    ["options of a side that there are not", { model: "m:m", sides: { a: { speech: 1 }, b: "b" } }, 'there is no option "speech"'],
    ["half a round", { model: "m:m", sides, rounds: 0.5 }, "rounds: it is 0.5"],
  ])("refuses %s when it is built", (_what, options, message) => {
    expect(() => debate(options as never)).toThrow(message);
  });
});
