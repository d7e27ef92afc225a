import type { InstancePath, NodePath } from "./path.ts";

/** Something that has been done and that a saga around it may have to undo: it travels with the results of what is around it, as context writes do. */
export interface Completed {
  /** Of the attempt that gave the output. Its compensation runs right below: `checkout/run/charge/compensate`. */
  readonly path: InstancePath;
  /** The node whose policy has the compensation. */
  readonly node: NodePath;
  readonly input: unknown;
  readonly output: unknown;
  /** When it was done, by the clock of the journal, in milliseconds since 1970. */
  readonly atMs: number;
  /** The context that the nested program around it began with; left out where that is the context of the saga. */
  readonly within?: { readonly node: NodePath; readonly context: unknown; readonly initialPrompt: string };
}

/** What a compensation is given: what the node it undoes was given, and what that gave. */
export interface ToUndo<In = unknown, Out = unknown> {
  readonly input: In;
  readonly output: Out;
}

/** The latest first. What was done in the same millisecond is undone in the reverse of the order in which it is listed: what follows from something stands after it. */
export function latestFirst(completed: readonly Completed[]): readonly Completed[] {
  return completed.toSorted((a, b) => a.atMs - b.atMs).reverse();
}
