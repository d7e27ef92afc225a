import { ContextState } from "../core/context/context-state.ts";
import type { Reducers } from "../core/context/apply-patch.ts";
import { FlujoError, messageOf } from "../base/errors.ts";
import { promptOf } from "../model/prompt.ts";

/** What a {@link PipelineContext} is made of. */
export interface PipelineContextParts {
  readonly runId: string;
  readonly input: unknown;
  /** The user's own context, as its schema gave it. */
  readonly context: unknown;
  readonly reducers: Reducers;
}

/**
 * What all steps of a run share: its id, the prompt it began with, and the user's context. Made here, by the runner,
 * and nowhere else (REQ-CTX-001); a wall keeps every other room from importing this file.
 */
export class PipelineContext {
  readonly #genuine = true;
  readonly runId: string;
  /** The run's input as text: itself if it is text, else its JSON (REQ-CTX-002). The same in every nested pipeline. */
  readonly initialPrompt: string;
  readonly state: ContextState;

  constructor(parts: PipelineContextParts) {
    this.runId = parts.runId;
    this.initialPrompt = textOf(parts.input);
    this.state = ContextState.of(parts.context, parts.reducers);
  }

  /** Whether a value was made by the runner. */
  static isGenuine(value: unknown): value is PipelineContext {
    return typeof value === "object" && value !== null && #genuine in value;
  }
}

function textOf(input: unknown): string {
  try {
    return promptOf(input);
  } catch (cause) {
    throw new FlujoError("value_unstorable", `The run's input cannot be written as text (${messageOf(cause)}).`, { cause });
  }
}
