import type { Agent } from "undici";

/** How long an HTTP call may be silent, in milliseconds; 0: as long as it likes. */
export interface Patience {
  /** Until the headers of the answer are there. */
  readonly headersMs: number;
  /** Between two pieces of its body. */
  readonly bodyMs: number;
}

type Fetch = typeof globalThis.fetch;

let patient: Promise<Fetch> | undefined;

/**
 * A fetch that waits: Node's own gives up after 300 seconds without headers, or without a piece of the body, and a model
 * may think for longer. What ends a call is its time limit and its signal. Loads undici with the first call of a process.
 */
export function loadPatientFetch(): Promise<Fetch> {
  patient ??= makeFetch({ headersMs: 0, bodyMs: 0 });
  return patient;
}

/** A fetch of this patience, with connections of its own: as many as there are calls at a time, kept for the next ones. */
export async function makeFetch({ headersMs, bodyMs }: Patience): Promise<Fetch> {
  const undici = await import("undici");
  const timeouts = { headersTimeout: headersMs, bodyTimeout: bodyMs };
  // Node's fetch heeds the proxy variables when it is told to; so does this one.
  const dispatcher: Agent | InstanceType<typeof undici.EnvHttpProxyAgent> =
    process.env["NODE_USE_ENV_PROXY"] === "1" ? new undici.EnvHttpProxyAgent(timeouts) : new undici.Agent(timeouts);
  const fetch = (input: Parameters<typeof undici.fetch>[0], init?: Parameters<typeof undici.fetch>[1]) =>
    undici.fetch(input, { ...init, dispatcher });
  return fetch as unknown as Fetch; // the same standard, by other names in the two packages' types
}
