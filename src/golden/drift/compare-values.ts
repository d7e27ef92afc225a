import { isPlainObject } from "../../base/json.ts";
import type { Cost } from "../../model/cost.ts";
import { FREE } from "../../model/cost.ts";
import type { Failure } from "../../model/failure.ts";
import type { Usage } from "../../model/usage.ts";
import { NO_USAGE } from "../../model/usage.ts";
import type { GoldenOperation, GoldenResponse } from "../golden.ts";
import type { DriftClass } from "./drift.ts";
import { sameValue } from "./same-value.ts";

/** One field in which two things differ. */
export interface Difference {
  readonly class: DriftClass;
  readonly about: string;
  readonly recorded: unknown;
  readonly now: unknown;
}

/** In which fields two operations differ that stand in for each other; their paths are not compared. */
export function differencesBetween(recorded: GoldenOperation, now: GoldenOperation): readonly Difference[] {
  if (recorded === now) return NONE;
  const found: Difference[] = [];
  if (recorded.kind !== now.kind || recorded.about !== now.about) found.push(request("kind", kindOf(recorded), kindOf(now)));
  else if (recorded.waitsFor !== now.waitsFor) found.push(request("waitsFor", recorded.waitsFor, now.waitsFor));
  if (recorded.name !== now.name && recorded.path === now.path) found.push(request("name", recorded.name, now.name));
  if (!sameValue(recorded.request, now.request)) compareFields(recorded.request, now.request, found);
  if (!sameValue(recorded.response, now.response)) compareResponses(recorded.response, now.response, found);
  if (found.length === 0) return NONE;
  return now.about !== null && ASKS.has(now.about) ? found.map((difference) => asRequest(difference, now)) : found;
}

/** Decisions whose answer is what somebody is asked: a model, a tool or a person. */
const ASKS: ReadonlySet<string> = new Set(["instructions", "prompt", "arguments", "show"]);

function asRequest(difference: Difference, { about }: GoldenOperation): Difference {
  return difference.class === "output" && difference.about === "value"
    ? { ...difference, class: "request", about: about ?? "value" }
    : difference;
}

const NONE: readonly Difference[] = Object.freeze([]);

function request(about: string, recorded: unknown, now: unknown): Difference {
  return { class: "request", about, recorded, now };
}

function kindOf({ kind, about }: GoldenOperation): string {
  return about === null ? kind : `${kind} ${about}`;
}

/** Compares the fields of two requests, or of what two agents are made of. */
export function compareFields(recorded: object, now: object, found: Difference[]): void {
  const was: Readonly<Record<string, unknown>> = { ...recorded };
  const is: Readonly<Record<string, unknown>> = { ...now };
  for (const field of Object.keys(was)) if (!sameValue(was[field], is[field])) found.push(request(field, was[field], is[field]));
  for (const field of Object.keys(is)) if (!(field in was) && is[field] !== undefined) found.push(request(field, undefined, is[field]));
}

function compareResponses(recorded: GoldenResponse | null, now: GoldenResponse | null, found: Difference[]): void {
  const was = outcomeOf(recorded);
  const is = outcomeOf(now);
  if (was.about !== is.about) found.push({ class: "output", about: "outcome", recorded: was.shown, now: is.shown });
  else if (!sameValue(was.value, is.value)) found.push({ class: "output", about: was.about, recorded: was.value, now: is.value });
  const wrote = writesOf(recorded);
  const writes = writesOf(now);
  if (!sameValue(wrote, writes)) found.push({ class: "context", about: "writes", recorded: wrote, now: writes });
  compareSpent(recorded ?? {}, now ?? {}, found);
}

function writesOf(response: GoldenResponse | null): readonly unknown[] {
  return response?.status === "succeeded" ? response.writes : [];
}

interface OutcomeText {
  readonly about: "value" | "failure" | "nothing";
  readonly value: unknown;
  /** As it is shown beside one of another kind. */
  readonly shown: unknown;
}

function outcomeOf(response: GoldenResponse | null): OutcomeText {
  if (response === null) return { about: "nothing", value: null, shown: { status: "without an outcome" } };
  if (response.status === "succeeded")
    return { about: "value", value: response.value, shown: { status: "succeeded", value: response.value } };
  const failure = comparable(response.failure);
  return { about: "failure", value: failure, shown: { status: "failed", failure } };
}

/** A failure without the line that it was thrown at: that changes with every edit of the file. */
export function comparable(failure: Failure): Omit<Failure, "thrownAt"> {
  const { thrownAt: _, ...rest } = failure;
  return rest;
}

interface Spent {
  readonly usage?: Usage;
  readonly cost?: Cost;
}

/** Compares what was used and what it cost. What is left out is nothing. */
export function compareSpent(recorded: Spent, now: Spent, found: Difference[]): void {
  const [usage, used] = [recorded.usage ?? NO_USAGE, now.usage ?? NO_USAGE];
  if (!sameValue(usage, used)) found.push({ class: "usage", about: "usage", ...onlyChanged(usage, used) });
  const [cost, costs] = [recorded.cost ?? FREE, now.cost ?? FREE];
  if (!sameValue(cost, costs)) found.push({ class: "usage", about: "cost", recorded: cost, now: costs });
}

/** Of two records, only what differs. */
function onlyChanged(recorded: object, now: object): { readonly recorded: unknown; readonly now: unknown } {
  const was = Object.entries(recorded).filter(([key, value]) => !isPlainObject(now) || now[key] !== value);
  const is = Object.entries(now).filter(([key, value]) => !isPlainObject(recorded) || recorded[key] !== value);
  return { recorded: Object.fromEntries(was), now: Object.fromEntries(is) };
}
