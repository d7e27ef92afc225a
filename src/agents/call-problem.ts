import type { APICallError } from "ai";
import { messageOf } from "../base/errors.ts";
import type { Json } from "../base/json.ts";
import { FREE } from "../model/cost.ts";
import { NO_USAGE } from "../model/usage.ts";
import type { ModelCallProblem } from "../runtime/model-port.ts";
import type { AiSdk } from "./ai-sdk.ts";
import { estimateUsage } from "./count-usage.ts";
import { asEstimate, priceAt } from "./price.ts";
import type { ResolvedModel } from "./providers.ts";
import { redact } from "./redact.ts";

/** What a failed call was about. */
export interface FailedCall {
  readonly resolved: ResolvedModel;
  /** Texts that were sent; none of them is repeated. */
  readonly sent: readonly string[];
  readonly inputBytes: () => number;
}

interface Diagnosis {
  readonly message: string;
  readonly retryable: boolean;
  /** Whether the provider may have worked, and charge for it. */
  readonly worked: boolean;
  readonly details: { readonly [key: string]: Json };
}

/**
 * A failed call as data: what happened, whether trying again may help, and what it may have cost. Neither the prompt
 * nor the key is in it.
 */
export async function problemOf(sdk: AiSdk, error: unknown, call: FailedCall): Promise<ModelCallProblem> {
  const found = sdk.APICallError.isInstance(error) ? diagnoseHttp(error, call) : diagnoseOther(error, call);
  const details = { model: call.resolved.label, ...found.details };
  const about = { message: found.message, retryable: found.retryable, details };
  if (!found.worked) return { ...about, usage: { ...NO_USAGE, modelCalls: 1 }, cost: FREE };
  const { usage } = estimateUsage({ inputBytes: call.inputBytes, outputBytes: () => 0 });
  return { ...about, usage, cost: asEstimate(await priceAt(usage, call.resolved.tariff)) };
}

/** An error that is not the provider's: of a model object, of the SDK, of what was asked. */
function diagnoseOther(error: unknown, call: FailedCall): Diagnosis {
  const said = tell(error instanceof Error && error.name !== "Error" ? `${error.name}: ${error.message}` : messageOf(error), call);
  const worked = !(error instanceof Error && REFUSED_HERE.has(error.name));
  return { message: `${call.resolved.label} failed: ${said}`, retryable: networkCodeOf(error) !== null, worked, details: {} };
}

/** The SDK throws these before it calls the model. */
const REFUSED_HERE: ReadonlySet<string> = new Set(
  ["InvalidPrompt", "MissingToolResults", "InvalidArgument", "InvalidMessageRole", "MessageConversion", "UnsupportedModelVersion"].map(
    (name) => `AI_${name}Error`,
  ),
);

function diagnoseHttp(error: APICallError, call: FailedCall): Diagnosis {
  const { statusCode } = error;
  if (statusCode === undefined) return diagnoseNoAnswer(error, call);
  if (statusCode < 400) return diagnoseGarbled(error, call);
  const code = providerCodeOf(error.data);
  const retryAfterMs = retryAfterOf(error.responseHeaders ?? {});
  const hint = statusCode === 401 || statusCode === 403 ? keyHint(call.resolved) : "";
  return {
    message: `${call.resolved.label}: the provider answered ${statusCode}: ${sentence(tell(error.message, call))}${hint}`,
    retryable: error.isRetryable && !(code !== null && OUT_OF_CREDIT.has(code)),
    worked: MAYBE_WORKED.has(statusCode),
    details: { statusCode, ...(code === null ? {} : { providerCode: code }), ...(retryAfterMs === null ? {} : { retryAfterMs }) },
  };
}

/** Said with status 429, which the SDK takes for overload; waiting does not fill an account. */
const OUT_OF_CREDIT: ReadonlySet<string> = new Set(["insufficient_quota", "billing_hard_limit_reached", "billing_not_active"]);

/** A gateway gave up on an answer that may have been on its way. Other refusals are not charged. */
const MAYBE_WORKED: ReadonlySet<number> = new Set([408, 499, 502, 504, 520, 522, 524]);

/** These say that nothing was sent; any other broken connection may have broken after the request. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

function diagnoseNoAnswer(error: APICallError, call: FailedCall): Diagnosis {
  const { label, host } = call.resolved;
  const code = networkCodeOf(error);
  const where = host ?? "the provider";
  const isLocal = code === "ECONNREFUSED" && host !== null && /^(127\.|localhost|\[::1\])/.test(host);
  const how = code === null ? sentence(tell(error.message, call)) : `${code}.`;
  return {
    message: `${label}: no answer from ${where}: ${how}${isLocal ? " Is the server running?" : ""}`,
    retryable: error.isRetryable,
    worked: code === null || !NEVER_SENT.has(code),
    details: code === null ? {} : { networkCode: code },
  };
}

/** The status was good and the body was not: cut short, or not what a chat completion looks like. */
function diagnoseGarbled(error: APICallError, call: FailedCall): Diagnosis {
  const code = networkCodeOf(error);
  const what = code === null ? "the answer is not a chat completion" : `the connection broke in the middle of the answer (${code})`;
  return {
    message: `${call.resolved.label}: ${what}.`,
    retryable: error.isRetryable || code !== null,
    worked: true,
    details: {
      ...(error.statusCode === undefined ? {} : { statusCode: error.statusCode }),
      ...(code === null ? {} : { networkCode: code }),
    },
  };
}

function tell(message: string, call: FailedCall): string {
  return redact(message, { secrets: call.resolved.secrets, sent: call.sent });
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

function keyHint(resolved: ResolvedModel): string {
  return resolved.keyVariable === null ? "" : ` Check ${resolved.keyVariable}.`;
}

const NETWORK_CODE = /^(?:E[A-Z]{3,}|UND_ERR_[A-Z_]+)$/;

/** The code of the system or of the HTTP client (`ECONNRESET`, `UND_ERR_SOCKET`), of this error or of those behind it. */
function networkCodeOf(error: unknown): string | null {
  let at: unknown = error;
  for (let depth = 0; depth < 8 && at instanceof Error; depth++) {
    if ("code" in at && typeof at.code === "string" && NETWORK_CODE.test(at.code)) return at.code;
    at = at.cause;
  }
  return null;
}

/** OpenAI's `error.code` or `error.type`, where it is one word. */
function providerCodeOf(data: unknown): string | null {
  const error = fieldOf(data, "error");
  const code = fieldOf(error, "code") ?? fieldOf(error, "type");
  return typeof code === "string" && /^[a-z][a-z_]{2,47}$/.test(code) ? code : null;
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

/** How long the provider asks to wait, in milliseconds. A date counts from the date of the answer, so no clock is needed. */
function retryAfterOf(headers: Readonly<Record<string, string>>): number | null {
  const ms = Number(headers["retry-after-ms"] ?? Number.NaN);
  if (Number.isFinite(ms) && ms >= 0) return Math.ceil(ms);
  const after = headers["retry-after"];
  if (after === undefined) return null;
  const seconds = Number(after);
  if (Number.isFinite(seconds)) return seconds >= 0 ? Math.ceil(seconds * 1000) : null;
  const wait = Date.parse(after) - Date.parse(headers["date"] ?? "");
  return Number.isFinite(wait) ? Math.max(0, wait) : null;
}
