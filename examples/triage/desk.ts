// The systems around the desk: customers, orders, known issues, an issue tracker and an outbox. All of them are data in
// this folder. They answer after 60 to 150 ms, as real ones would, so that a run can be watched.
import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import customers from "./customers.json" with { type: "json" };
import knownIssues from "./known-issues.json" with { type: "json" };
import orders from "./orders.json" with { type: "json" };

/** What every call to a system outside brings along. */
export interface Call {
  readonly idempotencyKey: string;
  readonly attempt: number;
  readonly signal: AbortSignal;
}

export type Order = (typeof orders)[number] & { readonly cancelled?: boolean };
export type KnownIssue = (typeof knownIssues)[number];

/** Archived customers are slow to come up: the first attempt waits longer than any caller does. */
export async function findCustomer(number: string, call: Call): Promise<(typeof customers)[number] | null> {
  const customer = customers.find((known) => known.number === number) ?? null;
  const isSlow = customer !== null && "archived" in customer && call.attempt === 1;
  await sleep(isSlow ? 60_000 : 90, undefined, { signal: call.signal });
  note("findCustomer", call);
  return customer;
}

/** By its number, or else the customer's own. */
export async function findOrder(
  wanted: { readonly number: string | null; readonly customer: string | undefined },
  call: Call,
): Promise<Order | null> {
  await sleep(120, undefined, { signal: call.signal });
  note("findOrder", call);
  const byNumber = orders.find(({ number }) => number === wanted.number);
  return byNumber ?? orders.find(({ customer }) => customer === wanted.customer) ?? null;
}

/** Known issues that share at least two words with the text. */
export async function searchIssues(text: string, call: Call): Promise<readonly KnownIssue[]> {
  await sleep(140, undefined, { signal: call.signal });
  note("searchIssues", call);
  const words = new Set(wordsOf(text));
  return knownIssues.filter(({ title }) => wordsOf(title).filter((word) => words.has(word)).length >= 2);
}

/** The tracker's number for a new issue. The same key gives the same issue, so that a repetition files nothing twice. */
export async function openIssue(ticketId: number, call: Call): Promise<number> {
  await sleep(100, undefined, { signal: call.signal });
  note("openIssue", call);
  return 900 + ticketId;
}

/** Puts a message where somebody will read it over before it is sent. */
export async function saveDraft(call: Call): Promise<void> {
  await sleep(60, undefined, { signal: call.signal });
  note("saveDraft", call);
}

/** Where TRIAGE_LOG names a file, each call these systems answered is a line in it: `npm run demo -- --crash` counts them. */
function note(what: string, { idempotencyKey, attempt }: Call): void {
  const file = process.env["TRIAGE_LOG"];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ what, idempotencyKey, attempt })}\n`);
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/\p{L}{4,}/gu) ?? [];
}
