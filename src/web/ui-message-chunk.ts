/**
 * One piece of a UI message, in the words of the AI SDK's UI message stream protocol, version 1: those of its words that
 * Flujo uses.
 */
export type UiMessageChunk =
  | { readonly type: "start"; readonly messageId?: string; readonly messageMetadata?: unknown }
  | { readonly type: "finish"; readonly finishReason: UiFinishReason; readonly messageMetadata?: unknown }
  | { readonly type: "abort"; readonly reason: string }
  | { readonly type: "error"; readonly errorText: string }
  | { readonly type: "start-step" | "finish-step" | "reset-step" }
  | { readonly type: "text-start" | "text-end" | "reasoning-start" | "reasoning-end"; readonly id: string }
  | { readonly type: "text-delta" | "reasoning-delta"; readonly id: string; readonly delta: string }
  | { readonly type: "tool-input-start"; readonly toolCallId: string; readonly toolName: string }
  | { readonly type: "tool-input-delta"; readonly toolCallId: string; readonly inputTextDelta: string }
  | {
      readonly type: "tool-input-available";
      readonly toolCallId: string;
      readonly toolName: string;
      readonly input: unknown;
      readonly providerExecuted?: boolean;
    }
  | {
      readonly type: "tool-input-error";
      readonly toolCallId: string;
      readonly toolName: string;
      readonly input: unknown;
      readonly errorText: string;
    }
  | { readonly type: "tool-approval-request"; readonly approvalId: string; readonly toolCallId: string }
  | { readonly type: "tool-approval-response"; readonly approvalId: string; readonly approved: boolean; readonly reason?: string }
  | { readonly type: "tool-output-available"; readonly toolCallId: string; readonly output: unknown; readonly providerExecuted?: boolean }
  | { readonly type: "tool-output-error"; readonly toolCallId: string; readonly errorText: string }
  | { readonly type: "tool-output-denied"; readonly toolCallId: string }
  /** A question to a person that is no approval of a tool; sent again with its answer. */
  | { readonly type: "data-flujo-pause"; readonly id: string; readonly data: unknown }
  /** A signal or a moment that the run waits for; sent again when that is over. */
  | { readonly type: "data-flujo-wait"; readonly id: string; readonly data: unknown }
  /** A function step that starts or ends, and what one reports: told, and not kept in the message. */
  | { readonly type: "data-flujo-step" | "data-flujo-report"; readonly data: unknown; readonly transient: true };

/** Why a message ended. */
export type UiFinishReason = "stop" | "tool-calls" | "error" | "interrupted" | "other";
