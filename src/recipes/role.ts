import type { AgentOptions, AnyTool, LanguageModelObject, Schema, Step } from "../index.ts";
import { agent, isProgram, pipeline } from "../index.ts";
import { type AllOf, checkOptions, invalid, shown } from "./invalid.ts";

/** How the agent is made that plays a role, where no program of yours does. All but the model has a default. */
export interface RoleOptions
  extends Partial<
    Pick<AgentOptions<string, unknown, unknown, unknown, unknown>, "mcpServers" | "settings" | "maxTurns" | "retries" | "timeoutMs">
  > {
  /** `provider:model`, or a language model object of the AI SDK. @defaultValue the recipe's own `model` */
  readonly model?: string | LanguageModelObject;
  /** The system prompt, in place of the recipe's own for this role. It is told what it is given and what it must give by the schemas. */
  readonly instructions?: string;
  /** What it may call. @defaultValue nothing */
  readonly tools?: readonly AnyTool[];
}

/**
 * Who plays a role in a recipe: a program of yours (an agent, a step, a pipeline), or options of the agent that the recipe then makes.
 *
 * @typeParam In - What it is given.
 * @typeParam Out - What it must give.
 */
export type Role<In, Out> = Step<In, Out> | RoleOptions;

const PLAYERS =
  'Give a program (what agent(), step() or pipeline() made), or options of the agent that plays it; a function becomes a step with step("name", fn).';

const KNOWN: AllOf<RoleOptions> = {
  model: true,
  instructions: true,
  tools: true,
  mcpServers: true,
  settings: true,
  maxTurns: true,
  retries: true,
  timeoutMs: true,
};

/** What is to be known of a role to have it played. */
export interface Casting<In, Out> {
  /** The recipe, as refusals call it. */
  readonly at: string;
  /** The role's name: part of the path. */
  readonly role: string;
  readonly given: Role<In, Out> | undefined;
  /** The recipe's own model. */
  readonly model: string | LanguageModelObject | undefined;
  readonly instructions: string;
  /** What an agent must give; null for text. */
  readonly output: Schema<unknown, Out> | null;
}

/**
 * The program that plays a role, under the role's name.
 *
 * @throws {FlujoError} `pipeline_invalid` where there is neither a program nor a model.
 */
export function cast<In, Out>({ at, role, given = {}, model, instructions, output }: Casting<In, Out>): Step<In, Out> {
  if (isProgram(given)) return pipeline({ name: role }).step(given as Step<unknown, Out>); // it takes an In, which only the caller can know
  const where = `${at}, ${role}`;
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw invalid(where, `it is ${shown(given)}`, PLAYERS);
  const options = checkOptions(where, given, KNOWN);
  const own = options.model ?? model;
  if (own === undefined)
    throw invalid(where, "nobody plays it", `Give the recipe a \`model\`, or ${role} a program or a model of its own.`);
  if (options.instructions !== undefined && (typeof options.instructions !== "string" || options.instructions.trim() === ""))
    throw invalid(where, `its instructions are ${shown(options.instructions)}`, "Give a text, or leave them out.");
  const { settings, tools, mcpServers, maxTurns, retries, timeoutMs } = options;
  const made = {
    name: role,
    model: own,
    instructions: options.instructions ?? instructions,
    ...(settings === undefined ? {} : { settings }),
    ...(tools === undefined ? {} : { tools }),
    ...(mcpServers === undefined ? {} : { mcpServers }),
    ...(maxTurns === undefined ? {} : { maxTurns }),
    ...(retries === undefined ? {} : { retries }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
  const played = output === null ? agent(made) : agent({ ...made, output });
  return played as Step<In, Out>; // without an output schema the role is one that gives text
}
