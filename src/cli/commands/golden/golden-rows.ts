import { isPlainObject } from "../../../base/json.ts";
import type { Golden, GoldenOperation } from "../../../golden/golden.ts";
import { tokensOf } from "../../terminal/numbers.ts";
import { printableLine } from "../../terminal/printable.ts";
import type { RowStatus, TreeRow } from "../../terminal/tree-rows.ts";
import { asTree } from "../../terminal/tree-rows.ts";
import { valueLine } from "../../terminal/value-text.ts";

/** A place of a run: what was asked there, and what lies below it. */
interface Place {
  readonly name: string;
  operation: GoldenOperation | null;
  readonly below: Map<string, Place>;
}

/** The operations of a golden as a tree, by their paths, in its order. */
export function goldenRows(golden: Golden): readonly TreeRow[] {
  const root: Place = { name: "", operation: null, below: new Map() };
  for (const operation of golden.operations) placeAt(root, operation.path.split("/")).operation = operation;
  const [only, ...others] = root.below.values();
  const top = only !== undefined && others.length === 0 ? only : { ...root, name: golden.pipeline };
  return asTree(top, { childrenOf: ({ below }) => [...below.values()], rowOf });
}

function placeAt(root: Place, names: readonly string[]): Place {
  let at = root;
  for (const name of names) {
    const next = at.below.get(name) ?? { name, operation: null, below: new Map<string, Place>() };
    at.below.set(name, next);
    at = next;
  }
  return at;
}

function rowOf(place: Place): Omit<TreeRow, "prefix" | "depth"> {
  const { operation } = place;
  const usage = operation?.response?.usage;
  return {
    status: operation === null ? statusBelow(place) : statusOf(operation),
    name: printableLine(place.name),
    detail: operation === null ? "" : detailOf(operation),
    tokens: usage === undefined ? "" : tokensOf(usage),
    cost: "",
    time: "",
  };
}

function statusOf({ response }: GoldenOperation): RowStatus {
  if (response === null) return "waiting";
  if (response.status === "succeeded") return "succeeded";
  return response.failure.code === "cancelled" ? "cancelled" : "failed";
}

/** What waits below it, or how the last of it ended: what failed may have been tried again. */
function statusBelow({ below }: Place): RowStatus {
  const statuses = [...below.values()].map((place) => (place.operation === null ? statusBelow(place) : statusOf(place.operation)));
  return statuses.includes("waiting") ? "waiting" : (statuses.at(-1) ?? "succeeded");
}

/** As much of a value as a row may need. */
const LONGEST = 200;

function detailOf(operation: GoldenOperation): string {
  const { request, response, kind } = operation;
  const asked = askedText(operation);
  const answer =
    response === null
      ? "…"
      : response.status === "failed"
        ? printableLine(response.failure.message)
        : kind === "model"
          ? saidText(response.value)
          : valueLine(response.value);
  const kindText = kind === "decide" ? "" : `${kind}  `;
  const arrow = asked === "" && request["value"] === undefined ? "" : " → ";
  return `${kindText}${asked.slice(0, LONGEST)}${arrow}${answer.slice(0, LONGEST)}`;
}

function askedText({ kind, request }: GoldenOperation): string {
  switch (kind) {
    case "step":
      return valueLine(request["input"]);
    case "tool":
      return `${String(request["tool"])}(${valueLine(request["input"])})`;
    case "model":
      return lastSaid(request["added"]);
    case "decide":
      return valueLine(request["value"]);
    case "human":
      return valueLine(request["show"]);
    case "signal":
    case "sleep":
      return "";
  }
}

function lastSaid(added: unknown): string {
  const last: unknown = Array.isArray(added) ? added.at(-1) : undefined;
  if (!isPlainObject(last)) return "";
  return typeof last["text"] === "string" ? valueLine(last["text"]) : valueLine(last);
}

/** What a model said, or which tools it called. */
function saidText(value: unknown): string {
  if (!isPlainObject(value)) return valueLine(value);
  const { text, toolCalls } = value;
  if (Array.isArray(toolCalls) && toolCalls.length > 0)
    return `calls ${toolCalls.map((call: unknown) => (isPlainObject(call) ? String(call["name"] ?? call["tool"]) : "")).join(", ")}`;
  return valueLine(text);
}
