import { FlujoError } from "../base/errors.ts";
import type { Schema } from "../base/schema.ts";
import { parseWith } from "../base/schema.ts";
import type { Plan } from "../model/node.ts";
import { agentsIn } from "../model/plan-nodes.ts";
import { roundTrip } from "../serialize/codec.ts";
import type { Compiled } from "../plan/compile.ts";

/** What a run begins with, once it has been checked. */
export interface Checked {
  readonly input: unknown;
  readonly context: unknown;
}

/**
 * Checks input and context before anything is made. At once where there is nothing to check them with.
 *
 * @throws {FlujoError} `input_invalid`, `context_invalid`
 */
export function checkStart(compiled: Compiled, input: unknown, context: unknown): Checked | Promise<Checked> {
  const { bindings } = compiled;
  const isAny = bindings.input === null && bindings.context === null && context === undefined;
  return isAny && !isThenable(input) ? { input, context: {} } : checkBoth(compiled, input, context);
}

/** An input that is to come is waited for. */
function isThenable(input: unknown): boolean {
  return typeof input === "object" && input !== null && "then" in input;
}

async function checkBoth({ plan, bindings }: Compiled, input: unknown, context: unknown): Promise<Checked> {
  return {
    input: await checkInput(plan, bindings.input, input),
    context: await checkContext(plan, bindings.context?.schema ?? null, context),
  };
}

/** What the input schema makes of an input. @throws {FlujoError} `input_invalid` */
export async function checkInput(plan: Plan, schema: Schema | null, input: unknown): Promise<unknown> {
  if (schema === null) return input;
  return parseWith(schema, input, { code: "input_invalid", where: `The input of "${plan.name}" does not fit` });
}

/** What the context schema makes of the context that a run begins with. @throws {FlujoError} `context_invalid` */
export async function checkContext(plan: Plan, schema: Schema | null, context: unknown): Promise<unknown> {
  if (schema !== null) {
    const parsed = await parseWith(schema, context ?? {}, { code: "context_invalid", where: `The context of "${plan.name}" does not fit` });
    const copy = roundTrip({ context: parsed }, `The context of "${plan.name}"`); // it is frozen later, and must not be the caller's own object
    return (copy as { readonly context: unknown }).context;
  }
  if (context === undefined) return {};
  throw new FlujoError("context_invalid", `"${plan.name}" declares no context, but was given one.`, {
    remedy: "Declare it: pipeline({ …, context: schema }).",
  });
}

/** @throws {FlujoError} `usage_invalid`, unless it is nothing, or a name and there is an agent that heeds it. Half a character is stored as another: two names would be one. */
export function checkThread({ plan }: Compiled, thread: unknown): string | null {
  if (thread === undefined) return null;
  if (!agentsIn(plan.root).some(({ history }) => history !== null))
    throw new FlujoError("usage_invalid", `No agent of "${plan.name}" takes part in a thread, and it was given one.`, {
      remedy: 'Declare on the agent what it is given of it: history: { keep: "whole" }; or leave the thread out.',
    });
  if (typeof thread === "string" && thread.trim() !== "" && thread.length <= 200 && thread.isWellFormed()) return thread;
  throw new FlujoError("usage_invalid", "The thread is no name.", { remedy: "Give a text of 1 to 200 characters, such as customer-42." });
}

/** @throws {FlujoError} `run_id_malformed` */
export function checkRunId(runId: string): string {
  if (typeof runId === "string" && /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(runId)) return runId;
  const remedy = "Use 1 to 100 letters, digits, dots, underscores and hyphens, the first of them a letter or a digit.";
  throw new FlujoError("run_id_malformed", `${JSON.stringify(runId)} cannot be a run id.`, { remedy });
}
