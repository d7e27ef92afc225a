import { AsyncLocalStorage } from "node:async_hooks";
import { StandIns } from "../../base/stand-ins.ts";
import { withEnd } from "../../base/thenable.ts";
import { Chance } from "./chance.ts";
import { chanceStandIns } from "./chance-stand-ins.ts";
import { timeStandIns } from "./time-stand-ins.ts";

/** What time and chance are in a sandbox. */
export interface SandboxOptions {
  /** Milliseconds since 1970. May itself read the machine's clock. */
  readonly now: () => number;
  /** What all is drawn from. */
  readonly seed: string;
  /** Whose draws they are: the same seed gives every key draws of its own. */
  readonly key: string;
}

interface Sandbox {
  readonly now: () => number;
  readonly chance: Chance;
  /** What is around it; null where nothing is. */
  readonly outer: Sandbox | null;
  /** What was left behind in it goes by what is around it. */
  isOver: boolean;
}

const sandboxes = new AsyncLocalStorage<Sandbox | null>();

const standIns = new StandIns(() => [...timeStandIns(nowHere), ...chanceStandIns(() => current()?.chance ?? null)], {
  areImported: true,
  areContested: true,
});

/**
 * Runs a function so that time and chance in it, and in all that it awaits, go by what is given: `Date`, `performance.now`,
 * `Math.random`, `crypto.randomUUID`, `crypto.getRandomValues`, and what `node:crypto` has of that (`randomBytes`,
 * `randomInt`, `randomFill`, `randomFillSync`, `randomUUID`), imported by name or not. Timers are left as they are.
 *
 * Outside nothing changes: what is put in place of the globals asks for whom it is, and is taken away with the end of the last
 * sandbox. To put them in place costs 0.1 ms; {@link keepSandboxes} keeps them there over many.
 *
 * Not reached: what was taken out of its object before the first sandbox (`const { random } = Math`), classes that extended
 * `Date` before it, bytes that a package has drawn ahead of their use, `process.hrtime`, `Intl`, worker threads and other
 * processes.
 *
 * @example
 * ```ts fragment
 * const made = inSandbox({ now: () => 0, seed: "7", key: "order/charge" }, () => [new Date().toISOString(), crypto.randomUUID()]);
 * ```
 */
export function inSandbox<T>(options: SandboxOptions, run: () => T): T {
  return inside(options, run, standIns.use());
}

/** {@link inSandbox}. Costs next to nothing, and needs {@link keepSandboxes} meanwhile. */
export function inKeptSandbox<T>(options: SandboxOptions, run: () => T): T {
  return inside(options, run, null);
}

function inside<T>({ now, seed, key }: SandboxOptions, run: () => T, letGo: (() => void) | null): T {
  const sandbox: Sandbox = { now, chance: new Chance(seed, key), outer: current(), isOver: false };
  const end = (): void => {
    sandbox.isOver = true;
    letGo?.();
  };
  return withEnd(() => sandboxes.run(sandbox, run), end);
}

/** Keeps what sandboxes need in place until the function it gives back is called, so that each of many costs next to nothing. */
export function keepSandboxes(): () => void {
  return standIns.use();
}

function current(): Sandbox | null {
  let sandbox = sandboxes.getStore() ?? null;
  while (sandbox !== null && sandbox.isOver) sandbox = sandbox.outer;
  return sandbox;
}

/** The time in the sandbox that this is called in; null outside of any. Its clock is asked outside of it: it may be the machine's. */
function nowHere(): number | null {
  const sandbox = current();
  return sandbox === null ? null : sandboxes.run(sandbox.outer, sandbox.now);
}
