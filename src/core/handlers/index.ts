import { runAgent } from "./agent.ts";
import { runBranch } from "./branch.ts";
import { runHuman } from "./human.ts";
import { runMap } from "./map.ts";
import { runParallel } from "./parallel.ts";
import { runSequence } from "./sequence.ts";
import { runStep } from "./step.ts";

/** The executor of each kind. Only `executor-core.ts` imports this, and checks there that no kind is missing. */
export const HANDLERS = {
  step: runStep,
  agent: runAgent,
  sequence: runSequence,
  branch: runBranch,
  map: runMap,
  parallel: runParallel,
  human: runHuman,
};
