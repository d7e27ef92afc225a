import type { ModelProblemCode } from "../runtime/model-port.ts";
import { type CallFacts, fieldOf } from "./call-facts.ts";
import { googleDetails } from "./retry-after.ts";

/** What the request held that may be the reason. */
export interface Sent {
  readonly hasFiles: boolean;
}

/** By a provider's word for what is wrong, and by its words, where it has none. In English: that is what APIs speak. */
interface Sign {
  readonly code: ModelProblemCode;
  readonly codes: readonly string[];
  readonly words: RegExp;
}

/** The first that fits counts. */
const SIGNS: readonly Sign[] = [
  {
    code: "region_unsupported",
    codes: ["unsupported_country_region_territory"],
    words:
      /country, region,? or territory|(?:user )?location is not supported|not (?:available|supported) in your (?:country|region|location)/i,
  },
  {
    code: "quota_exceeded",
    codes: ["insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "billing_error", "insufficient_credits"],
    words:
      /credit balance is too low|insufficient (?:credits?|balance|funds|quota)|billing hard limit|account is not active, please check your billing/i,
  },
  {
    code: "context_too_long",
    codes: ["context_length_exceeded", "string_above_max_length", "request_too_large", "context_window_exceeded"],
    words:
      /maximum context|context (?:length|window|size)|prompt is too long|token count .{0,40}exceeds|exceeds? (?:the )?context limit|exceeds? the (?:maximum|max) (?:number of )?(?:input )?tokens|too many (?:input )?tokens in|input (?:is|was) too long|reduce the length of/i,
  },
  {
    code: "model_unknown",
    codes: ["model_not_found", "invalid_model", "unknown_model", "DeploymentNotFound"],
    words:
      /model\b.{0,120}(?:does not exist|doesn't exist|not found|is not supported for generateContent)|(?:no such|unknown|invalid) model\b|try pulling it/i,
  },
  {
    code: "api_key_refused",
    codes: ["invalid_api_key", "authentication_error", "permission_error", "API_KEY_INVALID", "UNAUTHENTICATED"],
    words: /api key (?:not valid|expired|not found|is invalid)|(?:invalid|incorrect) (?:x-)?api[- ]key/i,
  },
];

const FILE_CODES: ReadonlySet<string> = new Set(
  ["image_parse_error", "image_too_large", "empty_image_file", "unsupported_file", "unsupported_image_media_type"].concat([
    "invalid_image",
    "invalid_image_format",
    "invalid_image_url",
    "invalid_base64_image",
  ]),
);
const FILE_WORDS = /\b(?:images?|audio|videos?|files?|media[ _-]?types?|mime[ _-]?types?|pdfs?|documents?|attachments?|base64)\b/i;

/** What a failed call is to be called. */
export function diagnose(facts: CallFacts, sent: Sent): ModelProblemCode {
  if (facts.broken !== null) return facts.broken === "stopped" || facts.broken === "approval-asked" ? "model_call_failed" : "stream_broken";
  if (isFileTrouble(facts, sent)) return "file_refused";
  if (facts.reached !== "refused" && facts.reached !== "answering") return "model_call_failed";
  const { code: word, said, status } = facts;
  // What a server says that broke may hold anything, the prompt too.
  const mayBeRead = status === null || status < 500;
  const told = SIGNS.find(({ codes, words }) => (word !== null && codes.includes(word)) || (mayBeRead && words.test(said)));
  if (told !== undefined) return told.code;
  if (isDailyQuota(facts) || facts.status === 402) return "quota_exceeded";
  return byStatus(facts);
}

function byStatus({ status, code, reached, networkCode }: CallFacts): ModelProblemCode {
  switch (status) {
    case 401:
    case 403:
      return "api_key_refused";
    case 404:
      return "model_unknown";
    case 413:
      return "context_too_long";
    case 429:
      return "rate_limited";
    case 451:
      return "region_unsupported";
    default:
      if (code === "rate_limit_error" || code === "rate_limit_exceeded" || code === "RESOURCE_EXHAUSTED") return "rate_limited";
      return reached === "answering" && status === null && networkCode !== null ? "stream_broken" : "model_call_failed";
  }
}

function isFileTrouble({ reached, status, code, said }: CallFacts, { hasFiles }: Sent): boolean {
  if (reached === "not-sent") return hasFiles && /^AI_UnsupportedFunctionality|media type|file|image|audio/i.test(said);
  if (reached !== "refused") return false;
  if (status === 413 && hasFiles) return true;
  if (code !== null && FILE_CODES.has(code)) return true;
  return hasFiles && (status === 400 || status === 415 || status === 422) && FILE_WORDS.test(said);
}

/** Google says 429 to both; a day's quota is not there again after the seconds it names. */
function isDailyQuota({ status, data }: CallFacts): boolean {
  if (status !== 429) return false;
  return googleDetails(data).some((detail) => {
    const violations = fieldOf(detail, "violations");
    return Array.isArray(violations) && violations.some((violation) => /PerDay/.test(String(fieldOf(violation, "quotaId"))));
  });
}

/** Whether the same call may succeed later. */
export function isRetryable(facts: CallFacts, code: ModelProblemCode): boolean {
  switch (code) {
    case "stream_broken":
    case "rate_limited":
      return true;
    case "model_call_failed":
      if (facts.reached === "own-error") return facts.networkCode !== null;
      return facts.retryable ?? worthAnotherTry(facts);
    default:
      return false;
  }
}

function worthAnotherTry({ reached, status }: CallFacts): boolean {
  if (status === null) return reached === "answering";
  return status === 408 || status === 409 || status === 429 || status >= 500;
}
