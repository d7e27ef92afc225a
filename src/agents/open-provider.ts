import type { AnthropicProvider } from "@ai-sdk/anthropic";
import type { GoogleGenerativeAIProvider } from "@ai-sdk/google";
import type { OpenAIProvider } from "@ai-sdk/openai";
import type { OpenAICompatibleProvider } from "@ai-sdk/openai-compatible";
import { assertNever } from "../base/assert-never.ts";
import type { Connection } from "./connection.ts";
import { loadPackage } from "./load-package.ts";
import { loadPatientFetch } from "./patient-fetch.ts";
import { PROVIDER_PACKAGES } from "./provider-packages.ts";

/** A provider's own package, made for one server: what it speaks says what it offers. */
export type OpenedProvider =
  | { readonly speaks: "openai"; readonly provider: OpenAIProvider }
  | { readonly speaks: "anthropic"; readonly provider: AnthropicProvider }
  | { readonly speaks: "google"; readonly provider: GoogleGenerativeAIProvider }
  | { readonly speaks: "openai-compatible"; readonly provider: OpenAICompatibleProvider };

/**
 * The provider's own package for a server, which loads now.
 *
 * Key and address are always given to it: left to itself, a package would look for them in the environment.
 *
 * @throws {FlujoError} `package_missing`, with the command that installs it.
 */
export async function openProvider(connection: Connection): Promise<OpenedProvider> {
  const { provider: name, baseURL, key, speaks } = connection;
  const fetch = connection.fetch ?? (await loadPatientFetch());
  const settings = { baseURL, headers: { ...connection.headers }, fetch };
  switch (speaks) {
    case "openai": {
      const { createOpenAI } = await loadPackage(PROVIDER_PACKAGES.openai, () => import("@ai-sdk/openai"));
      return { speaks, provider: createOpenAI({ ...settings, apiKey: key ?? "" }) };
    }
    case "anthropic": {
      const { createAnthropic } = await loadPackage(PROVIDER_PACKAGES.anthropic, () => import("@ai-sdk/anthropic"));
      return { speaks, provider: createAnthropic({ ...settings, apiKey: key ?? "" }) };
    }
    case "google": {
      const { createGoogleGenerativeAI } = await loadPackage(PROVIDER_PACKAGES.google, () => import("@ai-sdk/google"));
      return { speaks, provider: createGoogleGenerativeAI({ ...settings, apiKey: key ?? "" }) };
    }
    case "openai-compatible": {
      const { createOpenAICompatible } = await loadPackage(
        PROVIDER_PACKAGES["openai-compatible"],
        () => import("@ai-sdk/openai-compatible"),
      );
      const made = createOpenAICompatible({
        ...settings,
        name,
        includeUsage: true, // without it a streamed answer says nothing of its tokens
        supportsStructuredOutputs: true, // without it the schema is not sent
        ...(key === null ? {} : { apiKey: key }),
      });
      return { speaks, provider: made };
    }
    default:
      return assertNever(speaks);
  }
}
