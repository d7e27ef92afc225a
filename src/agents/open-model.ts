import type { LanguageModelV4 } from "@ai-sdk/provider";
import { assertNever } from "../base/assert-never.ts";
import type { Connection } from "./connection.ts";
import { loadPackage } from "./load-package.ts";
import { loadPatientFetch } from "./patient-fetch.ts";
import { PROVIDER_PACKAGES } from "./provider-packages.ts";

/**
 * A model of a server, through the provider's own package, which loads now.
 *
 * Key and address are always given to it: left to itself, a package would look for them in the environment.
 *
 * @throws {FlujoError} `package_missing`, with the command that installs it.
 */
export async function openModel(connection: Connection, modelId: string): Promise<LanguageModelV4> {
  const { provider, baseURL, key, speaks } = connection;
  const fetch = connection.fetch ?? (await loadPatientFetch());
  const settings = { baseURL, headers: { ...connection.headers }, fetch };
  switch (speaks) {
    case "openai": {
      const { createOpenAI } = await loadPackage(PROVIDER_PACKAGES.openai, () => import("@ai-sdk/openai"));
      return createOpenAI({ ...settings, apiKey: key ?? "" }).responses(modelId);
    }
    case "anthropic": {
      const { createAnthropic } = await loadPackage(PROVIDER_PACKAGES.anthropic, () => import("@ai-sdk/anthropic"));
      return createAnthropic({ ...settings, apiKey: key ?? "" }).languageModel(modelId);
    }
    case "google": {
      const { createGoogleGenerativeAI } = await loadPackage(PROVIDER_PACKAGES.google, () => import("@ai-sdk/google"));
      return createGoogleGenerativeAI({ ...settings, apiKey: key ?? "" }).languageModel(modelId);
    }
    case "openai-compatible": {
      const { createOpenAICompatible } = await loadPackage(
        PROVIDER_PACKAGES["openai-compatible"],
        () => import("@ai-sdk/openai-compatible"),
      );
      const client = createOpenAICompatible({
        ...settings,
        name: provider,
        includeUsage: true, // without it a streamed answer says nothing of its tokens
        supportsStructuredOutputs: true, // without it the schema is not sent
        ...(key === null ? {} : { apiKey: key }),
      });
      return client.chatModel(modelId);
    }
    default:
      return assertNever(speaks);
  }
}
