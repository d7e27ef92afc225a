import type { LanguageModelV4Prompt } from "@ai-sdk/provider";
import { behind, FlujoError } from "../base/errors.ts";
import { refuseOffline } from "../base/network/closed-network.ts";
import type { ModelPort, ModelProblemCode, ModelReply, ModelRequest } from "../runtime/model-port.ts";
import { Answer } from "./answer.ts";
import { askModel } from "./ask-model.ts";
import { callOptionsOf } from "./call-options.ts";
import { problemOf } from "./call-problem.ts";
import type { Environment } from "./connection.ts";
import { createModelResolver, leadsToServer, type RegisteredModel, type ResolvedModel } from "./model-reference.ts";
import { estimateUsage } from "./count-usage.ts";
import { asEstimate, pricingOf } from "./price.ts";
import { promptOf } from "./prompt.ts";
import type { ProviderOptions } from "./provider-options.ts";
import { replyOf } from "./reply.ts";
import { wireSchemaOf } from "./wire-schema.ts";

/** Where a port looks for models and keys. */
export interface ModelPortOptions {
  /**
   * Environment variables: `OPENAI_API_KEY`, `ANTHROPIC_API_KEY`, `GOOGLE_GENERATIVE_AI_API_KEY` (or `GEMINI_API_KEY`, or
   * `GOOGLE_API_KEY`), `OPENAI_COMPATIBLE_BASE_URL` and the like. Read when a reference is first resolved.
   *
   * @defaultValue `process.env`
   */
  readonly env?: Environment;
  /**
   * Models under names of your own, with or without a `:`: objects of the AI SDK, or functions that make one at the
   * first use. They win over all providers.
   *
   * @defaultValue none
   */
  readonly models?: Readonly<Record<string, RegisteredModel>>;
  /**
   * Providers under names of your own, or other settings for those built in: servers, provider objects of the AI SDK, or
   * functions that give one.
   *
   * @defaultValue none
   */
  readonly providers?: Readonly<Record<string, ProviderOptions>>;
}

/**
 * The way to models, through the provider specification of the AI SDK: one request per call, no retry, tools are never
 * run here. A provider's package loads with the first call that needs it.
 */
export function createModelPort(options: ModelPortOptions = {}): ModelPort {
  const { models = {}, providers = {} } = options;
  const sources = { env: options.env ?? process.env, models, providers };
  const resolve = createModelResolver(sources);
  return {
    async call(request) {
      request.signal.throwIfAborted();
      if (leadsToServer(request.model, sources)) refuseOffline(`call ${request.model}`, request.model); // before a key is asked for
      const resolved = await resolve(request.model);
      request.signal.throwIfAborted();
      return callOnce(request, resolved);
    },
    async check(model) {
      await resolve(model);
    },
  };
}

async function callOnce(request: ModelRequest, resolved: ResolvedModel): ReturnType<ModelPort["call"]> {
  const { model, tariff, takesDenials } = resolved;
  const { provider } = model;
  const answer = new Answer(request.onProgress);
  const schema = request.outputSchema === null ? null : wireSchemaOf(request.outputSchema);
  let prompt: LanguageModelV4Prompt | null = null;
  const inputBytes = () => bytesOf([prompt, request.tools, request.providerTools, request.outputSchema]);
  let headers: Readonly<Record<string, string>> = {};
  let reply: ModelReply;
  try {
    prompt = promptOf(request.instructions, request.transcript, { provider, takesDenials });
    const { signal } = request;
    const priced = await pricingOf(tariff);
    signal.throwIfAborted();
    request.onSending(() => {
      const { usage } = estimateUsage({ inputBytes, outputBytes: () => answer.bytes });
      return { usage, cost: asEstimate(priced(usage)) };
    });
    const stream = request.settings.stream !== false;
    await askModel({
      model,
      options: callOptionsOf(request, { prompt, schema, provider }),
      stream,
      signal,
      answer,
      onHeaders: (came) => (headers = came),
    });
    // In here too: an answer that cannot be read was paid for all the same.
    reply = await replyOf(answer, { provider, wrapped: schema?.wrapped ?? false }, { tariff, inputBytes });
  } catch (error) {
    // First of all: an abort while the answer comes in looks like a broken one.
    request.signal.throwIfAborted();
    refuseWithoutKey(error, resolved);
    const offline = behind(error, "offline");
    if (offline !== null) throw offline;
    return { ok: false, problem: await problemOf(error, { resolved, request, prompt, answer, inputBytes, headers }) };
  }
  const shared = sharedCallId(reply);
  if (shared === null) return { ok: true, reply };
  const code: ModelProblemCode = "model_call_failed";
  const message = `${resolved.label}: the model gave several tool calls one id (${JSON.stringify(shared.slice(0, 40))}), so they cannot be told apart; none was run.`;
  return { ok: false, problem: { code, message, retryable: true, usage: reply.usage, cost: reply.cost } };
}

/** A model object looks for its key when it is called. No second try can mend that, as with a reference. */
function refuseWithoutKey(error: unknown, { label }: ResolvedModel): void {
  if (!(error instanceof Error) || error.name !== "AI_LoadAPIKeyError") return;
  throw new FlujoError("api_key_missing", `${label}: ${error.message}`, { cause: error, details: { model: label } });
}

/** Counted only where tokens are to be guessed: where the provider reports them, nobody pays for this. */
function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** An id that more than one call has: one would take the other's answer. */
function sharedCallId({ toolCalls }: ModelReply): string | null {
  const seen = new Set<string>();
  for (const { callId } of toolCalls) {
    if (seen.has(callId)) return callId;
    seen.add(callId);
  }
  return null;
}
