import type { Json } from "../base/json.ts";
import type { Cost } from "../model/cost.ts";
import type { ModelSettings, ProviderTool, ToolChoice } from "../model/model-settings.ts";
import type { Progress } from "../model/run-event.ts";
import type { FinishReason, ToolCall, TranscriptItem } from "../model/transcript.ts";
import type { Usage } from "../model/usage.ts";

/** What a model is told of a tool. */
export interface OfferedTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Json;
}

/** What a model call tells while it is under way. */
export type ModelProgress = Extract<Progress, { readonly type: "text-delta" | "reasoning-delta" | "tool-input-delta" }>;

/** One call of one model; whoever answers it makes exactly one request and never retries. */
export interface ModelRequest {
  /** `provider:model`, or a language model object of the AI SDK. */
  readonly model: string | object;
  readonly instructions: string;
  readonly transcript: readonly TranscriptItem[];
  readonly tools: readonly OfferedTool[];
  readonly providerTools: readonly ProviderTool[];
  readonly toolChoice: ToolChoice;
  /** JSON Schema of the output, or null for free text. */
  readonly outputSchema: Json | null;
  readonly settings: ModelSettings;
  readonly signal: AbortSignal;
  /** Told what comes, piece by piece; null where nobody listens. Must not throw. */
  readonly onProgress: ((progress: ModelProgress) => void) | null;
  /** Told before the request leaves how to work out, at any moment, what the call has used so far: an estimate. */
  readonly onSending: (spent: () => Spent) => void;
}

/** What something used and cost. */
export interface Spent {
  readonly usage: Usage;
  readonly cost: Cost;
}

/** What came back, not yet checked against any schema. */
export interface ModelReply {
  readonly text: string;
  readonly reasoning: string;
  /** Those the engine is to answer: all but what the provider ran itself. Unknown tools and broken arguments are among them. */
  readonly toolCalls: readonly ToolCall[];
  readonly finish: FinishReason;
  /** What the model said, as messages of the provider prompt, as JSON: what the next call sends back. */
  readonly messages: Json;
  readonly usage: Usage;
  readonly cost: Cost;
}

/** A call that failed, with what is known about it. */
export interface ModelCallProblem {
  /** One of the codes for model calls: `model_call_failed` where nothing more is known. */
  readonly code: ModelProblemCode;
  readonly message: string;
  /** What to do about it, where more is known than the code says. */
  readonly remedy?: string;
  /** Whether the same call may succeed later (overload, a broken connection). `details.retryAfterMs`: not before. */
  readonly retryable: boolean;
  readonly details?: Json;
  readonly usage: Usage;
  readonly cost: Cost;
}

/** What a model call can fail with. */
export type ModelProblemCode =
  | "model_call_failed"
  | "model_unknown"
  | "api_key_refused"
  | "quota_exceeded"
  | "rate_limited"
  | "context_too_long"
  | "region_unsupported"
  | "file_refused"
  | "stream_broken";

/** The way to models. `agents/` is behind it; the runtime knows no provider. */
export interface ModelPort {
  /**
   * @throws {FlujoError} `model_unknown`, `package_missing`, `api_key_missing`, `offline`: what no second try can mend.
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
