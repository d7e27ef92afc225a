import type { Proposing } from "../../../src/dsl/index.ts";
import { search, step } from "../../../src/dsl/index.ts";

const moves = step("moves", ({ state }: Proposing<number>) => [state + 1]);
const rate = step("rate", (n: number) => `${n} of 10`);

export const wrong = search({ name: "s", propose: moves, evaluate: rate, isGoal: (n) => n > 3, maxExpansions: 5 });
