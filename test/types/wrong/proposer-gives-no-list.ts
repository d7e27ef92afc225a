import type { Proposing } from "../../../src/dsl/index.ts";
import { search, step } from "../../../src/dsl/index.ts";

const moves = step("moves", ({ state }: Proposing<number>) => state + 1);

export const wrong = search({ name: "s", propose: moves, isGoal: () => true, maxExpansions: 5 });
