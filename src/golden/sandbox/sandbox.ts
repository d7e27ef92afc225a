import { StandIns } from "../../base/stand-ins.ts";
import type { Closing, Surroundings } from "../../base/surroundings.ts";
import { doneIn, here } from "../../base/surroundings.ts";
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

/** Time and chance of one piece of work. */
class Sandbox {
  readonly now: () => number;
  /** What was left behind in it goes by what is around it. */
  isOver = false;
  readonly #seed: string;
  readonly #key: string;
  #chance: Chance | null = null;

  constructor({ now, seed, key }: SandboxOptions) {
    this.now = now;
    this.#seed = seed;
    this.#key = key;
  }

  get chance(): Chance {
    this.#chance ??= new Chance(this.#seed, this.#key);
    return this.#chance;
  }
}

const standIns = new StandIns(() => [...timeStandIns(nowHere), ...chanceStandIns(() => current()?.sandbox.chance ?? null)], {
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
  const outer = here();
  return sandboxed(options, run, { around: { outer, path: outer?.path ?? null, closing: null }, letGo: standIns.use() });
}

/** {@link inSandbox}, with the network closed to it, on behalf of the operation that is its key. Needs {@link keepSandboxes} meanwhile. */
export function inKeptSandbox<T>(options: SandboxOptions, run: () => T, closing: Closing): T {
  return sandboxed(options, run, { around: { outer: here(), path: options.key, closing }, letGo: null });
}

interface Kept {
  readonly around: Omit<Surroundings, "sandbox">;
  readonly letGo: (() => void) | null;
}

function sandboxed<T>(options: SandboxOptions, run: () => T, { around, letGo }: Kept): T {
  const sandbox = new Sandbox(options);
  const end = (): void => {
    sandbox.isOver = true;
    letGo?.();
  };
  return withEnd(() => doneIn({ ...around, sandbox }, run), end);
}

/** Keeps what sandboxes need in place until the function it gives back is called, so that each of many costs next to nothing. */
export function keepSandboxes(): () => void {
  return standIns.use();
}

/** The sandbox that this is called in, and what is around it; null outside of any. */
function current(): { readonly sandbox: Sandbox; readonly outer: Surroundings | null } | null {
  for (let at = here(); at !== null; at = at.outer)
    if (at.sandbox instanceof Sandbox && !at.sandbox.isOver) return { sandbox: at.sandbox, outer: at.outer };
  return null;
}

/** The time in the sandbox that this is called in; null outside of any. Its clock is asked outside of it: it may be the machine's. */
function nowHere(): number | null {
  const found = current();
  return found === null ? null : doneIn(found.outer, found.sandbox.now);
}
