import fc from "fast-check";
import { expect, test } from "vitest";
import type { Patch } from "../../model/patch.ts";
import { applyPatches } from "./apply-patch.ts";
import type { BranchWrites } from "./merge-writes.ts";
import { mergeWrites } from "./merge-writes.ts";

const REDUCERS = { sum: "sum", log: "append" } as const;
const field = fc.constantFrom("a", "b", "c");
const patch: fc.Arbitrary<Patch> = fc.oneof(
  fc.record({
    op: fc.constant("set" as const),
    path: fc.oneof(fc.tuple(field), fc.tuple(field, field)),
    value: fc.oneof(fc.nat({ max: 2 }), fc.constant({ a: 1 })),
  }),
  fc.record({ op: fc.constant("delete" as const), path: fc.tuple(field) }),
  fc.record({ op: fc.constant("contribute" as const), field: fc.constant("sum"), value: fc.nat({ max: 5 }) }),
);
const branches: fc.Arbitrary<readonly BranchWrites[]> = fc
  .array(fc.array(patch, { maxLength: 3 }), { minLength: 1, maxLength: 4 })
  .map((all) => all.map((writes, index) => ({ name: `b${index}`, writes })));

function apply(writes: readonly Patch[]): unknown {
  return applyPatches({ a: 0, b: { c: 0 }, sum: 0 }, writes, REDUCERS);
}

test("where `update` finds no conflict, it does not matter in which order the branches are declared", () => {
  const property = fc.property(branches, (all) => {
    const merged = mergeWrites(all, "update");
    const reversed = mergeWrites(all.toReversed(), "update");
    expect(merged.ok).toBe(reversed.ok);
    if (merged.ok && reversed.ok) expect(apply(merged.writes)).toEqual(apply(reversed.writes));
  });
  fc.assert(property, { numRuns: 3_000 });
});

test("`overwrite` is what running the branches one after the other gives; without a conflict `update` gives the same", () => {
  const property = fc.property(branches, (all) => {
    const overwritten = mergeWrites(all, "overwrite");
    if (!overwritten.ok) throw new Error("overwrite never conflicts");
    expect(apply(overwritten.writes)).toEqual(apply(all.flatMap(({ writes }) => writes)));
    const merged = mergeWrites(all, "update");
    if (merged.ok) expect(apply(merged.writes)).toEqual(apply(overwritten.writes));
  });
  fc.assert(property, { numRuns: 3_000 });
});

test("`keepFirst` leaves the first branch's writes as they are, `none` leaves nothing, and contributions survive every other strategy", () => {
  const property = fc.property(branches, (all) => {
    expect(mergeWrites(all, "none")).toEqual({ ok: true, writes: [] });
    const kept = mergeWrites(all, "keepFirst");
    if (!kept.ok) throw new Error("keepFirst never conflicts");
    expect(kept.writes.slice(0, all[0]?.writes.length)).toEqual(all[0]?.writes);
    const contributions = (writes: readonly Patch[]): readonly Patch[] => writes.filter(({ op }) => op === "contribute");
    expect(contributions(kept.writes)).toEqual(contributions(all.flatMap(({ writes }) => writes)));
  });
  fc.assert(property, { numRuns: 3_000 });
});
