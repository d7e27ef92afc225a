import type { DecisionAbout } from "../../core/program.ts";
import type { OpKind, WaitKind } from "../../model/entry.ts";

/** What an operation's path and kind say of it already, so that it need not be written. */

/** The last name in a path, without index, attempt and what is decided there. */
export function nameOf(path: string, kind: OpKind): string {
  const place = kind === "decide" ? path.replace(/\/\?[^/]*$/, "") : path;
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
  show: true,
  context: true,
  until: true,
  next: true,
  output: true,
  wake: true,
  enter: true,
  leave: true,
  retryOn: true,
  validate: true,
  failed: true,
  default: true,
  instructions: true,
  tools: true,
  arguments: true,
  approval: true,
  history: true,
  remember: true,
};

/** All there is to decide: the compiler stops here at a new one. */
export const DECISIONS: readonly DecisionAbout[] = Object.keys(ABOUT) as DecisionAbout[]; // the one cast: its type has no other keys
