/**
 * How much of an earlier conversation an agent is given: that of a thread, or of the iterations of a loop before.
 *
 * - `whole`: all of it;
 * - `exchanges`: the newest so many: what it was asked, its tool calls, what it said, as often as that;
 * - `tokens`: the newest exchanges that fit, whole exchanges only (estimated: 4 bytes of text to a token);
 * - `summary`: all of it until it is longer than `over` tokens; then what is older than the newest `keep` tokens is put
 *   in a summary, which the agent's own model writes, once, and which stays.
 */
export type HistoryPolicy =
  | { readonly keep: "whole" }
  | { readonly keep: "exchanges"; readonly exchanges: number }
  | { readonly keep: "tokens"; readonly tokens: number }
  | { readonly keep: "summary"; readonly over: number; readonly newest: number };
