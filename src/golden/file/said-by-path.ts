import type { DecisionAbout } from "../../core/program.ts";
import type { OpKind, WaitKind } from "../../model/entry.ts";
import type { GoldenRequest } from "../golden.ts";

/** What an operation's path and kind say of it already, so that it need not be written. */

/** The name that its path ends with, without index, attempt and what is decided there; a turn's is its agent's, a tool call's its tool's. */
export function nameOf(path: string, kind: OpKind, request: GoldenRequest): string {
  if (kind === "tool" && typeof request["tool"] === "string") return request["tool"];
  const above = kind === "decide" ? /\/\?[^/]*$/ : kind === "model" ? /\/turn\[\d+\][^/]*$/ : null;
  const place = above === null ? path : path.replace(above, "");
  return place.slice(place.lastIndexOf("/") + 1).replace(/(?:\[\d+\]|#\d+)*$/, "");
}

/** What is decided, as the path of a decision ends. */
export function aboutOf(path: string, kind: OpKind): DecisionAbout | null {
  if (kind !== "decide") return null;
  const [, said] = /\/\?([a-zA-Z]+)(?:\[\d+\]|#\d+)*$/.exec(path) ?? [];
  return DECISIONS.find((about) => about === said) ?? null;
}

/** What a wait of this kind waits for where nothing else is said. */
export function waitsForOf(kind: OpKind): WaitKind | "deadline" | null {
  return kind === "human" ? "answer" : kind === "signal" ? "signal" : kind === "sleep" ? "time" : null;
}

const ABOUT: { readonly [A in DecisionAbout]: true } = {
  key: true,
  route: true,
  guard: true,
  show: true,
  context: true,
  contributions: true,
  until: true,
  next: true,
  output: true,
  accept: true,
  reduce: true,
  screen: true,
  wake: true,
  enter: true,
  leave: true,
  cacheKey: true,
  recall: true,
  keep: true,
  spawn: true,
  retryOn: true,
  plugin: true,
  validate: true,
  failed: true,
  default: true,
  instructions: true,
  prompt: true,
  processed: true,
  tools: true,
  arguments: true,
  approval: true,
  history: true,
  remember: true,
  asked: true,
};

/** All there is to decide: the compiler stops here at a new one. */
export const DECISIONS: readonly DecisionAbout[] = Object.keys(ABOUT) as DecisionAbout[]; // the one cast: its type has no other keys
