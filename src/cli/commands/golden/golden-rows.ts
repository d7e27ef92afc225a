import { isPlainObject } from "../../../base/json.ts";
import type { Golden, GoldenOperation } from "../../../golden/golden.ts";
import { tokensOf } from "../../terminal/numbers.ts";
import { printableLine } from "../../terminal/printable.ts";
import type { RowStatus, TreeRow } from "../../terminal/tree-rows.ts";
import { asTree } from "../../terminal/tree-rows.ts";
import { fit, widthOf } from "../../terminal/text-width.ts";
import { valueLine } from "../../terminal/value-text.ts";

/** A place of a run: what was asked there, and what lies below it. */
interface Place {
  readonly name: string;
  operation: GoldenOperation | null;
  readonly below: Map<string, Place>;
}

/** The operations of a golden as a tree, by their paths, in its order. @param width - The columns there are for it. */
export function goldenRows(golden: Golden, width: number): readonly TreeRow[] {
  const root: Place = { name: "", operation: null, below: new Map() };
  for (const operation of golden.operations) placeAt(root, operation.path.split("/")).operation = operation;
  const [only, ...others] = root.below.values();
  const top = only !== undefined && others.length === 0 ? only : { ...root, name: golden.pipeline };
  const rows = (room: number): readonly TreeRow[] =>
    asTree(top, { childrenOf: ({ below }) => [...below.values()], rowOf: (place) => rowOf(place, room) });
  const taken = rows(0).reduce((most, row) => Math.max(most, widthOf(row.prefix + row.name) + MARK_AND_GAPS + widthOf(row.tokens)), 0);
  return rows(Math.max(LEAST, width - taken));
}

/** What stands in a row beside its texts. */
const MARK_AND_GAPS = 6;
/** So much of a detail is made, however narrow it is. */
const LEAST = 30;

function placeAt(root: Place, names: readonly string[]): Place {
  let at = root;
  for (const name of names) {
    const next = at.below.get(name) ?? { name, operation: null, below: new Map<string, Place>() };
    at.below.set(name, next);
    at = next;
  }
  return at;
}

function rowOf(place: Place, room: number): Omit<TreeRow, "prefix" | "depth"> {
  const { operation } = place;
  const usage = operation?.response?.usage;
  return {
    status: operation === null ? statusBelow(place) : statusOf(operation),
    name: printableLine(place.name),
    detail: operation === null ? "" : detailOf(operation, room),
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

/** What was asked and what came of it, in so much room that something of both is seen. */
function detailOf(operation: GoldenOperation, room: number): string {
  const { request, kind } = operation;
  const asked = askedText(operation).slice(0, LONGEST);
  const answer = answerText(operation).slice(0, LONGEST);
  const kindText = kind === "decide" ? "" : `${kind}  `;
  if (asked === "" && request["value"] === undefined) return kindText + answer;
  const left = room - widthOf(kindText) - widthOf(ARROW);
  return `${kindText}${fit(asked, Math.max(Math.floor(left / 2), left - widthOf(answer)))}${ARROW}${answer}`;
}

const ARROW = " → ";

function answerText({ kind, response }: GoldenOperation): string {
  if (response === null) return "…";
  if (response.status === "failed") return printableLine(response.failure.message);
  return kind === "model" ? saidText(response.value) : valueLine(response.value);
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
