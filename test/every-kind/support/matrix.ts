import fc from "fast-check";
import { expect, test } from "vitest";
import type { Fault } from "./histories.ts";
import { disturbed, effectsOf, FAULTS, howEnded, told, undisturbed } from "./histories.ts";
import type { CompositeKind } from "./composites.ts";
import type { Kind, Tree } from "./tree.ts";
import { around, inWords, isRefused, kinds, trees } from "./tree.ts";

/** Another seed draws other trees below each pair of kinds, and other worlds. */
const SEED = Number(process.env["FLUJO_MATRIX_SEED"] ?? 1);
/** How many trees there are below each pair of kinds, for each fault. */
const TIMES = Number(process.env["FLUJO_MATRIX_TIMES"] ?? 1);

/** How often each fault has befallen each kind within each other. */
export type Coverage = Map<string, number>;

/** Tests that each of these kinds around every kind, around a drawn tree, comes to the same whatever befalls it. */
export function testAround(outers: readonly CompositeKind[], coverage: Coverage): void {
  test.each(outers)(
    "%s around every kind, whatever befalls it, comes to what the undisturbed run comes to",
    { timeout: 300_000 },
    async (outer) => {
      for (const inner of kinds) await holdPair({ outer, inner }, coverage);
    },
  );
}

interface Pair {
  readonly outer: CompositeKind;
  readonly inner: Kind;
}

/** Every fault befalls the same program: what it comes to undisturbed is found out once. */
async function holdPair({ outer, inner }: Pair, coverage: Coverage): Promise<void> {
  const property = fc.asyncProperty(trees(1), fc.nat({ max: 1_000_000 }), async (below, seed) => {
    const tree = around(outer, around(inner, below));
    await (isRefused(tree) ? expectRefused(tree, seed) : expectSame(tree, seed));
    for (const fault of FAULTS) {
      const cell = cellName(outer, inner, fault);
      coverage.set(cell, (coverage.get(cell) ?? 0) + 1);
    }
  });
  await fc.assert(property, { numRuns: TIMES, seed: SEED + coverage.size });
}

function cellName(outer: Kind, inner: Kind, fault: Fault): string {
  return `${outer} x ${inner} x ${fault}`;
}

async function expectSame(tree: Tree, seed: number): Promise<void> {
  const calm = await undisturbed(tree, { seed, isFailing: false });
  expect(calm.result.status, inWords(tree)).toBe("succeeded");
  const failing = await undisturbed(tree, { seed, isFailing: true });
  const intended = new Set(effectsOf(calm));
  for (const fault of FAULTS) {
    const what = `${inWords(tree)}, ${fault}, seed ${seed}`;
    const run = await disturbed(tree, { fault, seed, of: fault === "failure" ? failing : calm });
    if (fault === "failure") expect(howEnded(run), what).toEqual(howEnded(failing));
    else if (fault === "cancel" && run.result.status === "cancelled") {
      const strange = effectsOf(run).filter((effect) => !intended.has(effect));
      expect(strange, `${what}: what was done although the run was called off`).toEqual([]);
    } else expect(told(run), what).toEqual(told(calm));
  }
}

/** A program that cannot be meant as it stands is refused before it runs. */
async function expectRefused(tree: Tree, seed: number): Promise<void> {
  await expect(undisturbed(tree, { seed, isFailing: false }), inWords(tree)).rejects.toThrow(/pipeline_invalid/);
}

/** Says which kinds, in which, under which faults there were, and fails where there was none. */
export function testCoverage(outers: readonly CompositeKind[], coverage: Coverage): void {
  test("no cell of the matrix is empty", () => {
    const empty = outers.flatMap((outer) =>
      kinds.flatMap((inner) => FAULTS.map((fault) => cellName(outer, inner, fault)).filter((cell) => !coverage.has(cell))),
    );
    const cases = [...coverage.values()].reduce((sum, each) => sum + each, 0);
    console.log(
      `${outers.length} kinds x ${kinds.length} kinds x ${FAULTS.length} faults: ${coverage.size} cells, ${cases} cases, ${empty.length} empty`,
    );
    expect(empty).toEqual([]);
  });
}
