import { search, step } from "../../../src/dsl/index.ts";

const moves = step("moves", (n: number) => [n + 1]);

export const wrong = search({ name: "s", propose: moves, isGoal: (n) => n > 3, maxExpansions: 5 });
