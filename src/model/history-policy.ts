/**
 * How much of a thread's earlier conversation an agent is given.
 *
 * - `whole`: all of it;
 * - `tokens`: the newest exchanges that fit, whole exchanges only (estimated: 4 bytes of text to a token);
 * - `summary`: all of it until it is longer than `over` tokens; then what is older than the newest `keep` tokens is put
 *   in a summary, which the agent's own model writes, once, and which stays in the thread.
 */
export type HistoryPolicy =
  | { readonly keep: "whole" }
  | { readonly keep: "tokens"; readonly tokens: number }
  | { readonly keep: "summary"; readonly over: number; readonly newest: number };
