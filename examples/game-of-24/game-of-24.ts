// The Game of 24: make 24 of a few numbers, each used once, with + - * and /. A search tries one move after another, best first.
//   npx flujo run examples/game-of-24/game-of-24.ts#byRules -i '[4, 9, 10, 13]'
//   npx flujo run examples/game-of-24/game-of-24.ts#byModel -i '[4, 9, 10, 13]' --model openai:gpt-5-mini
import { agent, pipeline, type Proposing, search, type SearchResult, step } from "flujo";
import { z } from "zod";
import { after, distance, type Hand, isThere, Move, movesOf, resultOf, told } from "./hand.ts";

const Numbers = z.array(z.number().int().min(1).max(99)).min(2).max(6).describe("The numbers to make 24 of");

const deal = step("deal", (numbers: z.infer<typeof Numbers>): Hand => ({ numbers: numbers.map(String), move: null }));

/** What a search has to be told of the game. Who proposes moves is another matter. */
const rules = {
  name: "play",
  isGoal: ({ numbers }: Hand) => numbers.length === 1 && numbers[0] === "24",
  invariants: {
    "numbers that are there": ({ move }: Hand, { from }: { readonly from: Hand }) =>
      (move !== null && isThere(from.numbers, move)) || `${move?.a} and ${move?.b} are not both among ${from.numbers.join(", ")}`,
    "no division by zero": ({ move }: Hand) => move === null || resultOf(move) !== null,
    "can still be 24": ({ numbers }: Hand) =>
      numbers.length > 2 || distance(numbers) < 1e-9 || `nothing makes 24 of ${numbers.join(" and ")}`,
  },
  heuristic: ({ numbers }: Hand) => (numbers.length > 2 ? 10 * numbers.length : distance(numbers)),
  maxExpansions: 60,
  maxTokens: 200_000,
} as const;

const say = step("say", (played: SearchResult<Hand>) => ({
  solved: played.found,
  moves: played.path.flatMap(({ move }) => (move === null ? [] : [told(move)])),
  tried: played.expanded,
}));

const everyMove = step("every move", ({ state }: Proposing<Hand>) => movesOf(state.numbers).map((move) => after(state.numbers, move)));

const tryAll = search({ ...rules, propose: everyMove });

/** Tries every move that there is. */
export const byRules = pipeline({ name: "game-of-24", version: "1.0.0", input: Numbers }).step(deal).step(tryAll).step(say);

/** What a model is shown of the game: the numbers, and which of its moves were refused. */
const look = step("look", ({ state, rejected }: Proposing<Hand>) => ({
  numbers: state.numbers,
  refused: rejected.map(({ reason }) => reason),
}));

const think = agent({
  name: "think",
  model: "offline:extract",
  instructions: [
    "You play the Game of 24. Each move takes two of the numbers and puts what they give in their place; in the end 24 has to be left.",
    "Propose the three moves that promise most. Write the numbers as they are there. Do not repeat what was refused.",
  ].join("\n"),
  input: z.object({ numbers: z.array(z.string()).readonly(), refused: z.array(z.string()) }),
  output: z.object({ moves: z.array(Move).min(1).max(5) }),
});

const thought = pipeline()
  .step(look)
  .step(think)
  .gather({ look, think })
  .step("move", ({ look: { numbers }, think: { moves } }) => moves.map((move) => after(numbers, move)));

const tryIdeas = search({ ...rules, propose: thought, beam: 5, maxExpansions: 12 });

/** Tries what a model proposes; every move that there is, where that leads nowhere from the beginning. */
export const byModel = pipeline({ name: "game-of-24-by-model", version: "1.0.0", input: Numbers })
  .step(deal)
  .step(tryIdeas, { retries: 1, fallback: tryAll })
  .step(say);
