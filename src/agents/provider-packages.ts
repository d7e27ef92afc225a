import type { OptionalPackage } from "./load-package.ts";
import type { ModelProtocol } from "./provider-options.ts";

/** The package that speaks each protocol. */
export const PROVIDER_PACKAGES: Readonly<Record<ModelProtocol, OptionalPackage>> = {
  openai: { name: "@ai-sdk/openai", range: "4" },
  anthropic: { name: "@ai-sdk/anthropic", range: "4" },
  google: { name: "@ai-sdk/google", range: "4" },
  "openai-compatible": { name: "@ai-sdk/openai-compatible", range: "3" },
};
