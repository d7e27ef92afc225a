import fc from "fast-check";
import type { CompositeKind } from "./composites.ts";
import { COMPOSITES } from "./composites.ts";
import type { LeafKind } from "./leaves.ts";
import { LEAVES } from "./leaves.ts";

/** A program to be made: a leaf, or what stands around another. */
export type Tree = { readonly leaf: LeafKind } | { readonly kind: CompositeKind; readonly below: Tree };

export type Kind = LeafKind | CompositeKind;

export const compositeKinds = Object.keys(COMPOSITES) as CompositeKind[];
const leafKinds = Object.keys(LEAVES) as LeafKind[];
export const kinds: readonly Kind[] = [...compositeKinds, ...leafKinds];

/** Trees of at most so many composites, one in the other. Shrink towards a single step. */
export function trees(depth: number): fc.Arbitrary<Tree> {
  const leaf: fc.Arbitrary<Tree> = fc.record({ leaf: fc.constantFrom(...leafKinds) });
  if (depth === 0) return leaf;
  const composite: fc.Arbitrary<Tree> = fc.record({ kind: fc.constantFrom(...compositeKinds), below: trees(depth - 1) });
  return fc.oneof({ withCrossShrink: true }, leaf, composite);
}

/** A tree of this kind, with the other in it. */
export function around(kind: Kind, below: Tree): Tree {
  return isLeaf(kind) ? { leaf: kind } : { kind, below };
}

function isLeaf(kind: Kind): kind is LeafKind {
  return Object.hasOwn(LEAVES, kind);
}

/** As it is printed: `saga(map(human))`. */
export function inWords(tree: Tree): string {
  return "leaf" in tree ? tree.leaf : `${tree.kind}(${inWords(tree.below)})`;
}

/** What is recalled has done nothing that could be undone, so that a compensation cannot stand in it. */
export function isRefused(tree: Tree): boolean {
  if ("leaf" in tree) return false;
  return (tree.kind === "cache" && has(tree.below, ["saga", "undone"])) || isRefused(tree.below);
}

function has(tree: Tree, wanted: readonly Kind[]): boolean {
  if ("leaf" in tree) return wanted.includes(tree.leaf);
  return wanted.includes(tree.kind) || has(tree.below, wanted);
}
