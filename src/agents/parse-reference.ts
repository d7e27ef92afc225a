/** The two halves of `provider:model`. */
export interface ModelReference {
  readonly provider: string;
  readonly model: string;
}

/** Splits at the first `:`, so that `ollama:qwen3:8b` keeps its tag; null where a half is empty or there is no `:`. */
export function parseReference(reference: string): ModelReference | null {
  const colon = reference.indexOf(":");
  if (colon <= 0 || colon === reference.length - 1) return null;
  return { provider: reference.slice(0, colon), model: reference.slice(colon + 1) };
}
