import type { NetworkAttempt } from "../../base/network/closed-network.ts";
import { keepNetworkGuard } from "../../base/network/closed-network.ts";
import type { Closing } from "../../base/surroundings.ts";
import type { InstancePath } from "../../model/path.ts";
import { inKeptSandbox, keepSandboxes } from "./sandbox.ts";

/** What runs a user function of a golden run. */
export type Inside = <T>(about: { readonly key: InstancePath; readonly now: () => number }, run: () => T) => T;

/**
 * Runs functions where time is the golden's, chance is drawn from its seed by their own place, and no network is reached:
 * what tries to fails with `offline` and is named by its path. Needs {@link keepClosedSandboxes} meanwhile.
 */
export function inClosedSandbox(seed: string, onAttempt: (attempt: NetworkAttempt) => void): Inside {
  const closing: Closing = { isOver: false, onAttempt }; // also to what a function leaves behind
  return ({ key, now }, run) => inKeptSandbox({ now, seed, key }, run, closing);
}

let isGuarded = false;

/**
 * Keeps in place what closed sandboxes need until the function it gives back is called, so that each of many costs next to nothing.
 *
 * What refuses the network stays for good: what a function has left behind may reach for it long after its run has ended.
 * Whom it does not concern it lets through.
 */
export function keepClosedSandboxes(): () => void {
  if (!isGuarded) keepNetworkGuard();
  isGuarded = true;
  return keepSandboxes();
}
