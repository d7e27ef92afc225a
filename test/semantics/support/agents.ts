import { z } from "zod";
import type { AgentOptions, AnyStep, RunResult, Tool } from "../../../src/index.ts";
import { agent, pipeline, tool } from "../../../src/index.ts";
import type { ModelScript, ScriptedModel } from "../../../src/testing/index.ts";
import { scriptedModel } from "../../../src/testing/index.ts";
import type { Stage } from "./stage.ts";

/** What the agents of these tests give. */
const Output = z.object({ n: z.number().int().max(5) });

type More = Partial<
  Omit<AgentOptions<"a", unknown, unknown, z.input<typeof Output>, z.output<typeof Output>>, "name" | "model" | "instructions">
>;

/** An agent called `a` on this script, as the one member of a pipeline called `p`. */
export function counting(script: ModelScript, more: More = {}): { readonly program: AnyStep; readonly model: ScriptedModel } {
  const model = scriptedModel(script);
  const options = { name: "a", model, instructions: "Count.", output: Output, retry: { retries: 2, firstDelayMs: 0 } } as const;
  return { program: pipeline({ name: "p" }).step(agent({ ...options, ...more })), model };
}

/** What one run of such an agent came to, and what its model was sent at each call. */
export async function count(stage: Stage, script: ModelScript, more: More = {}): Promise<Counted> {
  const { program, model } = counting(script, more);
  const result = await stage.run(program, "how many?");
  return { result, prompts: model.calls.map(({ options }) => JSON.stringify(options.prompt)) };
}

/** What {@link count} gives. */
export interface Counted {
  readonly result: RunResult<unknown>;
  readonly prompts: readonly string[];
}

/** A tool called `add`. */
export function add(run: (n: number) => unknown, more: object = {}): Tool {
  return tool({ name: "add", description: "Adds one.", input: z.object({ n: z.coerce.number() }), run: ({ n }) => run(n), ...more });
}

/** One call of `add`. */
export function calls(...numbers: readonly unknown[]) {
  return { calls: numbers.map((n) => ({ tool: "add", input: { n } })) };
}
