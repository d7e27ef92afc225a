import { keepNetworkGuard, type NetworkAttempt, offline, onBehalfOf } from "../../base/network/closed-network.ts";
import type { InstancePath } from "../../model/path.ts";
import { inSandbox, keepSandboxes } from "./sandbox.ts";

/** Where the functions of one golden run are at home. */
export interface OpenSandbox {
  /** Runs a function with the golden's time and chance, and without a network. */
  inside<T>(about: { readonly key: InstancePath; readonly now: () => number }, run: () => T): T;
  /** What wanted to leave the process, in order, also where the function kept its failure to itself. */
  readonly attempts: readonly NetworkAttempt[];
  /** Takes away what stands in for the globals, where nobody else needs it. */
  close(): void;
}

/** What keeps in place over a whole run what each of its functions needs. */
export function openSandbox(seed: string): OpenSandbox {
  const letGo = [keepSandboxes(), keepNetworkGuard()];
  const attempts: NetworkAttempt[] = [];
  const onAttempt = (attempt: NetworkAttempt): void => void attempts.push(attempt);
  return {
    inside: ({ key, now }, run) => offline(() => onBehalfOf(key, () => inSandbox({ now, seed, key }, run)), { onAttempt }),
    attempts,
    close: () => {
      for (const each of letGo) each();
    },
  };
}
