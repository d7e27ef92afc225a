import { expectTypeOf } from "vitest";
import { z } from "zod";
import type { InputOf, NeedsOf, OutputOf, Proposing, SearchResult } from "./index.ts";
import { agent, context, pipeline, search, step } from "./index.ts";

// Checked by the compiler; nothing here runs.

interface Board {
  readonly cells: readonly number[];
}

const moves = step("moves", ({ state }: Proposing<Board>): Board[] => [state]);
const rate = step("rate", ({ cells }: Board) => cells.length);

const solved = search({
  name: "solved",
  propose: moves,
  evaluate: rate,
  isGoal: (board, { from, depth }) => {
    expectTypeOf(board).toEqualTypeOf<Board>();
    expectTypeOf(from).toEqualTypeOf<Board | null>();
    expectTypeOf(depth).toEqualTypeOf<number>();
    return board.cells.length === 0;
  },
  cost: (board, { from }) => board.cells.length - from.cells.length,
  invariants: { full: ({ cells }) => cells.length > 0 || "it is empty" },
  maxExpansions: 5,
});
expectTypeOf<InputOf<typeof solved>>().toEqualTypeOf<Board>();
expectTypeOf<OutputOf<typeof solved>>().toEqualTypeOf<SearchResult<Board>>();
expectTypeOf(solved.name).toEqualTypeOf<"solved">();

// An agent that says of nothing what it takes can propose what it gives a list of.
const asks = agent({ name: "asks", model: "m", instructions: "", output: z.array(z.string()) });
const words = search({ name: "words", propose: asks, heuristic: (word) => word.length, isGoal: (word) => word === "", maxExpansions: 5 });
expectTypeOf<InputOf<typeof words>>().toEqualTypeOf<string>();

// It needs the context that its programs need, and its functions see it.
const Shared = context(z.object({ seen: z.array(z.string()) }), { seen: "append" });
const notes = step({ name: "notes", context: Shared, run: ({ state }: Proposing<string>) => [state] });
const noted = search({
  name: "noted",
  propose: notes,
  isGoal: (_, { context: { seen } }) => {
    expectTypeOf(seen).toEqualTypeOf<readonly string[]>();
    return seen.length > 3;
  },
  maxExpansions: 5,
});
expectTypeOf<NeedsOf<typeof noted>>().toEqualTypeOf<NeedsOf<typeof notes>>();

// What is found narrows by `found`.
const told = pipeline()
  .step(solved)
  .step("tell", (result) => (result.found ? result.state : result.because));
expectTypeOf<OutputOf<typeof told>>().toEqualTypeOf<Board | "exhausted" | "maxExpansions" | "maxTokens">();

// @ts-expect-error how often it proposes at most has to be there
search({ name: "endless", propose: moves, isGoal: () => false });

const first = step("first", (text: string) => ({ text }));
const second = step("second", ({ text }: { text: string }) => text.length);
const gathered = pipeline().step(first).step(second).gather({ first, length: second, by: "second" });
expectTypeOf<OutputOf<typeof gathered>>().toEqualTypeOf<{
  readonly first: { text: string };
  readonly length: number;
  readonly by: unknown;
}>();
expectTypeOf<InputOf<typeof gathered>>().toEqualTypeOf<string>();

// @ts-expect-error neither a program nor a name
pipeline().step(first).gather({ first: 3 });
