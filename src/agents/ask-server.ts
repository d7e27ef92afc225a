import type { Clock } from "../base/clock.ts";
import { FlujoError, messageOf } from "../base/errors.ts";
import { isPlainObject } from "../base/json.ts";
import type { Complaint, Reach } from "../model/examination.ts";
import { networkCodeOf } from "./call-facts.ts";
import type { Connection } from "./connection.ts";
import { loadPatientFetch } from "./patient-fetch.ts";

/** How a server is asked. */
export interface Asking {
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal | null;
}

/** A longer list of models is not read: that there is one says enough. */
const MOST_BYTES = 4_000_000;

/** Asks a server for its list of models, which costs nothing: does it answer, and does it take the key? */
export async function askServer(connection: Connection, { timeoutMs, clock, signal }: Asking): Promise<Reach> {
  const fetch = connection.fetch ?? (await loadPatientFetch()); // what takes time to load is not the server's time
  const controller = new AbortController();
  const stop = (): void => controller.abort(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  const disarm = clock.after(timeoutMs, () => controller.abort(LATE));
  const before = clock.ticks();
  try {
    const answer = await fetch(listUrl(connection), { headers: headersOf(connection), redirect: "error", signal: controller.signal });
    const problem = refusalOf(connection, answer.status);
    if (problem !== null) {
      await answer.body?.cancel();
      return { ok: false, problem };
    }
    const models = answer.ok ? modelsIn(await read(answer)) : null;
    return { ok: true, tookMs: Math.round(clock.ticks() - before), models };
  } catch (error) {
    signal?.throwIfAborted();
    return {
      ok: false,
      problem: unreachable(connection, controller.signal.reason === LATE ? `nothing came within ${timeoutMs / 1_000} s` : error),
    };
  } finally {
    disarm();
    signal?.removeEventListener("abort", stop);
  }
}

const LATE = Symbol("late");

function listUrl({ baseURL, speaks }: Connection): string {
  const url = new URL(baseURL);
  url.pathname = `${url.pathname.replace(/\/$/, "")}/models`;
  if (speaks === "anthropic") url.searchParams.set("limit", "1000");
  if (speaks === "google") url.searchParams.set("pageSize", "1000");
  return url.href;
}

function headersOf({ speaks, key, headers }: Connection): Readonly<Record<string, string>> {
  if (speaks === "anthropic") return { "anthropic-version": "2023-06-01", ...(key === null ? {} : { "x-api-key": key }), ...headers };
  if (key === null) return headers;
  return speaks === "google" ? { "x-goog-api-key": key, ...headers } : { authorization: `Bearer ${key}`, ...headers };
}

/** What is wrong by the status alone; what a server says beside may hold anything, and is not looked at. */
function refusalOf({ host, keyPlace, provider, speaks }: Connection, status: number): Complaint | null {
  if (status === 401 || status === 403 || (status === 400 && speaks === "google")) {
    const place = keyPlace === "" ? `the key of "${provider}"` : keyPlace;
    return {
      code: "api_key_refused",
      message: `${host} refuses the key (HTTP ${status}).`,
      remedy: `Check ${place}: that it is whole, and not revoked.`,
    };
  }
  if (status === 402)
    return {
      code: "quota_exceeded",
      message: `${host} says that there is nothing left to spend (HTTP 402).`,
      remedy: "Add credit at the provider.",
    };
  if (status === 429)
    return {
      code: "rate_limited",
      message: `${host} says that it is asked too often (HTTP 429).`,
      remedy: "Wait a little, and look at the limits there.",
    };
  if (status === 451)
    return {
      code: "region_unsupported",
      message: `${host} does not serve this region (HTTP 451).`,
      remedy: "Call it from a region that it serves.",
    };
  if (status >= 500) return { code: "model_call_failed", message: `${host} is in trouble (HTTP ${status}).`, remedy: "Try again later." };
  return null;
}

function unreachable({ host }: Connection, why: unknown): Complaint {
  const words = typeof why === "string" ? why : (networkCodeOf(why) ?? bare(why));
  return {
    code: "model_call_failed",
    message: `${host} cannot be reached: ${words}.`,
    remedy: "Check that it runs, that its address is right, and that nothing in between (a proxy, a firewall) keeps it away.",
  };
}

/** The HTTP client's own words may quote an address with what is in it. */
function bare(error: unknown): string {
  return FlujoError.is(error) ? error.summary : /redirect/i.test(messageOf(error)) ? "it sends us elsewhere" : "the connection broke";
}

async function read(answer: Response): Promise<unknown> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > MOST_BYTES) return null;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null; // something answers, but it is no list
  }
}

/** OpenAI, Anthropic and most servers list `data` with an `id`, Google `models` with a `name`. */
function modelsIn(body: unknown): readonly string[] | null {
  const list: unknown = isPlainObject(body) ? (body["data"] ?? body["models"]) : null;
  if (!Array.isArray(list)) return null;
  return list.filter(isPlainObject).flatMap(({ id, name }) => {
    const said = id ?? name;
    return typeof said === "string" ? [said.replace(/^models\//, "")] : [];
  });
}
