import type { JSONSchema7 } from "@ai-sdk/provider";
import type { ModelMessage, ToolSet } from "ai";
import type { Json } from "../base/json.ts";
import type { ToolSpec } from "../model/node.ts";
import type { ModelPort, ModelReply, ModelRequest } from "../runtime/model-port.ts";
import { type AiSdk, loadAiSdk } from "./ai-sdk.ts";
import { problemOf } from "./call-problem.ts";
import { messagesOf } from "./messages.ts";
import { createModelResolver, type RegisteredModel } from "./model-reference.ts";
import type { Environment, ResolvedModel } from "./providers.ts";
import { type Answered, replyOf } from "./reply.ts";
import { type WireSchema, wireSchemaOf } from "./wire-schema.ts";

/** Where a port looks for models and keys. */
export interface ModelPortOptions {
  /**
   * Environment variables: `OPENAI_API_KEY`, `OPENAI_BASE_URL`, `OPENAI_COMPATIBLE_BASE_URL` and the like. Read when a
   * reference is first resolved.
   *
   * @defaultValue `process.env`
   */
  readonly env?: Environment;
  /**
   * Models under names of your own, with or without a `:`: objects of the AI SDK, or functions that make one at the
   * first use. They win over the providers built in.
   *
   * @defaultValue none
   */
  readonly models?: Readonly<Record<string, RegisteredModel>>;
}

/**
 * The way to models, through the AI SDK: one request per call, no retry, tools are never run here. The SDK and a
 * provider's package load with the first call that needs them.
 *
 * Node's fetch gives up when the headers of an answer do not come within 300 seconds; such a call is a problem that
 * may be retried.
 */
export function createModelPort(options: ModelPortOptions = {}): ModelPort {
  const resolve = createModelResolver({ env: options.env ?? process.env, models: options.models ?? {} });
  return {
    async call(request) {
      request.signal.throwIfAborted();
      const resolved = await resolve(request.model);
      const sdk = await loadAiSdk();
      request.signal.throwIfAborted();
      const prepared = prepare(sdk, request);
      let answered: Answered;
      try {
        answered = await ask(sdk, { request, resolved, prepared });
      } catch (error) {
        // First of all: an abort while the body is read looks like a broken answer.
        request.signal.throwIfAborted();
        return { ok: false, problem: await problemOf(sdk, error, { resolved, sent: textsOf(request), inputBytes: prepared.inputBytes }) };
      }
      const reply = await replyOf(answered, { tariff: resolved.tariff, inputBytes: prepared.inputBytes });
      const shared = sharedCallId(reply);
      if (shared === null) return { ok: true, reply };
      const message = `The model gave several tool calls one id (${JSON.stringify(shared.slice(0, 40))}), so they cannot be told apart; none was run.`;
      return { ok: false, problem: { message, retryable: true, usage: reply.usage, cost: reply.cost } };
    },
    async check(model) {
      await resolve(model);
    },
  };
}

/** What goes into the SDK's call, made before it. */
interface Prepared {
  readonly messages: ModelMessage[];
  readonly tools: ToolSet | null;
  readonly wire: WireSchema | null;
  /** Counted only when it is needed: where the provider reports its tokens, nobody pays for this. */
  readonly inputBytes: () => number;
}

function prepare(sdk: AiSdk, request: ModelRequest): Prepared {
  const messages = messagesOf(request.transcript);
  return {
    messages,
    tools: request.tools.length === 0 ? null : toolsOf(sdk, request.tools),
    wire: request.outputSchema === null ? null : wireSchemaOf(request.outputSchema),
    inputBytes: () => {
      const described = request.tools.map(({ name, description, inputSchema }) => [name, description, inputSchema]);
      return bytesOf([request.instructions, messages, described, request.outputSchema]);
    },
  };
}

interface Call {
  readonly request: ModelRequest;
  readonly resolved: ResolvedModel;
  readonly prepared: Prepared;
}

async function ask(sdk: AiSdk, { request, resolved, prepared }: Call): Promise<Answered> {
  const { tools, wire } = prepared;
  let answer: string | null = null;
  const result = await sdk.generateText({
    model: resolved.model,
    messages: prepared.messages,
    abortSignal: request.signal,
    maxRetries: 0, // the engine retries: its attempts are journalled and billed one by one
    stopWhen: sdk.isStepCount(1),
    ...(request.instructions === "" ? {} : { instructions: request.instructions }),
    ...(tools === null ? {} : { tools }),
    ...(wire === null ? {} : { output: keepText(sdk, wire.schema, (text) => (answer = text)) }),
    ...(wire === null || wire.strict ? {} : { providerOptions: NOT_STRICT }),
  });
  return { result, answer, wrapped: wire?.wrapped ?? false };
}

/** OpenAI's own package and the compatible one each listen to one of these; other providers to none. */
const NOT_STRICT = { openai: { strictJsonSchema: false }, openaiCompatible: { strictJsonSchema: false } };

/**
 * Asks for an object of this schema, and takes what comes as text. The SDK's own output throws at bad JSON, and then
 * usage and tool calls have to be dug out of the error; the engine validates in any case.
 */
function keepText(sdk: AiSdk, schema: Json, keep: (text: string) => void) {
  return {
    ...sdk.Output.object({ schema: sdk.jsonSchema<string>(schema as JSONSchema7) }),
    parseCompleteOutput: async ({ text }: { readonly text: string }) => {
      keep(text);
      return text;
    },
    parsePartialOutput: async () => undefined,
  };
}

/** Without `execute`, the SDK hands the calls over. Without a validator it checks only that the arguments are JSON. */
function toolsOf(sdk: AiSdk, specs: readonly ToolSpec[]): ToolSet {
  return Object.fromEntries(
    specs.map((spec) => [
      spec.name,
      sdk.tool({ description: spec.description, inputSchema: sdk.jsonSchema<unknown>(spec.inputSchema as JSONSchema7) }),
    ]),
  );
}

/** Names of the format, which a provider's message may well say. */
const FORMAT_KEYS: ReadonlySet<string> = new Set(["role", "type", "toolCallId", "toolName"]);

/** Every text of the request, so that none is repeated in a message. */
function textsOf(request: ModelRequest): readonly string[] {
  const texts: string[] = [request.instructions];
  JSON.stringify(messagesOf(request.transcript), (key, value: unknown) => {
    if (typeof value === "string" && !FORMAT_KEYS.has(key)) texts.push(value);
    return value;
  });
  return texts;
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** An id that more than one call has. The SDK looks calls up by their ids: it would give the first one's arguments to both. */
function sharedCallId({ toolCalls }: ModelReply): string | null {
  const seen = new Set<string>();
  for (const { callId } of toolCalls) {
    if (seen.has(callId)) return callId;
    seen.add(callId);
  }
  return null;
}
