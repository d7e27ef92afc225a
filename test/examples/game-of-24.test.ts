import { describe, expect, test } from "vitest";
import { z } from "zod";
import { byRules } from "../../examples/game-of-24/game-of-24.ts";
import { after, distance, type Hand, isThere, Move, movesOf, resultOf, told } from "../../examples/game-of-24/hand.ts";
import type { Proposing } from "../../src/index.ts";
import { agent, pipeline, search, step } from "../../src/index.ts";
import { faults, resumeForTest, runForTest, scriptedModel } from "../../src/testing/index.ts";

// The Game of 24, from the numbers to the moves that make 24 of them.

/** What the moves come to, counted by nobody who proposed them: null where one takes what is not there. */
function played(numbers: readonly number[], moves: readonly string[]): readonly string[] | null {
  let left: readonly string[] = numbers.map(String);
  for (const text of moves) {
    const [, a = "", op = "", b = "", result = ""] = /^(\S+) (\S) (\S+) = (\S+)$/.exec(text) ?? [];
    const move = Move.parse({ a, op, b });
    if (!isThere(left, move) || resultOf(move) !== result) return null;
    left = after(left, move).numbers;
  }
  return left;
}

test.each([
  { numbers: [4, 9, 10, 13] },
  { numbers: [3, 3, 8, 8] }, // only 8 / (3 - 8 / 3)
  { numbers: [1, 5, 5, 5] }, // only 5 * (5 - 1 / 5)
  { numbers: [4, 4, 10, 10] },
  { numbers: [2, 3, 5, 7, 11] },
])("24 is made of $numbers", async ({ numbers }) => {
  const { solved, moves } = (await runForTest(byRules, numbers)).result.unwrap();
  expect(solved).toBe(true);
  expect(played(numbers, moves)).toEqual(["24"]);
});

test("of 1, 1, 1 and 1 nothing makes 24, and the search says so when it has tried everything", async () => {
  expect((await runForTest(byRules, [1, 1, 1, 1])).result.unwrap()).toMatchObject({ solved: false, tried: 5 });
});

describe("with a scripted proposer", () => {
  const moves = (...texts: readonly string[]) => ({
    json: { moves: texts.map((text) => text.split(" ")).map(([a, op, b]) => ({ a, op, b })) },
  });
  /** By the path that it is shown: how many hands there were. */
  const SCRIPT = [
    moves("13 - 9", "10 + 7", "9 / 0"), // there is neither a 7 nor a 0
    moves("10 + 4", "10 - 4"), // of the first nothing can be made any more
    moves("6 * 4"),
  ] as const;
  const Shown = z.object({ path: z.array(z.unknown()) });

  function build() {
    const model = scriptedModel(({ lastUserText }) => {
      const { path } = Shown.parse(JSON.parse(lastUserText));
      return SCRIPT[path.length - 1] ?? new Error("There is nothing left to move.");
    });
    const calls: string[] = [];
    const think = agent({
      name: "think",
      model,
      instructions: "Propose moves.",
      output: z.object({ moves: z.array(Move) }),
    });
    const look = step("look", (given: Proposing<Hand>) => given);
    const moved = step("move", ({ look: { state }, think: { moves: proposed } }: { look: Proposing<Hand>; think: { moves: Move[] } }) => {
      calls.push(state.numbers.join(" "));
      return proposed.map((move) => after(state.numbers, move));
    });
    const rate = step("rate", ({ numbers }: Hand) => {
      calls.push(`rate ${numbers.join(" ")}`);
      return numbers.length;
    });
    const play = search({
      name: "play",
      propose: pipeline().step(look).step(think).gather({ look, think }).step(moved),
      evaluate: rate,
      isGoal: ({ numbers }) => numbers.length === 1 && numbers[0] === "24",
      invariants: {
        "numbers that are there": ({ move }, { from }) =>
          move === null || isThere(from.numbers, move) || `${told(move)} takes what is not there`,
        "can still be 24": ({ numbers }) => numbers.length > 2 || distance(numbers) === 0,
      },
      maxExpansions: 5,
      branching: 3,
    });
    const deal = step("deal", (numbers: number[]): Hand => ({ numbers: numbers.map(String), move: null }));
    return {
      program: pipeline({ name: "game", input: z.array(z.number()) })
        .step(deal)
        .step(play),
      model,
      calls,
    };
  }

  const WAY = [["4", "9", "10", "13"], ["4", "10", "4"], ["4", "6"], ["24"]];

  test("it is solved in three proposals, and each is told what was refused before it", async () => {
    const { program, model, calls } = build();
    const { result } = await runForTest(program, [4, 9, 10, 13]);
    const found = result.unwrap();
    expect(found).toMatchObject({ found: true, expanded: 3 });
    expect(found.path.map(({ numbers }) => numbers)).toEqual(WAY);
    expect(calls).toEqual(["4 9 10 13", "rate 4 10 4", "4 10 4", "rate 4 6", "4 6"]);
    const prompts = model.calls.map(({ options }) => JSON.stringify(options.prompt));
    expect(prompts).toHaveLength(3);
    expect(prompts[0]).not.toContain("takes what is not there");
    expect(prompts[1]).toContain("10 + 7 = 17 takes what is not there");
    expect(prompts[1]).toContain("9 / 0 = nothing takes what is not there");
    expect(prompts[2]).toContain("can still be 24");
  });

  test("a process that dies at any of its operations, before or after it, leaves a run that goes the same way to the end", async () => {
    const whole = build();
    const { result, entries } = await runForTest(whole.program, [4, 9, 10, 13]);
    const keys = entries.flatMap((entry) => (entry.type === "operation-finished" ? [entry.key] : []));
    expect(keys.length).toBe(1 + 3 * 3 + 2);
    for (const at of keys) {
      for (const when of ["before", "after"] as const) {
        const { program, model, calls } = build();
        const crashed = await runForTest(program, [4, 9, 10, 13], { faults: faults([{ at, do: "crash", when }]) });
        expect(crashed.result.status, at).toBe("stopped");
        const done = calls.length + model.calls.length;
        const { result: resumed } = await resumeForTest(program, crashed.result.runId, { state: crashed.state });
        expect(resumed.unwrap(), at).toEqual(result.unwrap());
        expect(new Set(calls), at).toEqual(new Set(whole.calls));
        const again = calls.length + model.calls.length - whole.calls.length - whole.model.calls.length;
        expect(again, `${at} ${when}: ${done} were done`).toBeLessThanOrEqual(1); // only what nobody had written down
      }
    }
  });
});

test("every move of a hand is there once: 36 of four numbers, and none divides by nothing unseen", () => {
  const all = movesOf(["1", "2", "3", "4"]);
  expect(all).toHaveLength(36);
  expect(new Set(all.map(told)).size).toBe(36);
  expect(resultOf({ a: "5", op: "/", b: "0" })).toBeNull();
});
