/** A model of each protocol. */
export const MODELS = {
  openai: "openai:gpt-5-mini",
  anthropic: "anthropic:claude-sonnet-4-5",
  google: "google:gemini-2.5-flash",
  "openai-compatible": "openai-compatible:m",
} as const;

/** The same as pairs, for a table of tests. */
export const ALL_FOUR = Object.entries(MODELS) as readonly (readonly [keyof typeof MODELS, string])[];
