import type { Failure } from "../../model/failure.ts";
import { isFinal } from "../../model/failure.ts";
import type { MachineNode, MachineRule } from "../../model/node.ts";
import type { Patch } from "../../model/patch.ts";
import { NO_PATCHES } from "../../model/patch.ts";
import { decisionPath, itemPath } from "../../model/path.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { ContextState } from "../context/context-state.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import { LoopHistory } from "../loop-history.ts";
import type { Program } from "../program.ts";
import { call, perform } from "../program.ts";
import { Tally } from "../tally.ts";

/** Runs the program of one state after the other, each on what the one before it gave, until it comes to an end. */
export function* runMachine(frame: ExecutionFrame<MachineNode>): Program<StepResult> {
  const { states, ends, maxHops, initial } = frame.node;
  const tally = new MachineTally(frame);
  const writes: Patch[] = [];
  let { input, context } = frame;
  let history = LoopHistory.begin(frame.node.history);
  let why: { readonly feedback?: Failure } = {};
  for (let [state, hops] = [initial, 0]; ; hops++) {
    const program = Object.hasOwn(states, state) ? states[state] : undefined;
    if (program === undefined) return tally.ended({ state, hops, output: input, writes });
    const key = itemPath(frame.key, hops);
    const result = yield* call(frame.child(program, { input, context, atMs: tally.atMs, below: key, history, ...why }));
    tally.include(result);
    history = history?.with(tally.takeSaid());
    if (result.status === "succeeded") {
      context = context.with(result.writes);
      for (const write of result.writes) writes.push(write);
      if (ends.includes(state)) return tally.ended({ state, hops, output: result.output, writes });
    } else if (ends.includes(state) || isFinal(result.failure)) return tally.failedIn(state, hops, result.failure);
    const next = yield* nextOf({ frame, tally, state, hops, result, context });
    if ("failure" in next) return tally.failedIn(state, hops, next.failure);
    if (hops === maxHops) return tally.failedIn(state, hops, tooFar(frame, next.to));
    if (result.status === "succeeded") [input, why] = [result.output, {}];
    else why = { feedback: result.failure };
    state = next.to;
  }
}

/** Notes once, at its end, which state it was in and how often it went on. */
class MachineTally extends Tally {
  ended({ state, hops, output, writes }: { state: string; hops: number; output: unknown; writes: readonly Patch[] }): StepResult {
    this.#note(state, hops);
    return this.succeeded({ state, output, hops }, writes.length === 0 ? NO_PATCHES : writes);
  }

  failedIn(state: string, hops: number, failure: Failure): StepResult {
    this.#note(state, hops);
    return this.failed(failure);
  }

  #note(state: string, hops: number): void {
    this.note("state", state);
    this.note("hops", hops);
  }
}

interface Leaving {
  readonly frame: ExecutionFrame<MachineNode>;
  readonly tally: Tally;
  readonly state: string;
  readonly hops: number;
  readonly result: StepResult;
  readonly context: ContextState;
}

/** Where the first transition leads that fits. Without one, what failed stays failed. */
function* nextOf({
  frame,
  tally,
  state,
  hops,
  result,
  context,
}: Leaving): Program<{ readonly to: string } | { readonly failure: Failure }> {
  const { node, key } = frame;
  for (const [rule, { from, when, isGuarded, to }] of node.rules.entries()) {
    if (!from.includes(state) || !isFor(when, result)) continue;
    if (!isGuarded) return { to };
    const asked = yield* perform({
      kind: "decide",
      key: decisionPath(itemPath(key, hops), `guard ${rule + 1}`), // counted as in refusals
      fingerprint: node.fingerprint,
      name: node.name,
      node: node.path,
      about: "guard",
      value: result.status === "succeeded" ? result.output : result.failure,
      context,
      detail: { rule, hops },
    });
    tally.count(asked);
    if (asked.outcome.status === "failed") return { failure: asked.outcome.failure };
    if (asked.outcome.value === true) return { to };
  }
  return { failure: result.status === "failed" ? result.failure : stuck(frame, state) };
}

function isFor(when: MachineRule["when"], result: StepResult): boolean {
  if (result.status === "succeeded") return when === "success";
  return when === "failure" || (when !== "success" && when.includes(result.failure.code));
}

function stuck({ node, key }: ExecutionFrame<MachineNode>, state: string): Failure {
  const ways = node.rules.filter(({ from, when }) => when === "success" && from.includes(state)).map(({ to }) => to);
  const message = `${key}: it is in the state "${state}", and no guard lets it go on to ${ways.join(", ")}.`;
  return { code: "machine_stuck", message, path: key, retryable: false, details: { state, ways } };
}

function tooFar({ node, key }: ExecutionFrame<MachineNode>, to: string): Failure {
  const { maxHops } = node;
  const times = maxHops === 1 ? "one transition" : `${maxHops} transitions`;
  const message = `${key}: it has made ${times}, and would go on to "${to}".`;
  return { code: "machine_hops_exceeded", message, path: key, retryable: false, details: { maxHops, to } };
}
