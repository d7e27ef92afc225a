import type { PolicyAbout } from "./step-context.ts";

/** What an agent's model is told at the beginning. */
export interface PromptParts {
  /** The system prompt. */
  readonly instructions: string;
  /** What the agent was given, as text. Files that are in it stay with it, whatever becomes of the text. */
  readonly prompt: string;
}

/** Makes of what an agent's model is told what it is told instead. */
export type PromptProcessor<Given, Ctx = unknown> = (
  parts: PromptParts,
  about: PolicyAbout<Given, Ctx>,
) => PromptParts | Promise<PromptParts>;

/** Makes of what an agent's model gave, once that fits, what the agent gives instead. */
export type OutputProcessor<Out, Given, Ctx = unknown> = (output: Out, about: PolicyAbout<Given, Ctx>) => Out | Promise<Out>;
