import { plainJsonOf } from "../../base/json.ts";
import type { Command, CommandLog, CommandOutcome, PlannerInput } from "../../model/command.ts";
import { readCommand } from "../../model/command.ts";
import type { Failure } from "../../model/failure.ts";
import { isFinal } from "../../model/failure.ts";
import type { AgenticLoopNode, PlanNode } from "../../model/node.ts";
import type { Patch } from "../../model/patch.ts";
import { NO_PATCHES } from "../../model/patch.ts";
import type { InstancePath } from "../../model/path.ts";
import { itemPath } from "../../model/path.ts";
import type { StepResult } from "../../model/step-result.ts";
import type { ContextState } from "../context/context-state.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import { LoopHistory } from "../loop-history.ts";
import type { Program } from "../program.ts";
import { call } from "../program.ts";
import { Tally } from "../tally.ts";

/** Asks the planner for a command, carries it out, and asks again, until it says that it has finished. */
export function* runAgenticLoop(frame: ExecutionFrame<AgenticLoopNode>): Program<StepResult> {
  const { maxCommands } = frame.node;
  const loop = new Loop(frame);
  for (let index = 0; index < maxCommands; index++) {
    const below = itemPath(frame.key, index);
    const planned = yield* loop.enter(frame.node.planner, below, loop.plannerInput);
    if (planned.status === "failed") return loop.failedAfter(index + 1, planned.failure);
    const read = readCommand(planned.output);
    if ("wrong" in read) {
      loop.log.push({ command: planned.output, outcome: refused(read.wrong) });
      continue;
    }
    const { command } = read;
    if (command.do === "finish") return loop.finished(command.output, planned.output);
    const came = yield* carryOut(loop, below, command);
    if ("ends" in came) return loop.failedAfter(index + 1, came.ends);
    loop.log.push({ command: planned.output, outcome: came });
  }
  return loop.failedAfter(maxCommands, exhausted(frame, loop.log));
}

type Doable = Exclude<Command, { readonly do: "finish" }>;

/** What came of it, to be told to the planner; a failure only where nothing may catch that. */
function* carryOut(loop: Loop, below: InstancePath, command: Doable): Program<CommandOutcome | { readonly ends: Failure }> {
  const { agents, ask } = loop.frame.node;
  if (command.do === "ask") {
    if (ask === null) return refused("There is nobody to ask here. Run an agent, or finish.");
    const asked = yield* loop.enter(ask, below, command.question);
    if (asked.status === "failed") return isFinal(asked.failure) ? { ends: asked.failure } : failedBy(asked.failure);
    return { status: "answered", answer: (asked.output as { readonly answer: unknown }).answer }; // as a person's answer comes from its node
  }
  const agent = agents.find(({ program }) => program.segment === command.agent);
  if (agent === undefined) {
    const known = agents.map(({ program }) => program.segment).join(", ");
    return refused(`There is no agent "${command.agent}"; there are ${known === "" ? "none" : known}.`);
  }
  const result = yield* loop.enter(agent.program, below, command.input);
  if (result.status === "succeeded") return { status: "succeeded", output: result.output };
  return isFinal(result.failure) ? { ends: result.failure } : failedBy(result.failure);
}

/** What a loop has come to so far. */
class Loop {
  readonly frame: ExecutionFrame<AgenticLoopNode>;
  readonly log: CommandLog[] = [];
  readonly #tally: Tally;
  readonly #writes: Patch[] = [];
  #context: ContextState;
  #history: LoopHistory | undefined;

  constructor(frame: ExecutionFrame<AgenticLoopNode>) {
    this.frame = frame;
    this.#tally = new Tally(frame);
    this.#context = frame.context;
    this.#history = LoopHistory.begin(frame.node.history);
  }

  get plannerInput(): PlannerInput {
    const { input, node } = this.frame;
    const agents = node.agents.map(({ program, description }) => ({ name: program.segment, description }));
    return { goal: input, agents, log: [...this.log] };
  }

  *enter(node: PlanNode, below: InstancePath, input: unknown): Program<StepResult> {
    const state = { input, context: this.#context, atMs: this.#tally.atMs, below, history: this.#history };
    const result = yield* call(this.frame.child(node, state));
    this.#tally.include(result);
    this.#history = this.#history?.with(this.#tally.takeSaid());
    if (result.status === "failed") return result;
    this.#context = this.#context.with(result.writes);
    for (const write of result.writes) this.#writes.push(write);
    return result;
  }

  finished(output: unknown, command: unknown): StepResult {
    const log: readonly CommandLog[] = [...this.log, { command, outcome: { status: "finished" } }];
    this.#tally.note("commands", log.length);
    return this.#tally.succeeded({ output, log }, this.#writes.length === 0 ? NO_PATCHES : this.#writes);
  }

  failedAfter(commands: number, failure: Failure): StepResult {
    this.#tally.note("commands", commands);
    return this.#tally.failed(failure);
  }
}

function refused(message: string): CommandOutcome {
  return { status: "refused", message };
}

function failedBy({ code, message }: Failure): CommandOutcome {
  return { status: "failed", code, message };
}

/** What became of the last command, where that is why it had not finished. */
function lastOf(log: readonly CommandLog[]): string {
  const outcome = log.at(-1)?.outcome;
  return outcome?.status === "refused" || outcome?.status === "failed"
    ? ` The last one ${outcome.status === "refused" ? "was refused" : "failed"}: ${outcome.message}`
    : "";
}

function exhausted({ key, node }: ExecutionFrame<AgenticLoopNode>, log: readonly CommandLog[]): Failure {
  const { maxCommands } = node;
  const message = `${key}: it had not finished after ${maxCommands === 1 ? "one command" : `${maxCommands} commands`}.${lastOf(log)}`;
  const told = log.map((entry) => plainJsonOf(entry) ?? { command: null, outcome: { status: entry.outcome.status } });
  return { code: "commands_exhausted", message, path: key, retryable: false, details: { maxCommands, log: told } };
}
