import type { Json } from "../base/json.ts";
import type { Cost } from "../model/cost.ts";
import type { ToolSpec } from "../model/node.ts";
import type { FinishReason, ToolCall, TranscriptItem } from "../model/transcript.ts";
import type { Usage } from "../model/usage.ts";

/** One call of one model; whoever answers it makes exactly one request and never retries. */
export interface ModelRequest {
  /** `provider:model`, or a language model object of the AI SDK. */
  readonly model: string | object;
  readonly instructions: string;
  readonly transcript: readonly TranscriptItem[];
  readonly tools: readonly ToolSpec[];
  /** JSON Schema of the output, or null for free text. */
  readonly outputSchema: Json | null;
  readonly signal: AbortSignal;
}

/** What came back, not yet checked against any schema. */
export interface ModelReply {
  readonly text: string;
  /** Those the engine is to run: known tools with arguments that are JSON. */
  readonly toolCalls: readonly ToolCall[];
  readonly finish: FinishReason;
  /** The model's messages, verbatim, as JSON. */
  readonly messages: Json;
  readonly usage: Usage;
  readonly cost: Cost;
}

/** A call that failed, with what is known about it. */
export interface ModelCallProblem {
  readonly message: string;
  /** Whether the same call may succeed later (overload, a broken connection). */
  readonly retryable: boolean;
  readonly details?: Json;
  readonly usage: Usage;
  readonly cost: Cost;
}

/** The way to models. `agents/` is behind it; the runtime knows no provider. */
export interface ModelPort {
  /**
   * @throws {FlujoError} `model_unknown`, `package_missing`, `api_key_missing`: what no second try can mend.
   * @throws {unknown} The signal's reason, when it was aborted.
   */
  call(
    request: ModelRequest,
  ): Promise<{ readonly ok: true; readonly reply: ModelReply } | { readonly ok: false; readonly problem: ModelCallProblem }>;

  /**
   * Makes sure that a model can be called, without calling it: it is known, its package is there, its key is set.
   *
   * @throws {FlujoError} `model_unknown`, `package_missing`, `api_key_missing`, `usage_invalid`
   */
  check(model: string | object): Promise<void>;
}
