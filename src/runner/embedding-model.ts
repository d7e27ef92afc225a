import type { EmbeddingModel } from "../model/embedding-model.ts";
import { nameOf } from "../model/embedding-model.ts";
import type { FlujoOptions } from "./options.ts";

/** Where an embedding model that is named by its reference is looked for. */
export type EmbeddingModelOptions = Pick<FlujoOptions, "env" | "providers">;

/**
 * An embedding model: by its reference (`openai:text-embedding-3-small`, `google:…`, `openai-compatible:…`, `ollama:…`, or a provider of
 * yours), with the keys and addresses that references of language models have; or an object of the AI SDK. The provider's package loads
 * with the first use. One call is one request, and nothing is tried again: the step that it stands in says how often.
 *
 * What it is asked fails as a call of a model does (`api_key_missing`, `model_unknown`, `package_missing`, `api_key_refused` and so on); what may
 * pass is thrown as an `Error`, which a step with `retries` tries again.
 *
 * @example
 * ```ts
 * import { embeddingModel } from "flujo";
 *
 * const embedding = embeddingModel("ollama:nomic-embed-text", { providers: { ollama: { baseURL: "http://127.0.0.1:11434/v1" } } });
 * console.log(embedding.name); // ollama:nomic-embed-text
 * ```
 */
export function embeddingModel(reference: string | object, { env, providers = {} }: EmbeddingModelOptions = {}): EmbeddingModel {
  let opening: Promise<Pick<EmbeddingModel, "embed">> | null = null;
  const opened = async (): Promise<Pick<EmbeddingModel, "embed">> => {
    opening ??= import("../agents/embedding-model.ts").then(({ openEmbeddingModel }) =>
      openEmbeddingModel(reference, { env: env ?? process.env, providers }),
    );
    try {
      return await opening;
    } catch (error) {
      opening = null; // a key may be set, a package installed, by the next time
      throw error;
    }
  };
  return {
    name: typeof reference === "string" ? reference : nameOf(reference),
    embed: async (texts, request) => (texts.length === 0 ? [] : (await opened()).embed(texts, request)),
  };
}
