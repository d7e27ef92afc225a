import type { Plan } from "../model/node.ts";
import { changesBetween } from "./compare.ts";
import { bindingChanges } from "./compare-bindings.ts";

/**
 * What a change means for runs that are under way: `kept`, they go on with what they began with; `asked`, those that still
 * need it, or have used it, are refused as `plan_changed` until somebody accepts it; `lost`, those that still need it cannot
 * go on at all.
 */
export type ForRuns = "kept" | "asked" | "lost";

/** One thing in which two plans differ. */
export interface PlanDifference {
  /** The node it is about, `path:what` for a function or a tool of it; the plan's name where it is about the whole. */
  readonly path: string;
  readonly kind: "added" | "removed" | "changed" | "code-changed";
  /** In words, to be read after the path: `its instructions changed`. */
  readonly says: string;
  readonly forRuns: ForRuns;
}

/**
 * In what two plans differ, and what each difference means for runs of the first that are under way when the code of the
 * second is deployed. Empty where they are the same.
 *
 * @param before - The plan that runs began with.
 * @param after - That of the code as it will be.
 *
 * @example
 * ```ts
 * import { diffPlans, pipeline, planOf, step } from "flujo";
 *
 * const greet = (word: string) => pipeline({ name: "greet" }).step("say", (who: string) => `Hello, ${who}!`).step("end", (text) => text + word);
 * const shorter = pipeline({ name: "greet" }).step("say", (who: string) => `Hello, ${who}!`);
 * for (const { path, says, forRuns } of diffPlans(planOf(greet("")), planOf(shorter))) console.log(path, says, forRuns); // greet/end it is gone lost
 * ```
 */
export function diffPlans(before: Plan, after: Plan): readonly PlanDifference[] {
  const bound = bindingChanges(before, after, () => "ahead");
  const told = new Set(bound.map(({ path, says }) => `${path} ${says}`));
  const gone = new Set(bound.map(({ path }) => path));
  const others = changesBetween(before, after).filter(
    ({ path, says, kind }) => kind !== "code-changed" && !told.has(`${path} ${says}`) && !(kind === "removed" && gone.has(path)),
  );
  return [
    ...bound.map(({ path, kind, says, isMissing }): PlanDifference => ({ path, kind, says, forRuns: isMissing ? "lost" : "asked" })),
    ...others.map(({ path, kind, says }): PlanDifference => ({ path, kind, says, forRuns: "kept" })),
  ];
}
