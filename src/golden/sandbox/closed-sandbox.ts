import type { InstancePath } from "../../model/path.ts";
import { inSandbox } from "./sandbox.ts";

/** What runs a user function of a golden run. */
export type Inside = <T>(about: { readonly key: InstancePath; readonly now: () => number }, run: () => T) => T;

/** Runs functions where time is the golden's, chance is drawn from its seed by their own place, and no network is reached. */
export function inClosedSandbox(seed: string): Inside {
  return ({ key, now }, run) => inSandbox({ now, seed, key }, run);
}
