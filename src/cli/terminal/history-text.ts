import type { HistoryPolicy } from "../../model/history-policy.ts";
import type { PlanNode } from "../../model/node.ts";
import { count, plural } from "./numbers.ts";

/** What an agent is given of its thread, or the agents in a loop of what they said in it; empty where that is nothing. */
export function historyText(node: PlanNode): string {
  if (!("history" in node) || node.history === null || node.history === undefined) return "";
  const of = node.kind === "agent" ? "of its thread" : "of what its agents said in it";
  return `recalls ${muchOf(node.history)} ${of}`;
}

function muchOf(history: HistoryPolicy): string {
  switch (history.keep) {
    case "whole":
      return "all";
    case "exchanges":
      return `the newest ${plural(history.exchanges, "exchange", "exchanges")}`;
    case "tokens":
      return `the newest ${plural(history.tokens, "token", "tokens")}`;
    case "summary":
      return `a summary, and the newest ${count(history.newest)} to ${count(history.over)} tokens`;
  }
}
