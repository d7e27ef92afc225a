import type { Json } from "../base/json.ts";
import type { Schema } from "../base/schema.ts";
import { jsonSchemaOf } from "../base/schema.ts";
import type { Command } from "../model/command.ts";
import { readCommand } from "../model/command.ts";
import { invalid, refuseUnknown, shown } from "../plan/invalid.ts";
import type { AllOf } from "./retry-options.ts";

/** What `commandSchema()` can be told. */
export interface CommandSchemaOptions<Made, Out> {
  /** The names of the agents, so that the model can name no other. Default: it may write any, and is told where there is none. */
  readonly agents?: readonly string[];
  /** What it finishes with. Default: anything. */
  readonly output?: Schema<Made, Out>;
  /** Whether it may ask a person. @defaultValue `true` */
  readonly ask?: boolean;
}

const KNOWN: AllOf<CommandSchemaOptions<unknown, unknown>> = { agents: true, output: true, ask: true };

/**
 * The schema of what the planner of an agentic loop gives, for an agent's `output`. It describes one flat object, since not every
 * provider takes a choice of several.
 *
 * @throws {FlujoError} `pipeline_invalid` for options that there are not.
 * @throws {FlujoError} `schema_without_json_schema` when it is described, where `output` cannot be.
 *
 * @example
 * ```ts
 * import { agent, commandSchema } from "flujo";
 * import { z } from "zod";
 *
 * export const planner = agent({
 *   name: "planner",
 *   model: "offline:extract",
 *   instructions: "Say what is to be done next.",
 *   output: commandSchema({ agents: ["search", "write"], output: z.string() }),
 * });
 * ```
 */
export function commandSchema<Made = unknown, Out = Made>(options: CommandSchemaOptions<Made, Out> = {}): Schema<unknown, Command<Out>> {
  if (typeof options !== "object" || options === null)
    throw invalid("commandSchema()", `its options are ${shown(options)}`, "Give them as an object.");
  refuseUnknown("commandSchema()", options, KNOWN);
  const described = (): Json => describe(options);
  const standard = {
    version: 1,
    vendor: "flujo",
    validate: (value: unknown) => validate(value, options),
    jsonSchema: { input: described, output: described },
  } as const;
  return Object.freeze({ "~standard": standard });
}

type Issue = { readonly message: string; readonly path?: readonly PropertyKey[] };
type Result<Out> = { readonly value: Command<Out> } | { readonly issues: readonly Issue[] };

function validate<Made, Out>(value: unknown, { output }: CommandSchemaOptions<Made, Out>): Result<Out> | Promise<Result<Out>> {
  const read = readCommand(value);
  if ("wrong" in read) return { issues: [{ message: read.wrong }] };
  const { command } = read;
  if (command.do !== "finish") return { value: command };
  if (output === undefined) return { value: command as Command<Out> }; // it is whatever the model gave
  const finished = (checked: Awaited<ReturnType<Schema<Made, Out>["~standard"]["validate"]>>): Result<Out> =>
    checked.issues === undefined
      ? { value: { do: "finish", output: checked.value } }
      : { issues: checked.issues.map(({ message }) => ({ message, path: ["output"] })) };
  const checked = output["~standard"].validate(command.output);
  return checked instanceof Promise ? checked.then(finished) : finished(checked);
}

function describe<Made, Out>({ agents, output, ask = true }: CommandSchemaOptions<Made, Out>): Json {
  const agent = { type: "string", description: "With run: who is to do it.", ...(agents === undefined ? {} : { enum: agents }) };
  const question = { type: "string", description: "With ask: what a person is asked." };
  const last = output === undefined ? {} : (jsonSchemaOf(output, "output of commandSchema()") as object);
  return {
    type: "object",
    properties: {
      do: { type: "string", enum: ask ? ["run", "ask", "finish"] : ["run", "finish"] },
      agent,
      input: { description: "With run: what that agent is given." },
      ...(ask ? { question } : {}),
      output: { description: "With finish: the result.", ...last },
    },
    required: ["do"],
    additionalProperties: false,
  };
}
