import type { AnyStep, Step } from "../../../src/index.ts";
import { pipeline } from "../../../src/index.ts";
import type { Sim } from "../../../src/testing/index.ts";
import { COMPOSITES, fails } from "./composites.ts";
import type { Text } from "./ground.ts";
import { line, Shared, text } from "./ground.ts";
import { LEAVES } from "./leaves.ts";
import type { Tree } from "./tree.ts";

/** How a tree is made a program. */
export interface Building {
  readonly sim: Sim;
  /** Whether what lies deepest in it fails for good, when it is done. */
  readonly isFailing: boolean;
}

/** A tree as a program that can be run, in the world of one process. */
export function programOf(tree: Tree, building: Building): AnyStep {
  return pipeline({ name: "p", input: text, context: Shared }).step(built(tree, building, "top"));
}

function built(tree: Tree, building: Building, name: string): Text {
  const { sim, isFailing } = building;
  if (!("leaf" in tree)) return COMPOSITES[tree.kind](built(tree.below, building, `${name}-in`), { sim, name });
  const leaf = LEAVES[tree.leaf]({ sim, name }) as Step<string, string, never> as Text;
  return isFailing ? line(name).step(leaf).step(fails("for good")) : leaf;
}
