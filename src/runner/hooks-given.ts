import { FlujoError } from "../base/errors.ts";
import { didYouMean } from "../base/near-names.ts";
import type { HookName, Hooks } from "./hooks.ts";

/** Hooks as they may be given. */
export type GivenHooks = Hooks | readonly Hooks[];

const IS_HOOK: Readonly<Record<HookName, true>> = {
  onRunStart: true,
  onRunEnd: true,
  onStepStart: true,
  onStepEnd: true,
  onModelStart: true,
  onModelEnd: true,
  onToolStart: true,
  onToolEnd: true,
  onFailure: true,
  onPause: true,
};

/** Every hook there is. */
export const HOOK_NAMES = Object.keys(IS_HOOK) as readonly HookName[];

/**
 * Hooks as a list.
 *
 * @throws {FlujoError} `usage_invalid` for a name that no hook has, and for a hook that is no function: it would never be called.
 */
export function hooksGiven(given: GivenHooks | undefined): readonly Hooks[] {
  if (given === undefined) return [];
  const list = Array.isArray(given) ? (given as readonly Hooks[]) : [given as Hooks];
  for (const hooks of list) check(hooks);
  return list;
}

function check(hooks: unknown): void {
  if (typeof hooks !== "object" || hooks === null)
    throw misuse("Hooks were given that are no object.", "Give an object with functions: { onStepEnd: (event) => … }.");
  for (const name of Object.keys(hooks))
    if (/^on[A-Z]/.test(name) && !Object.hasOwn(IS_HOOK, name))
      throw misuse(`There is no hook "${name}".${didYouMean(name, HOOK_NAMES)}`, `There are ${HOOK_NAMES.join(", ")}.`);
  for (const name of HOOK_NAMES) {
    const hook: unknown = (hooks as Hooks)[name];
    if (hook !== undefined && typeof hook !== "function") throw misuse(`The hook ${name} is no function.`, `Write ${name}: (event) => ….`);
  }
}

function misuse(summary: string, remedy: string): FlujoError {
  return new FlujoError("usage_invalid", summary, { remedy });
}
