import { type CallFacts, fieldOf } from "./call-facts.ts";

/**
 * How long the provider asks to wait, in milliseconds; null where it does not say. Looks at `retry-after-ms`,
 * `retry-after` (seconds, or a date, which counts from the date of the answer, so that no clock is needed), Google's
 * `RetryInfo`, and for a limit on the rate at what is left of OpenAI's limits.
 */
export function retryAfterOf({ headers, data, status }: Pick<CallFacts, "headers" | "data" | "status">): number | null {
  const ms = positive(headers["retry-after-ms"]);
  if (ms !== null) return Math.ceil(ms);
  const after = headers["retry-after"];
  if (after !== undefined) {
    const seconds = positive(after);
    if (seconds !== null) return Math.ceil(seconds * 1000);
    const wait = Date.parse(after) - Date.parse(headers["date"] ?? "");
    if (Number.isFinite(wait)) return Math.max(0, wait);
  }
  return retryDelayIn(data) ?? (status === 429 ? resetIn(headers) : null);
}

/** `{ "@type": "….RetryInfo", "retryDelay": "36s" }`, somewhere in Google's details. */
function retryDelayIn(data: unknown): number | null {
  for (const detail of googleDetails(data)) {
    const delay = fieldOf(detail, "retryDelay");
    if (typeof delay === "string") return durationOf(delay);
  }
  return null;
}

/** The details of an error as Google gives them. */
export function googleDetails(data: unknown): readonly unknown[] {
  const body: unknown = Array.isArray(data) ? data[0] : data;
  const details = fieldOf(fieldOf(body, "error") ?? body, "details");
  return Array.isArray(details) ? details : [];
}

/** Of the two limits of OpenAI, the one that is used up, or the later one where both are. */
function resetIn(headers: Readonly<Record<string, string>>): number | null {
  const resets = ["requests", "tokens"]
    .filter((kind) => headers[`x-ratelimit-remaining-${kind}`] === "0")
    .map((kind) => durationOf(headers[`x-ratelimit-reset-${kind}`] ?? ""))
    .filter((reset) => reset !== null);
  return resets.length === 0 ? null : Math.max(...resets);
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `20ms`, `36s`, `6m0s`, `1h2m3.5s`, in milliseconds. */
function durationOf(text: string): number | null {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/.test(text)) return null;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)) total += Number(amount) * (UNITS[unit ?? ""] ?? 0);
  return Math.ceil(total);
}

function positive(text: string | undefined): number | null {
  if (text === undefined || text.trim() === "") return null;
  const value = Number(text);
  return Number.isFinite(value) && value >= 0 ? value : null;
}
