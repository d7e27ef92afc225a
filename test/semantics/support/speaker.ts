import type { HistoryPolicy } from "../../../src/index.ts";
import { agent } from "../../../src/index.ts";
import type { ModelScript } from "../../../src/testing/index.ts";
import { scriptedModel } from "../../../src/testing/index.ts";
import { told } from "./told.ts";

interface Speaking {
  readonly script?: ModelScript;
  readonly history?: HistoryPolicy;
}

/** Puts `name: ` before what it was asked last; asked for a summary, it says how many messages that is of. */
const repeats =
  (name: string): ModelScript =>
  ({ lastUserText, options: { prompt } }) =>
    lastUserText.startsWith("Summarise") ? `${prompt.length - 2} messages` : `${name}: ${lastUserText}`;

/** An agent that says what its script says, and what its model was given at each call, instructions left out. */
export function speaker<const Name extends string>(name: Name, { script = repeats(name), ...more }: Speaking = {}) {
  const model = scriptedModel(script);
  const program = agent({ name, model, instructions: `You are ${name}.`, retries: 0, ...more });
  return { program, prompts: () => model.calls.map(({ options }) => told(options)) };
}

/** The last prompt but for the question itself: what was given of before. */
export function before(prompts: readonly (readonly string[])[]): readonly string[] {
  return prompts.at(-1)?.slice(0, -1) ?? [];
}

/** Exchanges of an agent that repeats what it is asked, as its model is given them. */
export function exchanges(name: string, ...asked: readonly string[]): readonly string[] {
  return asked.flatMap((text) => [`user: ${text}`, `assistant: ${name}: ${text}`]);
}
