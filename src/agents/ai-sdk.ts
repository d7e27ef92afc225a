import type { LanguageModel } from "ai";

/** The AI SDK's module. */
export type AiSdk = typeof import("ai");

/** A language model object of the AI SDK (specification v4; v3 and v2 through its own adapters). Never a string. */
export type LanguageModelObject = Exclude<LanguageModel, string>;

let loading: Promise<AiSdk> | undefined;

/**
 * The AI SDK, loaded by the first model call of the process: about 90 ms and 30 MB that a program without agents, or
 * a run answered from its journal, never pays.
 */
export function loadAiSdk(): Promise<AiSdk> {
  loading ??= import("ai").then((sdk) => {
    // By default the SDK prints its warnings to stderr, into the middle of a CLI's output. Who set it, keeps it.
    if (globalThis.AI_SDK_LOG_WARNINGS === undefined) globalThis.AI_SDK_LOG_WARNINGS = false;
    return sdk;
  });
  return loading;
}

/** Whether a value can be called as a language model of the AI SDK. */
export function isLanguageModel(value: unknown): value is LanguageModelObject {
  if (typeof value !== "object" || value === null) return false;
  return "doGenerate" in value && typeof value.doGenerate === "function" && "specificationVersion" in value;
}
