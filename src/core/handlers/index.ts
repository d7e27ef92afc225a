import { runAgent } from "./agent.ts";
import { runBackground } from "./background.ts";
import { runAgenticLoop } from "./agentic-loop.ts";
import { runBranch } from "./branch.ts";
import { runCache } from "./cache.ts";
import { runGather } from "./gather.ts";
import { runGate } from "./gate.ts";
import { runHuman, runSignal } from "./human.ts";
import { runLoop } from "./loop.ts";
import { runMachine } from "./machine.ts";
import { runMap } from "./map.ts";
import { runNested } from "./nested.ts";
import { runParallel } from "./parallel.ts";
import { runRefine } from "./refine.ts";
import { runSearch } from "./search.ts";
import { runRoute } from "./route.ts";
import { runSaga } from "./saga.ts";
import { runSequence } from "./sequence.ts";
import { runSleep } from "./sleep.ts";
import { runStep } from "./step.ts";
import { runTap } from "./tap.ts";

/** The executor of each kind. Only `executor-core.ts` imports this, and checks there that no kind is missing. */
export const HANDLERS = {
  step: runStep,
  agent: runAgent,
  sequence: runSequence,
  gather: runGather,
  branch: runBranch,
  map: runMap,
  loop: runLoop,
  refine: runRefine,
  gate: runGate,
  search: runSearch,
  parallel: runParallel,
  route: runRoute,
  machine: runMachine,
  agenticLoop: runAgenticLoop,
  sleep: runSleep,
  human: runHuman,
  signal: runSignal,
  nested: runNested,
  cache: runCache,
  background: runBackground,
  saga: runSaga,
  tap: runTap,
};
