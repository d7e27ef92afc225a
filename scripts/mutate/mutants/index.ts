import { AGENT } from "./agent.ts";
import { BRANCH } from "./branch.ts";
import { CONTEXT } from "./context.ts";
import { HUMAN } from "./human.ts";
import { JOIN } from "./join.ts";
import { MAP } from "./map.ts";
import { PARALLEL } from "./parallel.ts";
import { RETRY } from "./retry.ts";
import { SEQUENCE } from "./sequence.ts";
import { STEP } from "./step.ts";
import { TALLY } from "./tally.ts";
import type { Mutant } from "../mutant.ts";

/** By the kind of node, or the part of the core, that they are made in. */
export const MUTANTS: Readonly<Record<string, readonly Mutant[]>> = {
  agent: AGENT,
  branch: BRANCH,
  context: CONTEXT,
  human: HUMAN,
  join: JOIN,
  map: MAP,
  parallel: PARALLEL,
  retry: RETRY,
  sequence: SEQUENCE,
  step: STEP,
  tally: TALLY,
};
