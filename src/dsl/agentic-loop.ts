import { isPlainObject } from "../base/json.ts";
import type { Schema } from "../base/schema.ts";
import type { AgenticResult, Command, PlannerInput } from "../model/command.ts";
import type { HistoryPolicy } from "../model/history-policy.ts";
import type { AgenticLoopDefinition } from "../plan/definition.ts";
import { invalid, refuseUnknown, shown } from "../plan/invalid.ts";
import type { NeedsOfAll, PlanTypeError, ProgramFits } from "./fits.ts";
import type { AnyStep, InputOf, NamedStep, NeedsOf, OutputOf } from "./program.ts";
import { definitionKey, definitionOf, isProgram } from "./program.ts";
import type { AllOf } from "./retry-options.ts";

/** A program that the planner of an agentic loop may have run. */
export interface LoopAgent<Program = AnyStep> {
  readonly program: Program;
  /** What it is good for and what input it takes, in words for the planner. */
  readonly description: string;
}

type LoopAgents = Readonly<Record<string, LoopAgent>>;

/** What `agenticLoop()` takes. */
export interface AgenticLoopOptions<Name extends string, P, Agents, Answer> {
  /** Part of its path; what it does stands below it by the number of the command: `name[0]/planner`, `name[0]/search` and so on. */
  readonly name: Name;
  /** Says what is done next: is given `{ goal, agents, log }`, gives a command. An agent gives one by `output: commandSchema()`. */
  readonly planner: P;
  /** Whom it may have run, by the names it calls them by. */
  readonly agents: Agents;
  /** The schema of what a person answers; left out, nobody can be asked. */
  readonly ask?: Schema<unknown, Answer>;
  /** How many commands at most, at least 1; those that were refused count too. */
  readonly maxCommands: number;
  /**
   * How much its planner and its agents are given of what they were asked and said themselves in its commands before. It is for those that have
   * no `history` of their own. Left out: nothing.
   */
  readonly history?: HistoryPolicy;
}

type GoalOf<P> = InputOf<P> extends { readonly goal: infer Goal } ? Goal : unknown;

type FinishOf<Given> = Given extends { readonly do: "finish"; readonly output: infer Output } ? Output : never;

/** The planner itself where it takes what it is given and gives commands, a sentence where it does not. */
export type PlannerFits<P> =
  ProgramFits<P> extends P
    ? [PlannerInput<GoalOf<P>>] extends [InputOf<P>]
      ? [OutputOf<P>] extends [Command]
        ? unknown
        : PlanTypeError<
            "What the planner gives is no command: let a function return one, and an agent have `output: commandSchema()`.",
            { gives: OutputOf<P> }
          >
      : PlanTypeError<"The planner does not take what it is given: { goal, agents, log }.", { takes: InputOf<P> }>
    : ProgramFits<P>;

type ProgramsOf<Agents> = { readonly [K in keyof Agents]: Agents[K] extends LoopAgent<infer Program> ? Program : never };

/**
 * A planner decides by what has happened so far what is done next: that one of several programs runs, that a person is asked, or
 * that it has finished. Every command and what came of it is in the log that it is given, and in the result. What is no command,
 * names nobody, or fails is told to it in the same way, and ends nothing.
 *
 * @throws {FlujoError} `pipeline_invalid` for options that there are not or that make no sense, naming the loop.
 *
 * @example
 * ```ts
 * import { agenticLoop, Flujo, step } from "flujo";
 * import type { Command, PlannerInput } from "flujo";
 *
 * const planner = step("planner", ({ goal, log }: PlannerInput<string>): Command<string> => {
 *   const last = log.at(-1)?.outcome;
 *   return last?.status === "succeeded" ? { do: "finish", output: String(last.output) } : { do: "run", agent: "count", input: goal };
 * });
 * const count = step("count", (text: string) => text.length);
 * const loop = agenticLoop({ name: "loop", planner, agents: { count: { program: count, description: "Counts letters." } }, maxCommands: 5 });
 * const flujo = new Flujo();
 * console.log((await flujo.run(loop, "tides")).unwrap().output); // 5
 * await flujo.close();
 * ```
 */
export function agenticLoop<const Name extends string, P, Agents extends LoopAgents, Answer = never>(
  options: AgenticLoopOptions<Name, P & PlannerFits<P>, Agents, Answer>,
): NamedStep<GoalOf<P>, AgenticResult<FinishOf<OutputOf<P>>>, NeedsOf<P> & NeedsOfAll<ProgramsOf<Agents>>, Name>;
export function agenticLoop(given: unknown): AnyStep {
  if (!isPlainObject(given))
    throw invalid("agenticLoop()", `its options are ${shown(given)}`, "Write agenticLoop({ name, planner, agents, maxCommands }).");
  const { name, planner, agents, ask = null, maxCommands, history } = given as unknown as Loose;
  const at = `agentic loop ${shown(name)}`;
  refuseUnknown(at, given, KNOWN);
  if (!isPlainObject(agents))
    throw invalid(at, `agents is ${shown(agents)}`, "Give them as an object: { name: { program, description } }.");
  const definition: AgenticLoopDefinition = Object.freeze({
    kind: "agenticLoop",
    name,
    planner: definitionOf(planner),
    agents: Object.freeze(
      Object.fromEntries(Object.entries(agents).map(([key, agent]) => [key, agentOf(`${at}, agent ${shown(key)}`, agent)])),
    ),
    ask,
    maxCommands,
    ...(history === undefined ? {} : { history }),
  });
  return Object.freeze({ name, [definitionKey]: definition });
}

type Loose = AgenticLoopOptions<string, AnyStep, LoopAgents, unknown>;

const KNOWN: AllOf<Loose> = { name: true, planner: true, agents: true, ask: true, maxCommands: true, history: true };

const AGENT: AllOf<LoopAgent> = { program: true, description: true };

function agentOf(at: string, agent: unknown): AgenticLoopDefinition["agents"][string] {
  if (isProgram(agent))
    throw invalid(
      at,
      "it is a program alone",
      "Write it as { program, description }: the planner is told by the description what it does.",
    );
  if (!isPlainObject(agent)) throw invalid(at, `it is ${shown(agent)}`, "Write it as { program, description }.");
  refuseUnknown(at, agent, AGENT);
  const { program, description } = agent as unknown as LoopAgent;
  return Object.freeze({ program: definitionOf(program), description });
}
