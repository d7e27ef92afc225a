import type { LanguageModelV2, LanguageModelV3, LanguageModelV4 } from "@ai-sdk/provider";

/** A language model object of the AI SDK, of a version of its specification that can be called here. */
export type AnyLanguageModel = LanguageModelV2 | LanguageModelV3 | LanguageModelV4;

const VERSIONS: ReadonlySet<unknown> = new Set(["v2", "v3", "v4"]);

/** Whether a value can be called as a language model of the AI SDK. */
export function isLanguageModel(value: unknown): value is AnyLanguageModel {
  if (typeof value !== "object" || value === null) return false;
  if (!("doGenerate" in value) || !("doStream" in value) || !("specificationVersion" in value)) return false;
  return typeof value.doGenerate === "function" && typeof value.doStream === "function" && VERSIONS.has(value.specificationVersion);
}

const adapted = new WeakMap<AnyLanguageModel, LanguageModelV4>();

/**
 * The model as version 4 has it. Older ones go through the SDK's own adapter, which loads package `ai` (90 ms, 30 MB):
 * nothing else here needs it.
 */
export async function asCurrent(model: AnyLanguageModel): Promise<LanguageModelV4> {
  if (model.specificationVersion === "v4") return model;
  const before = adapted.get(model);
  if (before !== undefined) return before;
  // By default the SDK prints its warnings to stderr, into the middle of a CLI's output. Who set it, keeps it.
  if (globalThis.AI_SDK_LOG_WARNINGS === undefined) globalThis.AI_SDK_LOG_WARNINGS = false;
  const { wrapLanguageModel } = await import("ai");
  const current = wrapLanguageModel({ model, middleware: [] });
  adapted.set(model, current);
  return current;
}
