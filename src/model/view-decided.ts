import type { EndKind } from "./view-places.ts";

/** By what was decided: the kind of its owner, as far as that tells. */
export const DECIDED_OF: Readonly<Record<string, EndKind>> = {
  key: "branch",
  route: "route",
  show: "human",
  instructions: "agent",
  history: "agent",
  prompt: "agent",
  processed: "agent",
  tools: "model",
  wake: "sleep",
  enter: "nested",
  leave: "nested",
  spawn: "background",
  cacheKey: "cache",
  recall: "cache",
  keep: "cache",
};

/** What a loop asks after each iteration. */
export const ASKED_BY_LOOPS: ReadonlySet<string> = new Set(["until", "next", "output"]);

/** What an attempt asks for itself, so that a second one stands below its node before anything else is heard of it. */
export const DECIDED_IN_ATTEMPT: ReadonlySet<string> = new Set([
  "key",
  "route",
  "context",
  "contributions",
  "instructions",
  "history",
  "remember",
  "asked",
  "prompt",
  "processed",
  "enter",
  "leave",
  "cacheKey",
  "spawn",
  "recall",
  "keep",
  "accept",
  "reduce",
  "screen",
  ...ASKED_BY_LOOPS,
]);

/** Where these fail, a person is asked, or the composite itself tells. */
export const LEAVES_IT_TO_OTHERS: ReadonlySet<string> = new Set([
  "approval",
  "context",
  "contributions",
  "accept",
  "reduce",
  "screen",
  ...ASKED_BY_LOOPS,
]);
