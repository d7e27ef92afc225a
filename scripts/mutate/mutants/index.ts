import { AGENT } from "./agent.ts";
import { BRANCH } from "./branch.ts";
import { HUMAN } from "./human.ts";
import { MAP } from "./map.ts";
import { PARALLEL } from "./parallel.ts";
import { SEQUENCE } from "./sequence.ts";
import { STEP } from "./step.ts";
import type { Mutant } from "../mutant.ts";

/** By the kind of node, or the part of the core, that they are made in. */
export const MUTANTS: Readonly<Record<string, readonly Mutant[]>> = {
  sequence: SEQUENCE,
  branch: BRANCH,
  map: MAP,
  parallel: PARALLEL,
  step: STEP,
  agent: AGENT,
  human: HUMAN,
};
