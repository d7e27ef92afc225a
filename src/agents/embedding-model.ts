import { FlujoError, messageOf } from "../base/errors.ts";
import { refuseOffline } from "../base/network/closed-network.ts";
import type { EmbeddingModel } from "../model/embedding-model.ts";
import { nameOf } from "../model/embedding-model.ts";
import { readFailure } from "./call-facts.ts";
import { connect, type Connection, type Environment } from "./connection.ts";
import { diagnose, isRetryable } from "./diagnose.ts";
import { KNOWN_PROVIDERS } from "./known-providers.ts";
import { openProvider } from "./open-provider.ts";
import { parseReference } from "./parse-reference.ts";
import type { ProviderOptions } from "./provider-options.ts";
import { redact } from "./redact.ts";
import { refuseProvider } from "./refuse-reference.ts";

/** Where a reference leads. */
export interface EmbeddingSources {
  readonly env: Environment;
  readonly providers: Readonly<Record<string, ProviderOptions>>;
}

/** What the AI SDK calls an embedding model, as far as it is used here: the same in all versions of its specification since 2. */
interface SdkEmbeddingModel {
  readonly maxEmbeddingsPerCall?: PromiseLike<number | undefined> | number | undefined;
  doEmbed(options: {
    readonly values: string[];
    readonly abortSignal?: AbortSignal;
  }): PromiseLike<{ readonly embeddings: readonly (readonly number[])[] }>;
}

/** An embedding model that can be asked, and what messages about it must not repeat. */
interface Opened {
  readonly model: SdkEmbeddingModel;
  readonly label: string;
  readonly secrets: readonly string[];
  /** Whether its calls are known to leave this machine's own code. */
  readonly isRemote: boolean;
}

/** How many texts are sent at once where the model does not say how many it takes. */
const TEXTS_PER_CALL = 96;

/**
 * An embedding model of a provider, by its reference, or an object of the AI SDK.
 *
 * @throws {FlujoError} `model_unknown`, `api_key_missing`, `package_missing`, `usage_invalid`, before anything is sent.
 */
export async function openEmbeddingModel(reference: string | object, sources: EmbeddingSources): Promise<Pick<EmbeddingModel, "embed">> {
  const opened = typeof reference === "string" ? await openReference(reference, sources) : openObject(reference, nameOf(reference));
  return {
    embed: async (texts, { signal } = {}) => {
      const most = (await opened.model.maxEmbeddingsPerCall) ?? TEXTS_PER_CALL;
      const vectors: (readonly number[])[] = [];
      for (let from = 0; from < texts.length; from += most)
        vectors.push(...(await embedOnce(opened, { values: texts.slice(from, from + most), signal })));
      return vectors;
    },
  };
}

interface Batch {
  readonly values: readonly string[];
  readonly signal: AbortSignal | undefined;
}

async function embedOnce({ model, label, secrets, isRemote }: Opened, { values, signal }: Batch): Promise<readonly (readonly number[])[]> {
  signal?.throwIfAborted();
  if (isRemote) refuseOffline(`embed with ${label}`, label);
  let embeddings: readonly (readonly number[])[];
  try {
    ({ embeddings } = await model.doEmbed({ values: [...values], ...(signal === undefined ? {} : { abortSignal: signal }) }));
  } catch (error) {
    signal?.throwIfAborted();
    if (FlujoError.is(error)) throw error;
    const facts = readFailure(error);
    const code = diagnose(facts, { hasFiles: false });
    const message = `${label}: ${redact(facts.said === "" ? messageOf(error) : facts.said, { secrets, sent: values })}`;
    throw isRetryable(facts, code) ? new Error(message) : new FlujoError(code, message);
  }
  if (embeddings.length === values.length) return embeddings;
  throw new FlujoError("model_call_failed", `${label} gave ${embeddings.length} vectors for ${values.length} texts.`);
}

async function openReference(reference: string, { env, providers }: EmbeddingSources): Promise<Opened> {
  const named = parseReference(reference);
  const { provider, model } = named ?? { provider: "", model: "" };
  const given = Object.hasOwn(providers, provider) ? providers[provider] : undefined;
  const known = KNOWN_PROVIDERS.get(provider) ?? null;
  if (named === null || provider === "offline" || (known === null && given === undefined))
    throw provider === "" || provider === "offline"
      ? refuseEmbedding(reference)
      : refuseProvider(reference, { provider, sources: { models: {}, providers } });
  if (typeof given === "function") return ofProvider(await given(), named);
  if (given !== undefined && "languageModel" in given) return ofProvider(given, named);
  const connection = connect({ provider, model, known, options: given ?? {}, env });
  const secrets = [...(connection.key === null ? [] : [connection.key]), ...Object.values(connection.headers)];
  return { model: await openServer(connection, model), label: reference, secrets, isRemote: true };
}

function refuseEmbedding(reference: string): FlujoError<"model_unknown"> {
  return new FlujoError("model_unknown", `"${reference}" is no embedding model.`, {
    details: { model: reference },
    remedy: "Write it as provider:model, for example `openai:text-embedding-3-small`; `hashedNgrams()` of flujo/recipes needs no provider.",
  });
}

function ofProvider(provider: unknown, { provider: name, model }: { readonly provider: string; readonly model: string }): Opened {
  const label = `${name}:${model}`;
  if (typeof provider !== "object" && typeof provider !== "function") throw refuseEmbedding(label);
  const open: unknown = provider !== null && "embeddingModel" in provider ? provider.embeddingModel : undefined;
  if (typeof open !== "function") throw refuseEmbedding(label);
  return openObject(open.call(provider, model), label);
}

function openObject(model: unknown, label: string): Opened {
  if (typeof model !== "object" || model === null || !("doEmbed" in model) || typeof model.doEmbed !== "function")
    throw refuseEmbedding(label);
  return { model: model as SdkEmbeddingModel, label, secrets: [], isRemote: false }; // its version says what doEmbed takes
}

async function openServer(connection: Connection, modelId: string): Promise<SdkEmbeddingModel> {
  const opened = connection.speaks === "anthropic" ? null : await openProvider(connection);
  if (opened !== null && opened.speaks !== "anthropic") return opened.provider.embeddingModel(modelId);
  throw new FlujoError("model_unknown", `${connection.provider}:${modelId}: this provider has no embedding models.`, {
    remedy: "Use one of another provider, for example `openai:text-embedding-3-small`.",
  });
}
