import { isPlainObject } from "../base/json.ts";
import type { GatherDefinition } from "../plan/definition.ts";
import { invalid, refuseUnknown, shown } from "../plan/invalid.ts";
import type { AnyStep, OutputOf } from "./program.ts";
import { definitionOf } from "./program.ts";
import type { AllOf } from "./retry-options.ts";

/** What `.gather()` picks: earlier members of the same pipeline, each the program that was put there, or its name. */
export type GatherPicks = Readonly<Record<string, AnyStep | string>>;

/** What `.gather()` can be told. */
export interface GatherOptions {
  /** Part of the path. @defaultValue `"gather"`, then `"gather-2"` and so on. */
  readonly name?: string;
}

/** What a gather gives: under each key what that member gave; unknown where it was picked by its name. */
export type Gathered<Picks> = { readonly [K in keyof Picks]: Picks[K] extends string ? unknown : OutputOf<Picks[K]> };

const GATHER: AllOf<GatherOptions> = { name: true };

/** What earlier members gave. */
export function gatherOf(picks: GatherPicks, options: GatherOptions): GatherDefinition {
  for (const given of [picks, options] as readonly unknown[])
    if (!isPlainObject(given)) throw invalid("gather()", `it is given ${shown(given)}`, "Write .gather({ key: program }, { name }).");
  refuseUnknown("gather()", options, GATHER);
  const picked = Object.entries(picks).map(([key, pick]) => [key, typeof pick === "string" ? pick : definitionOf(pick)] as const);
  return { kind: "gather", name: options.name ?? null, picks: Object.freeze(Object.fromEntries(picked)) };
}
