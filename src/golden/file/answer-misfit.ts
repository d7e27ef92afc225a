import { isPlainObject } from "../../base/json.ts";
import { isApproval } from "../../model/approval.ts";
import type { GoldenOperation } from "../golden.ts";

/** What is wrong with an answer that no model, person or server gives like this: nobody who is given it could go on. Null where nothing is. */
export function answerMisfit({ kind, about, waitsFor, response }: Omit<GoldenOperation, "request">): string | null {
  if (response?.status !== "succeeded") return null;
  const { value } = response;
  if (kind === "model") return isTurn(value) ? null : TURN;
  if (waitsFor === "approval") return isApproval(value) ? null : APPROVAL;
  if (about === "tools") return isServed(value) ? null : SERVED;
  if (about === "history") return isRecalled(value) ? null : HISTORY;
  return null;
}

const TURN =
  "A model answers with a text, toolCalls that have a callId and a name, a finish, messages, and an output that is null, " +
  "or has ok: true and a value, or ok: false, an ending and a problem.";
const APPROVAL = "An approval has a decision: approve, reject (and a note), or edit (and the input).";
const SERVED = "What tool servers offer is null, or a hash and a list of tools.";
const HISTORY =
  "What an agent is given of its conversation is a list of items, and what of it is tooLong: null, or items and how many exchanges.";

function isTurn(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  const { text, reasoning, toolCalls, finish, messages, output } = value;
  const areTexts = [text, reasoning, finish].every((each) => typeof each === "string");
  return (
    areTexts && Array.isArray(toolCalls) && toolCalls.every(isCall) && Array.isArray(messages) && (output === null || isOutput(output))
  );
}

function isCall(call: unknown): boolean {
  return isPlainObject(call) && typeof call["callId"] === "string" && typeof call["name"] === "string";
}

function isOutput(output: unknown): boolean {
  if (!isPlainObject(output)) return false;
  if (output["ok"] === true) return "value" in output;
  return output["ok"] === false && typeof output["ending"] === "string" && typeof output["problem"] === "string";
}

function isServed(value: unknown): boolean {
  return value === null || (isPlainObject(value) && typeof value["hash"] === "string" && Array.isArray(value["tools"]));
}

function isRecalled(value: unknown): boolean {
  if (!isPlainObject(value) || !isTranscript(value["items"])) return false;
  const { tooLong } = value;
  return tooLong === null || (isPlainObject(tooLong) && isTranscript(tooLong["items"]) && typeof tooLong["exchanges"] === "number");
}

function isTranscript(items: unknown): boolean {
  return Array.isArray(items) && items.every(isPlainObject);
}
