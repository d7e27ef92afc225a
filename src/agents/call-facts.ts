import type { APICallError } from "@ai-sdk/provider";
import { messageOf } from "../base/errors.ts";
import { CallBroken } from "./call-broken.ts";

/** How far a call came before it failed. */
export type Reached =
  /** Refused on this side: nothing was sent. */
  | "not-sent"
  /** Nobody answered; `mayHaveArrived` says whether the request may have got there. */
  | "no-answer"
  /** The provider said no. */
  | "refused"
  /** The answer had begun, with status 200. */
  | "answering"
  /** A model object threw something of its own. */
  | "own-error";

/** What is known of a failed call, in nobody's words yet. Holds the provider's text as it came: it is not to be shown. */
export interface CallFacts {
  readonly reached: Reached;
  readonly status: number | null;
  /** The provider's words, or empty. Unsafe: they may quote what was sent. */
  readonly said: string;
  /** The provider's one-word code, or the one-word kind of its error. */
  readonly code: string | null;
  /** What the provider's body holds, as far as it is JSON. */
  readonly data: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the system or the HTTP client: `ECONNRESET`. */
  readonly networkCode: string | null;
  /** What the provider's package thinks, where it thinks something. */
  readonly retryable: boolean | null;
  /** How the answer broke off, where it did. */
  readonly broken: "ended-early" | "connection-lost" | "unreadable" | "stopped" | "approval-asked" | null;
}

const NOTHING_KNOWN: CallFacts = {
  reached: "own-error",
  status: null,
  said: "",
  code: null,
  data: null,
  headers: {},
  networkCode: null,
  retryable: null,
  broken: null,
};

/** Sorts what was thrown, or what a stream reported. */
export function readFailure(error: unknown): CallFacts {
  if (error instanceof CallBroken) return readBreak(error);
  if (isHttpError(error)) return readHttp(error);
  const name = error instanceof Error ? error.name : "";
  const said = messageOf(error);
  const networkCode = networkCodeOf(error);
  if (NOT_SENT.has(name)) return { ...NOTHING_KNOWN, reached: "not-sent", said, retryable: false };
  if (UNREADABLE.has(name)) return { ...NOTHING_KNOWN, reached: "answering", broken: "unreadable" };
  return { ...NOTHING_KNOWN, said: name === "" || name === "Error" ? said : `${name}: ${said}`, networkCode };
}

/** By its name, not its class: each package may bring a copy of its own. */
function isHttpError(error: unknown): error is APICallError {
  return error instanceof Error && error.name === "AI_APICallError";
}

/** Thrown by the packages, or here, before anything is sent. */
const NOT_SENT: ReadonlySet<string> = new Set([
  "UnansweredCall",
  ...["InvalidPrompt", "InvalidArgument", "UnsupportedFunctionality", "LoadAPIKey", "LoadSetting", "NoSuchModel"].map(
    (name) => `AI_${name}Error`,
  ),
  "AI_UnsupportedModelVersionError",
  "AI_NoSuchProviderReferenceError",
]);

/** What is wrong with an answer that is not what the protocol says. Their messages quote the whole of it. */
const UNREADABLE: ReadonlySet<string> = new Set(
  ["JSONParse", "TypeValidation", "InvalidResponseData", "EmptyResponseBody", "NoContentGenerated"].map((name) => `AI_${name}Error`),
);

function readBreak({ how }: CallBroken): CallFacts {
  const answering = { ...NOTHING_KNOWN, reached: "answering" } as const;
  switch (how.kind) {
    case "unfinished":
      return { ...answering, broken: "ended-early", retryable: true };
    case "stopped":
      return { ...answering, broken: "stopped", code: oneWord(how.raw), retryable: true };
    case "unreadable":
      return { ...answering, broken: "unreadable" };
    case "approval-asked":
      return { ...answering, broken: "approval-asked", retryable: false };
    default:
      return readReported(how.error);
  }
}

/** An error in the middle of an answer: an Error of the package, or the provider's own words as an object. */
function readReported(error: unknown): CallFacts {
  const facts = readFailure(error);
  if (error instanceof Error) {
    const endedEarly = facts.broken === "unreadable" && /without a finish reason|before .*complet/i.test(error.message);
    if (endedEarly) return { ...facts, broken: "ended-early", retryable: true };
    return facts.reached === "own-error" ? { ...facts, reached: "answering" } : facts;
  }
  const body = errorIn(error);
  const retryable = fieldOf(body, "isRetryable");
  return {
    ...NOTHING_KNOWN,
    reached: "answering",
    status: statusIn(fieldOf(body, "statusCode")) ?? statusIn(fieldOf(body, "code")),
    said: wordsIn(error) ?? "",
    code: codeIn(error),
    data: fieldOf(body, "data") ?? error,
    retryable: typeof retryable === "boolean" ? retryable : null,
  };
}

function readHttp(error: APICallError): CallFacts {
  const networkCode = networkCodeOf(error);
  const status = error.statusCode ?? null;
  const data = error.data ?? parsed(error.responseBody);
  const facts = { ...NOTHING_KNOWN, status, networkCode, headers: error.responseHeaders ?? {}, data };
  if (status === null) return { ...facts, reached: "no-answer", said: error.message, retryable: error.isRetryable };
  if (status >= 400) {
    const code = codeIn(data);
    return { ...facts, reached: "refused", said: wordsIn(data) ?? error.message, code, retryable: error.isRetryable };
  }
  return { ...facts, reached: "answering", broken: networkCode === null ? "unreadable" : "connection-lost" };
}

function parsed(text: string | undefined): unknown {
  if (text === undefined || text.length > 100_000) return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null; // a page of HTML, or half of something: nothing to read in it
  }
}

/** The part of a body that says what is wrong. Google may give a list of one; OpenAI's streams put it into a response. */
function errorIn(data: unknown): unknown {
  const body: unknown = Array.isArray(data) ? data[0] : data;
  return fieldOf(body, "error") ?? fieldOf(fieldOf(body, "response"), "error") ?? body;
}

/** Providers agree on `message`; some servers give a bare text, or a `detail`. */
function wordsIn(data: unknown): string | null {
  const error = errorIn(data);
  for (const words of [error, fieldOf(error, "message"), fieldOf(error, "detail")])
    if (typeof words === "string" && words !== "") return words;
  return null;
}

/** OpenAI's `code` or `type`, Anthropic's `type`, Google's `status`, where it is one word, and not just "error". */
function codeIn(data: unknown): string | null {
  const error = errorIn(data);
  return ["code", "status", "type"].map((key) => oneWord(fieldOf(error, key))).find((word) => word !== null && word !== "error") ?? null;
}

function oneWord(value: unknown): string | null {
  return typeof value === "string" && /^[A-Za-z][A-Za-z_]{2,47}$/.test(value) ? value : null;
}

function statusIn(value: unknown): number | null {
  const status = typeof value === "string" && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof status === "number" && Number.isInteger(status) && status >= 400 && status <= 599 ? status : null;
}

const NETWORK_CODE = /^(?:E[A-Z]{3,}|UND_ERR_[A-Z_]+)$/;

/** The code of the system or of the HTTP client (`ECONNRESET`, `UND_ERR_SOCKET`), of this error or of those behind it. */
export function networkCodeOf(error: unknown): string | null {
  let at: unknown = error;
  for (let depth = 0; depth < 8 && at instanceof Error; depth++) {
    if ("code" in at && typeof at.code === "string" && NETWORK_CODE.test(at.code)) return at.code;
    at = at.cause;
  }
  return null;
}

/** A field of whatever came; undefined where it is no object, or has none of its own. */
export function fieldOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
