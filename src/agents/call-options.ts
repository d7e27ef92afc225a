import type {
  JSONSchema7,
  LanguageModelV4CallOptions,
  LanguageModelV4FunctionTool,
  LanguageModelV4Prompt,
  LanguageModelV4ProviderTool,
  SharedV4ProviderOptions,
} from "@ai-sdk/provider";
import type { ToolChoice } from "../model/model-settings.ts";
import type { ModelRequest } from "../runtime/model-port.ts";
import type { WireSchema } from "./wire-schema.ts";

type CallOptions = Omit<LanguageModelV4CallOptions, "abortSignal">;

/** What goes into a call beside the request itself. */
export interface Wire {
  readonly prompt: LanguageModelV4Prompt;
  /** Of the output; null for free text. */
  readonly schema: WireSchema | null;
  /** As the model object names its provider: `openai.responses`. */
  readonly provider: string;
}

/** A request as the options of one call of the provider specification. What is not set is left to the provider. */
export function callOptionsOf(request: ModelRequest, { prompt, schema, provider }: Wire): CallOptions {
  const { settings } = request;
  const tools = toolsOf(request);
  const options: CallOptions = { prompt };
  if (tools.length > 0) options.tools = tools;
  if (tools.length > 0 && request.toolChoice !== "auto") options.toolChoice = choiceOf(request.toolChoice);
  if (schema !== null) options.responseFormat = { type: "json", schema: schema.schema as JSONSchema7 };
  const providerOptions = providerOptionsOf(request, { provider, isStrict: schema?.strict ?? true });
  if (providerOptions !== null) options.providerOptions = providerOptions;
  if (settings.stopSequences !== undefined) options.stopSequences = [...settings.stopSequences];
  if (settings.headers !== undefined) options.headers = { ...settings.headers };
  for (const name of PASSED_ON) if (settings[name] !== undefined) Object.assign(options, { [name]: settings[name] });
  return options;
}

/** Settings that the specification knows by the same name. */
const PASSED_ON = [
  "temperature",
  "topP",
  "topK",
  "maxOutputTokens",
  "reasoning",
  "seed",
  "presencePenalty",
  "frequencyPenalty",
] as const satisfies readonly (keyof CallOptions)[];

function toolsOf({ tools, providerTools }: ModelRequest): (LanguageModelV4FunctionTool | LanguageModelV4ProviderTool)[] {
  return [
    ...tools.map(({ name, description, inputSchema }) => {
      return { type: "function" as const, name, description, inputSchema: inputSchema as JSONSchema7 };
    }),
    ...providerTools.map(({ id, name, args }) => ({ type: "provider" as const, id, name, args: { ...args } })),
  ];
}

function choiceOf(choice: ToolChoice): NonNullable<LanguageModelV4CallOptions["toolChoice"]> {
  return typeof choice === "string" ? { type: choice } : { type: "tool", toolName: choice.tool };
}

/** Ours first, the user's over them, provider by provider; null where there are none. */
function providerOptionsOf(
  { settings }: ModelRequest,
  { provider, isStrict }: { readonly provider: string; readonly isStrict: boolean },
): SharedV4ProviderOptions | null {
  const merged: Record<string, Record<string, unknown>> = {};
  const add = (name: string, options: Readonly<Record<string, unknown>>): void => {
    merged[name] = { ...merged[name], ...options };
  };
  const given = settings.providerOptions ?? {};
  const responses = /^(openai|azure)\.responses$/.exec(provider)?.[1];
  if (responses !== undefined && !leansOnTheServer(given[responses])) add(responses, STATELESS);
  if (!isStrict) for (const name of ["openai", "azure", "openaiCompatible"]) if (concerns(name, provider)) add(name, NOT_STRICT);
  for (const [name, options] of Object.entries(given)) add(name, options);
  return Object.keys(merged).length === 0 ? null : (merged as SharedV4ProviderOptions);
}

/** OpenAI's Responses API keeps conversations by default, and refers to them; here the journal does, and it must be whole. */
const STATELESS = { store: false };

/** What points to a conversation on the server needs it to be kept there. */
function leansOnTheServer(options: Readonly<Record<string, unknown>> | undefined): boolean {
  return options !== undefined && ("previousResponseId" in options || "conversation" in options);
}

/** OpenAI's package and the compatible one each listen to one of these; other providers to none. */
const NOT_STRICT = { strictJsonSchema: false };

function concerns(name: string, provider: string): boolean {
  const [maker = ""] = provider.split(".");
  return name === "openaiCompatible" ? provider.endsWith(".chat") && maker !== "azure" : name === maker;
}
