import type { Proposing } from "../../../src/index.ts";
import { step } from "../../../src/index.ts";
import type { Stage } from "./stage.ts";

/** A tree of words: what can be come to from each. */
type Tree = Readonly<Record<string, readonly string[]>>;

export function proposes(tree: Tree, stage?: Stage) {
  return step("propose", ({ state }: Proposing<string>): readonly string[] => {
    stage?.note(state);
    return tree[state] ?? [];
  });
}

/** What each word of a list promises: its place. */
export function promises(...words: readonly string[]): (word: string) => number {
  return (word) => words.indexOf(word);
}

/** A search for what there is not. */
export const never = { isGoal: () => false, maxExpansions: 20 };
