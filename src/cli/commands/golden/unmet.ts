import { didYouMean } from "../../../base/near-names.ts";
import type { Golden } from "../../../golden/golden.ts";
import { isAtStep, nearSteps } from "../../../golden/steps.ts";
import type { GoldenUpdate } from "../../../golden/update.ts";
import type { Desk } from "../../desk.ts";

/** What was given on the command line of an update. */
export interface GivenToUpdate {
  readonly steps: readonly string[];
  /** The names of what was answered. */
  readonly answers: readonly string[];
}

/** Warns of what no golden has anything to do with: it may be misspelt. Where no golden could be updated, nobody knows. */
export function warnOfUnmet({ output }: Desk, { steps, answers }: GivenToUpdate, goldens: readonly GoldenUpdate[]): void {
  if (goldens.length === 0) return;
  const all = goldens.flatMap(({ recorded, updated }) => [recorded, updated]);
  const paths = new Set(all.flatMap(({ operations }) => operations.map(({ path }): string => path)));
  for (const step of steps)
    if (![...paths].some((path) => isAtStep(step, path))) output.warn(`No golden has anything at --step ${step}.${nearSteps(step, paths)}`);
  warnOfUnasked({ output }, answers, all);
}

/** Warns of answers that nothing has asked for. */
export function warnOfUnasked({ output }: Pick<Desk, "output">, answers: readonly string[], goldens: readonly Golden[]): void {
  for (const sentence of unaskedOf(answers, goldens)) output.warn(sentence);
}

/** A sentence for each answer that nothing has asked for. */
export function unaskedOf(answers: readonly string[], goldens: readonly Golden[]): readonly string[] {
  if (answers.length === 0) return [];
  const waits = goldens.flatMap(({ operations }) => operations.filter(({ kind }) => kind === "human" || kind === "signal"));
  const known = new Set(waits.flatMap(({ name, path }): readonly string[] => [name, path]));
  const unasked = answers.filter((name) => !known.has(name));
  return unasked.map((name) => `Nothing has asked for the answer "${name}".${didYouMean(name, known)}`);
}
