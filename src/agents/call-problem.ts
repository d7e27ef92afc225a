import type { LanguageModelV4Prompt } from "@ai-sdk/provider";
import { assertNever } from "../base/assert-never.ts";
import { ERRORS } from "../base/errors.ts";
import type { Json } from "../base/json.ts";
import { FREE } from "../model/cost.ts";
import type { FlujoFile } from "../model/flujo-file.ts";
import { NO_USAGE } from "../model/usage.ts";
import type { ModelCallProblem, ModelProblemCode, ModelRequest } from "../runtime/model-port.ts";
import type { Answer } from "./answer.ts";
import { type CallFacts, readFailure } from "./call-facts.ts";
import { countUsage } from "./count-usage.ts";
import { tokensIn } from "../model/token-estimate.ts";
import { diagnose, isRetryable } from "./diagnose.ts";
import type { ResolvedModel } from "./model-reference.ts";
import { nearModels } from "./near-models.ts";
import { asEstimate, priceAt } from "./price.ts";
import { redact } from "./redact.ts";
import { retryAfterOf } from "./retry-after.ts";
import { tokenCountsIn } from "./token-counts.ts";

/** What a failed call was about. */
export interface FailedCall {
  readonly resolved: ResolvedModel;
  readonly request: ModelRequest;
  /** What had come by then. */
  readonly answer: Answer;
  /** What was sent, or was about to be; null where it could not even be put together. */
  readonly prompt: LanguageModelV4Prompt | null;
  readonly inputBytes: () => number;
  /** Of the answer that broke off. */
  readonly headers: Readonly<Record<string, string>>;
}

type Details = { readonly [key: string]: Json };

/** What is told beside the facts. */
interface Told {
  readonly message: string;
  readonly remedy?: string;
  readonly details: Details;
}

/**
 * A failed call as data: what happened, whether trying again may help, and what it may have cost. Neither the prompt
 * nor the key is in it; of the prompt only what a model for tests quotes on purpose, for whoever reads why a test fails.
 */
export async function problemOf(error: unknown, call: FailedCall): Promise<ModelCallProblem> {
  const read = readFailure(error);
  const facts: CallFacts = call.prompt === null ? { ...read, reached: "not-sent", retryable: false } : read;
  const files = filesIn(call.request);
  const code = diagnose(facts, { hasFiles: files.length > 0 });
  const shown = withoutSecrets(facts, { call, sent: quotesOnPurpose(error) ? [] : textsIn(call) });
  const told = await tell(code, { facts: shown, call, files });
  const retryAfterMs = retryAfterOf(facts);
  const problem = {
    code,
    message: told.message,
    ...(told.remedy === undefined ? {} : { remedy: told.remedy }),
    retryable: isRetryable(facts, code) && !isWrongKindOfAnswer(facts, call),
    details: { model: call.resolved.label, ...plainDetails(shown), ...(retryAfterMs === null ? {} : { retryAfterMs }), ...told.details },
  };
  return { ...problem, ...(await billOf(facts, call)) };
}

/** What is known, in a form that may be shown: a provider may put what it quotes into any field. */
function withoutSecrets(facts: CallFacts, { call, sent }: { readonly call: FailedCall; readonly sent: readonly string[] }): CallFacts {
  const confidential = { secrets: call.resolved.secrets, sent };
  const hide = (text: string): string => (text === "" ? "" : redact(text, confidential));
  const { code, headers } = facts;
  const requestId = headers["x-request-id"] ?? headers["request-id"] ?? "";
  return {
    ...facts,
    said: hide(facts.said),
    code: code !== null && hide(code) === code ? code : null,
    headers: /^[\w-]{6,64}$/.test(requestId) && hide(requestId) === requestId ? { "request-id": requestId } : {},
  };
}

/** Whether an error is one of a scripted model that is asked more than its script has. By its mark: it may be of another copy of the package. */
function quotesOnPurpose(error: unknown): boolean {
  return error instanceof Error && "quotesPrompt" in error && error.quotesPrompt === true;
}

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

async function billOf(facts: CallFacts, { resolved, answer, inputBytes }: FailedCall) {
  if (!mayHaveWorked(facts)) return { usage: { ...NO_USAGE, modelCalls: 1 }, cost: FREE };
  const { usage, estimated } = countUsage(answer.finish?.usage, { inputBytes, outputBytes: () => answer.bytes });
  const cost = await priceAt(usage, resolved.tariff);
  // Google counts while it speaks: what it had counted when the answer broke off need not be all that it bills.
  return { usage, cost: estimated || facts.broken === "ended-early" ? asEstimate(cost) : cost };
}

function mayHaveWorked({ reached, status, networkCode }: CallFacts): boolean {
  switch (reached) {
    case "not-sent":
      return false;
    case "no-answer":
      return networkCode === null || !NEVER_SENT.has(networkCode);
    case "refused":
      return status !== null && MAYBE_WORKED.has(status);
    case "answering":
    case "own-error":
      return true;
    default:
      return assertNever(reached);
  }
}

interface Case {
  readonly facts: CallFacts;
  readonly call: FailedCall;
  readonly files: readonly FlujoFile[];
}

async function tell(code: ModelProblemCode, { facts, call, files }: Case): Promise<Told> {
  const { resolved } = call;
  const message = whatHappened(facts, call);
  switch (code) {
    case "api_key_refused":
      return {
        message,
        details: {},
        remedy: resolved.keyPlace === null ? ERRORS[code].remedy : `Check ${resolved.keyPlace}, and that its key may use this model.`,
      };
    case "model_unknown": {
      const near = await nearModels(resolved.tariff);
      const meant = near.length === 0 ? "" : ` Did you mean ${near.map((name) => `"${name}"`).join(" or ")}?`;
      const at = resolved.host === null ? "" : `, and that ${resolved.host} is the right server`;
      return { message: `${message}${meant}`, remedy: `Check the model's name${at}.`, details: { nearModels: near } };
    }
    case "context_too_long":
      return tellTooLong(message, { facts, call });
    case "file_refused": {
      const listed = files.map(({ name, mediaType, size }) => `${name ?? "a file"} (${mediaType}, ${size} bytes)`);
      const sentFiles = files.map(({ mediaType, size }) => ({ mediaType, size }));
      return { message: listed.length === 0 ? message : `${message} Sent were: ${listed.join(", ")}.`, details: { files: sentFiles } };
    }
    case "model_call_failed":
      if (facts.broken === "approval-asked")
        return { message, remedy: "Let the provider run it without asking, in the tool's `args`, or leave the tool out.", details: {} };
      if (facts.reached === "no-answer")
        return {
          message,
          remedy: `Check that ${resolved.host ?? "the provider"} can be reached from here: network, proxy, address.`,
          details: {},
        };
      return { message, details: {} };
    case "stream_broken":
      if (isWrongKindOfAnswer(facts, call))
        return { message, remedy: "The server does not stream: say `settings: { stream: false }`.", details: {} };
      return { message, details: {} };
    case "quota_exceeded":
    case "rate_limited":
    case "region_unsupported":
      return { message, details: {} };
    default:
      return assertNever(code);
  }
}

function tellTooLong(message: string, { facts, call }: Omit<Case, "files">): Told {
  const estimated = tokensIn(call.inputBytes());
  const { sent, limit } = tokenCountsIn(facts.said);
  const counts = [
    `about ${estimated} tokens by our estimate`,
    ...(sent === null ? [] : [`${sent} by the provider's count`]),
    ...(limit === null ? [] : [`at most ${limit} fit`]),
  ];
  const details = {
    estimatedInputTokens: estimated,
    ...(sent === null ? {} : { inputTokens: sent }),
    ...(limit === null ? {} : { limitTokens: limit }),
  };
  return { message: `${message} What was sent has ${counts.join(", ")}.`, details };
}

/** Asked for a stream, it gave one JSON value: no second try makes it stream. */
function isWrongKindOfAnswer({ broken }: CallFacts, { request, headers, answer }: FailedCall): boolean {
  if (request.settings.stream === false || answer.bytes > 0) return false;
  return (broken === "ended-early" || broken === "unreadable") && /^application\/json\b/.test(headers["content-type"] ?? "");
}

function whatHappened(facts: CallFacts, call: FailedCall): string {
  const { label } = call.resolved;
  const said = facts.said === "" ? "" : sentence(facts.said);
  switch (facts.reached) {
    case "not-sent":
      return `${label} was not called: ${said}`;
    case "no-answer":
      return noAnswer(facts, { call, said });
    case "refused":
      return `${label}: the provider answered ${facts.status}${said === "" ? "." : `: ${said}`}`;
    case "answering":
      return `${label}: ${howItBroke(facts, call)}${said === "" ? "" : ` ${said}`}`;
    case "own-error":
      return `${label} failed: ${said}`;
    default:
      return assertNever(facts.reached);
  }
}

function noAnswer({ networkCode }: CallFacts, { call, said }: { readonly call: FailedCall; readonly said: string }): string {
  const { label, host } = call.resolved;
  const isLocal = networkCode === "ECONNREFUSED" && host !== null && /^(127\.|localhost|\[::1\])/.test(host);
  const how = networkCode === null ? said : `${networkCode}.`;
  return `${label}: no answer from ${host ?? "the provider"}: ${how}${isLocal ? " Is the server running?" : ""}`;
}

function howItBroke(facts: CallFacts, call: FailedCall): string {
  const type = /^(?:application|text|image|audio|video|multipart)\/[\w.+-]{1,40}/.exec(call.headers["content-type"] ?? "")?.[0];
  const isStream = type === undefined || type === "text/event-stream" || call.request.settings.stream === false;
  switch (facts.broken) {
    case "connection-lost":
      return `the connection broke in the middle of the answer (${facts.networkCode ?? "closed"}).`;
    case "ended-early":
      return isStream ? "the answer ended before it was complete." : `what came is no stream of an answer, but ${type}.`;
    case "unreadable":
      return isStream ? "a part of the answer is not what the protocol says." : `what came is no stream of an answer, but ${type}.`;
    case "stopped":
      return `the model stopped because of an error${facts.code === null ? "." : ` (${facts.code}).`}`;
    case "approval-asked":
      return "the provider asks for leave to run a tool of its own, and nobody here can give it.";
    case null:
      return facts.status === null ? "an error in the middle of the answer:" : `an error in the middle of the answer (${facts.status}):`;
    default:
      return assertNever(facts.broken);
  }
}

function plainDetails({ status, code, networkCode, headers }: CallFacts): Details {
  const requestId = headers["request-id"];
  return {
    ...(status === null ? {} : { statusCode: status }),
    ...(code === null ? {} : { providerCode: code }),
    ...(networkCode === null ? {} : { networkCode }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

function filesIn({ transcript }: ModelRequest): readonly FlujoFile[] {
  return transcript.flatMap((item) => {
    if (item.role === "user") return item.files ?? [];
    if (item.role === "assistant") return [];
    return item.answers.flatMap(({ output }) => (output.type === "value" ? (output.files ?? []) : []));
  });
}

/** Names of the format, which a provider's message may well say. */
const FORMAT_KEYS: ReadonlySet<string> = new Set(["role", "type", "toolCallId", "toolName", "kind", "mediaType"]);

/** Every text of the request, so that none is repeated in a message. */
function textsIn({ request, prompt }: FailedCall): readonly string[] {
  if (prompt === null) return [request.instructions, ...request.transcript.flatMap((item) => (item.role === "user" ? [item.text] : []))];
  const texts: string[] = [];
  JSON.stringify(prompt, (key, value: unknown) => {
    // A file in base64 is known by its look, and would take long to look through.
    if (typeof value === "string" && !FORMAT_KEYS.has(key) && key !== "data") texts.push(value);
    return value;
  });
  return texts;
}

function sentence(text: string): string {
  return /[.!?…。]$/.test(text) ? text : `${text}.`;
}
