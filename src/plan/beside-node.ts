import type { Definition } from "./definition.ts";

/** A program without what is done around it, and whatever its context is made of. */
export function innermost(definition: Definition): Definition {
  let inner = definition;
  while (inner.kind === "policy" || inner.kind === "nested") inner = inner.program;
  return inner;
}

/** A segment for what stands beside the children of a node: the word, or the first of `word-2`, `word-3` … that is free. It is taken then. */
export function freeSegment(taken: Set<string>, word: string): string {
  let segment = word;
  for (let n = 2; taken.has(segment); n++) segment = `${word}-${n}`;
  taken.add(segment);
  return segment;
}
