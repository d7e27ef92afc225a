import type { Patch } from "../../model/patch.ts";
import type { Reducers } from "./apply-patch.ts";
import type { BranchWrites } from "./merge-writes.ts";

/** A contribution to a field with a reducer of the author's own. */
export interface Contribution {
  readonly field: string;
  readonly value: unknown;
}

/** What fields have become, by their names. */
export type Afters = ReadonlyMap<string, unknown>;

/** Those of a list of writes to these fields, in order. */
export function contributionsTo(isOne: (field: string) => boolean, writes: readonly Patch[]): readonly Contribution[] {
  return writes.flatMap((patch) => (patch.op === "contribute" && isOne(patch.field) ? [{ field: patch.field, value: patch.value }] : []));
}

/** Contributions as they stand in a question: each under the name of its field, so that whoever looks for that finds it. */
export type AskedContribution = Readonly<Record<string, unknown>>;

export function asAsked(contributions: readonly Contribution[]): readonly AskedContribution[] {
  return contributions.map(({ field, value }) => ({ [field]: value }));
}

/** What {@link asAsked} was given. */
export function fromAsked(asked: readonly AskedContribution[]): readonly Contribution[] {
  return asked.flatMap((each) => Object.entries(each).map(([field, value]) => ({ field, value })));
}

/** The same writes, of which the last contribution to each of these fields says what it has become, and no other does. */
export function withAfters(writes: readonly Patch[], afters: Afters): readonly Patch[] {
  if (afters.size === 0) return writes;
  const told = new Set<string>();
  const said: Patch[] = [];
  for (let at = writes.length - 1; at >= 0; at--) {
    const patch = writes[at];
    if (patch === undefined) continue;
    if (patch.op !== "contribute" || !afters.has(patch.field)) said.push(patch);
    else {
      const { op, field, value } = patch;
      said.push(told.has(field) ? { op, field, value } : { op, field, value, after: { value: afters.get(field) } });
      told.add(field);
    }
  }
  return said.reverse();
}

/**
 * The fields with a reducer of the author's own that more than one branch has contributed to: what each of them made of such a
 * field was made of what it was before all of them. Null where there are none.
 */
export function contestedFields(branches: readonly BranchWrites[], reducers: Reducers): ReadonlySet<string> | null {
  if (!Object.values(reducers).includes("own")) return null;
  const once = new Set<string>();
  const contested = new Set<string>();
  for (const { writes } of branches) {
    const mine = new Set<string>();
    for (const patch of writes) if (patch.op === "contribute" && reducers[patch.field] === "own") mine.add(patch.field);
    for (const field of mine) (once.has(field) ? contested : once).add(field);
  }
  return contested.size === 0 ? null : contested;
}
