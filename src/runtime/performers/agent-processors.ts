import { isPlainObject } from "../../base/json.ts";
import { checkWith } from "../../base/schema.ts";
import type { Told } from "../../core/agent/processors.ts";
import { wordFor } from "../../core/policy/verdict.ts";
import type { DecideOp } from "../../core/program.ts";
import type { Recorded } from "../../model/entry.ts";
import type { BoundAgent } from "../../plan/bindings.ts";
import type { DecisionContext, DecisionFunction } from "../../plan/definition.ts";
import { userItemOf } from "./model.ts";
import { misfitOutcome } from "./outcomes.ts";
import { named } from "./search-decisions.ts";

/** What processors of an agent are asked with. */
export interface ProcessorQuestion {
  readonly op: DecideOp;
  readonly agent: BoundAgent;
  readonly about: DecisionContext;
}

/** What both kinds are asked with. */
interface Asked {
  /** How many there are in the run's plan: those that were added since are for other runs. */
  readonly processors: number;
}

/** What the prompt processors of an agent make of its instructions and of its input as text, one after the other. */
export async function processPrompt(question: ProcessorQuestion): Promise<Recorded> {
  const checked = await checkedInput(question, question.op.value);
  if ("status" in checked) return checked;
  const { instructions, processors } = question.op.detail as Asked & { readonly instructions: string };
  let told: Told = { instructions, prompt: userItemOf(checked.input).text };
  for (const [index, process] of question.agent.promptProcessors.slice(0, processors).entries())
    told = await asked(process, index, async () => toldIn(await process({ ...told }, { ...question.about, input: checked.input })));
  return { status: "succeeded", value: told };
}

/** What its output processors make of an output. An agent without an output schema gives text, whoever makes it. */
export async function processOutput(question: ProcessorQuestion): Promise<Recorded> {
  const { agent, op, about } = question;
  const { input, processors } = op.detail as Asked & { readonly input: unknown };
  const checked = await checkedInput(question, input);
  if ("status" in checked) return checked;
  let { value } = op;
  for (const [index, process] of agent.outputProcessors.slice(0, processors).entries())
    value = await asked(process, index, async () =>
      outputIn(await process(value, { ...about, input: checked.input }), agent.output === null ? "text" : "the output"),
    );
  return { status: "succeeded", value };
}

/** The same error, with the processor that it comes from before it. */
async function asked<T>(process: DecisionFunction, index: number, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw named(error, `processor ${index + 1}${process.name === "" ? "" : ` (${process.name})`}`);
  }
}

async function checkedInput({ op, agent }: ProcessorQuestion, given: unknown): Promise<Recorded | { readonly input: unknown }> {
  if (agent.input === null) return { input: given };
  const checked = await checkWith(agent.input, given);
  if (checked.ok) return { input: checked.value };
  return misfitOutcome(op.key, checked.issues, { code: "input_invalid", what: "the agent's input", retryable: false });
}

function toldIn(said: unknown): Told {
  if (!isPlainObject(said)) throw new TypeError(`it returned ${wordFor(said)}, and has to return { instructions, prompt }`);
  const { instructions, prompt } = said;
  for (const [field, text] of Object.entries({ instructions, prompt }))
    if (typeof text !== "string") throw new TypeError(`it returned ${wordFor(text)} as \`${field}\`, and has to return text there`);
  return { instructions: String(instructions), prompt: String(prompt) };
}

function outputIn(said: unknown, wanted: "text" | "the output"): unknown {
  const isGood = wanted === "text" ? typeof said === "string" : said !== undefined;
  if (isGood) return said;
  throw new TypeError(`it returned ${wordFor(said)}, and has to return ${wanted}`);
}
