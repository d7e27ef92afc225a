import type { LanguageModelV4 } from "@ai-sdk/provider";
import { assertNever } from "../base/assert-never.ts";
import type { Connection } from "./connection.ts";
import { openProvider } from "./open-provider.ts";

/**
 * A language model of a server, through the provider's own package, which loads now.
 *
 * @throws {FlujoError} `package_missing`, with the command that installs it.
 */
export async function openModel(connection: Connection, modelId: string): Promise<LanguageModelV4> {
  const opened = await openProvider(connection);
  switch (opened.speaks) {
    case "openai":
      return opened.provider.responses(modelId);
    case "anthropic":
    case "google":
      return opened.provider.languageModel(modelId);
    case "openai-compatible":
      return opened.provider.chatModel(modelId);
    default:
      return assertNever(opened);
  }
}
