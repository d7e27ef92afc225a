import type { NetworkAttempt } from "../../base/network/closed-network.ts";
import { keepNetworkGuard, offlineOnBehalfOf } from "../../base/network/closed-network.ts";
import type { InstancePath } from "../../model/path.ts";
import { inKeptSandbox, keepSandboxes } from "./sandbox.ts";

/** What runs a user function of a golden run. */
export type Inside = <T>(about: { readonly key: InstancePath; readonly now: () => number }, run: () => T) => T;

/**
 * Runs functions where time is the golden's, chance is drawn from its seed by their own place, and no network is reached:
 * what tries to fails with `offline` and is named by its path. Needs {@link keepClosedSandboxes} meanwhile.
 */
export function inClosedSandbox(seed: string, onAttempt: (attempt: NetworkAttempt) => void): Inside {
  return ({ key, now }, run) => offlineOnBehalfOf(key, () => inKeptSandbox({ now, seed, key }, run), onAttempt);
}

/** Keeps in place what closed sandboxes need until the function it gives back is called, so that each of many costs next to nothing. */
export function keepClosedSandboxes(): () => void {
  const letGo = [keepSandboxes(), keepNetworkGuard()];
  return () => {
    for (const each of letGo) each();
  };
}
