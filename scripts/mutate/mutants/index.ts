import { AGAIN } from "./again.ts";
import { AGENT } from "./agent.ts";
import { BACKGROUND } from "./background.ts";
import { AGENTIC_LOOP } from "./agentic-loop.ts";
import { BRANCH } from "./branch.ts";
import { CACHE } from "./cache.ts";
import { CONTEXT } from "./context.ts";
import { GATHER } from "./gather.ts";
import { GATE } from "./gate.ts";
import { HISTORY } from "./history.ts";
import { HUMAN } from "./human.ts";
import { JOIN } from "./join.ts";
import { KIND } from "./kind.ts";
import { LOOP } from "./loop.ts";
import { MACHINE } from "./machine.ts";
import { MAP } from "./map.ts";
import { NESTED } from "./nested.ts";
import { PARALLEL } from "./parallel.ts";
import { PLUGIN } from "./plugin.ts";
import { POLICY } from "./policy.ts";
import { PROCESSOR } from "./processor.ts";
import { REDUCE } from "./reduce.ts";
import { REFINE } from "./refine.ts";
import { RETRY } from "./retry.ts";
import { ROUTE } from "./route.ts";
import { SAGA } from "./saga.ts";
import { SEARCH } from "./search.ts";
import { SEQUENCE } from "./sequence.ts";
import { SIGNAL } from "./signal.ts";
import { SLEEP } from "./sleep.ts";
import { STEP } from "./step.ts";
import { TALLY } from "./tally.ts";
import { TAP } from "./tap.ts";
import type { Mutant } from "../mutant.ts";

/** By the kind of node, or the part of the core, that they are made in. */
export const MUTANTS: Readonly<Record<string, readonly Mutant[]>> = {
  again: AGAIN,
  agent: AGENT,
  background: BACKGROUND,
  agenticLoop: AGENTIC_LOOP,
  branch: BRANCH,
  cache: CACHE,
  context: CONTEXT,
  gather: GATHER,
  gate: GATE,
  history: HISTORY,
  human: HUMAN,
  join: JOIN,
  kind: KIND,
  loop: LOOP,
  machine: MACHINE,
  map: MAP,
  nested: NESTED,
  parallel: PARALLEL,
  plugin: PLUGIN,
  policy: POLICY,
  processor: PROCESSOR,
  reduce: REDUCE,
  refine: REFINE,
  retry: RETRY,
  route: ROUTE,
  saga: SAGA,
  search: SEARCH,
  sequence: SEQUENCE,
  signal: SIGNAL,
  sleep: SLEEP,
  step: STEP,
  tally: TALLY,
  tap: TAP,
};
