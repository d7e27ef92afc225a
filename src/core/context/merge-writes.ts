import type { FieldPath, MergeStrategy, Patch } from "../../model/patch.ts";
import type { Conflict, Rival } from "./conflict.ts";
import { sayingOf } from "./saying.ts";

/** One branch of a join: what it is called, and what it wrote. */
export interface BranchWrites {
  readonly name: string;
  readonly writes: readonly Patch[];
}

/** What became of the writes of several branches. */
export type Merged = { readonly ok: true; readonly writes: readonly Patch[] } | { readonly ok: false; readonly conflict: Conflict };

/**
 * The writes of concurrent branches as one list, in declared order. Contributions never conflict. Under `update` two
 * writes of different branches conflict when the path of one is a prefix of the other's, unless they say the same.
 */
export function mergeWrites(branches: readonly BranchWrites[], strategy: MergeStrategy): Merged {
  if (strategy === "none") return { ok: true, writes: [] };
  const claims = new Claims();
  const writes: Patch[] = [];
  for (const branch of branches) {
    const mine: [PlacedPatch, string][] = [];
    const last = lastSayings(branch.writes);
    for (const patch of branch.writes) {
      if (patch.op === "contribute") {
        writes.push(patch);
        continue;
      }
      const final = last.get(placeOf(patch.path)) ?? patch;
      const said = sayingIn(final);
      const rival = strategy === "overwrite" ? null : claims.rivalOf(patch.path, said);
      if (rival !== null && strategy === "update") {
        const rivals = [rivalOf(rival), rivalOf({ by: branch.name, patch: final })] as const;
        return { ok: false, conflict: { field: patch.path.join("."), rivals } };
      }
      if (rival !== null) continue; // keepFirst: an earlier branch has it
      writes.push(patch);
      mine.push([patch, said]);
    }
    for (const [patch, said] of mine) claims.add(patch.path, { by: branch.name, said, patch });
  }
  return { ok: true, writes };
}

type PlacedPatch = Exclude<Patch, { readonly op: "contribute" }>;

function rivalOf({ by, patch }: Pick<Claim, "by" | "patch">): Rival {
  const { path } = patch;
  return patch.op === "set" ? { name: by, path, set: { value: patch.value } } : { name: by, path };
}

/** What a branch says of each place in the end: that it said something else before is its own affair. */
function lastSayings(writes: readonly Patch[]): ReadonlyMap<string, PlacedPatch> {
  const last = new Map<string, PlacedPatch>();
  for (const patch of writes) if (patch.op !== "contribute") last.set(placeOf(patch.path), patch);
  return last;
}

function sayingIn(patch: PlacedPatch): string {
  return patch.op === "set" ? `=${sayingOf(patch.value) ?? "?"}` : "-";
}

function placeOf(path: FieldPath): string {
  return JSON.stringify(path);
}

interface Claim {
  readonly by: string;
  readonly said: string;
  readonly patch: PlacedPatch;
}

/** A tree over path segments, so that looking for a rival costs the depth of the path, not the number of writes. */
class Claims {
  readonly #root: ClaimNode = { claim: null, below: new Map() };

  add(path: FieldPath, claim: Claim): void {
    let node = this.#root;
    for (const part of path) {
      let next = node.below.get(part);
      if (next === undefined) {
        next = { claim: null, below: new Map() };
        node.below.set(part, next);
      }
      node = next;
    }
    node.claim = claim;
  }

  /** The earlier branch that wrote this path, a part of it, or something above it; null where they agree or nobody did. */
  rivalOf(path: FieldPath, said: string): Claim | null {
    let node = this.#root;
    for (const part of path) {
      if (node.claim !== null) return node.claim;
      const next = node.below.get(part);
      if (next === undefined) return null;
      node = next;
    }
    if (node.claim !== null && node.below.size === 0) return node.claim.said === said && said !== "=?" ? null : node.claim;
    return node.claim ?? firstBelow(node);
  }
}

interface ClaimNode {
  claim: Claim | null;
  readonly below: Map<string | number, ClaimNode>;
}

function firstBelow(node: ClaimNode): Claim | null {
  const open: ClaimNode[] = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.claim !== null) return next.claim;
    for (const below of next.below.values()) open.push(below);
  }
  return null;
}
