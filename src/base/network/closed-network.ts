import { FlujoError } from "../errors.ts";
import { StandIns } from "../stand-ins.ts";
import { doneIn, here } from "../surroundings.ts";
import { withEnd } from "../thenable.ts";
import { networkStandIns } from "./guard.ts";

/** Something that wanted to leave the process while the network was closed. */
export interface NetworkAttempt {
  /** `host:port`, the name that was looked up, a model, a tool server. */
  readonly target: string;
  /** The path of the operation that wanted it; null where that is not known. */
  readonly path: string | null;
}

/** How the network is closed. */
export interface OfflineOptions {
  /** Told of each attempt, also of those whose failure the program keeps to itself. Must not throw. Default: nobody. */
  readonly onAttempt?: (attempt: NetworkAttempt) => void;
}

const standIns = new StandIns(() => networkStandIns(({ how, target }) => refusal(`${how} ${target}`, target)), {
  areImported: true,
  areContested: false,
});

/** Why it is closed for the whole process, by each who has closed it. */
const closedBy: string[] = [];
const VARIABLE = "FLUJO_OFFLINE";
let openForEnvironment: (() => void) | null = null;

/**
 * Runs a function with the network closed to it and to all that it awaits: whatever it wants to connect to, this machine
 * included, fails with `offline` (FlujoError), which names host and port, and no packet leaves. Models of a provider and tool
 * servers fail so, too; offline models, model objects that need no network, pipes and Unix sockets work. Outside nothing changes.
 *
 * Not closed: other processes, worker threads, and HTTP/2 sessions that were open before.
 *
 * @example
 * ```ts
 * import { FlujoError } from "flujo";
 * import { offline } from "flujo/testing";
 *
 * const seen: string[] = [];
 * const failure = await offline(
 *   () => fetch("https://example.com").catch((error: unknown) => error),
 *   { onAttempt: ({ target }) => seen.push(target) },
 * );
 * console.log(FlujoError.is(failure, "offline"), seen); // true [ 'example.com:443' ]
 * ```
 */
export function offline<T>(run: () => T, { onAttempt }: OfflineOptions = {}): T {
  const letGo = standIns.use();
  const outer = here();
  const closing = { isOver: false, onAttempt: onAttempt ?? null };
  const end = (): void => {
    closing.isOver = true;
    letGo();
  };
  return withEnd(() => doneIn({ outer, path: outer?.path ?? null, closing, sandbox: null }, run), end);
}

/**
 * Closes the network for the whole process, until the function it gives back is called.
 *
 * @param by - What closes it, for messages.
 */
export function closeNetwork(by = "closeNetwork()"): () => void {
  const letGo = standIns.use();
  closedBy.push(by);
  let isClosed = true;
  return () => {
    if (!isClosed) return;
    isClosed = false;
    closedBy.splice(closedBy.indexOf(by), 1);
    letGo();
  };
}

/** Keeps in place what closing the network needs, for those who put it around work themselves. */
export function keepNetworkGuard(): () => void {
  return standIns.use();
}

/** Closes the network to the whole process where the environment says so, `FLUJO_OFFLINE=1`; opens it again where it says so no more. */
export function obeyEnvironment(): void {
  if (process.env[VARIABLE] === "1") openForEnvironment ??= closeNetwork(`${VARIABLE}=1`);
  else if (openForEnvironment !== null) {
    openForEnvironment();
    openForEnvironment = null;
  }
}

/** Runs something on behalf of the operation at this path, which is then named by what fails for want of a network. */
export function onBehalfOf<T>(path: string, run: () => T): T {
  return doneIn({ outer: here(), path, closing: null, sandbox: null }, run);
}

/** Whether the network is closed for the whole process. */
export function isProcessOffline(): boolean {
  return closedBy.length > 0;
}

/** Refuses what would leave the process by another way than a connection: `start the tool server "files"`. @throws {FlujoError} `offline` */
export function refuseOffline(what: string, target: string): void {
  const error = refusal(what, target);
  if (error !== null) throw error;
}

function refusal(what: string, target: string): FlujoError<"offline"> | null {
  const by = whoCloses();
  if (by === null) return null;
  const path = here()?.path ?? null;
  const attempt = { target, path };
  tell(attempt);
  return new FlujoError("offline", `${path ?? "The program"} wanted to ${what}, but the network is closed (${by}).`, { details: attempt });
}

function whoCloses(): string | null {
  for (let at = here(); at !== null; at = at.outer) if (at.closing?.isOver === false) return "offline()";
  return closedBy.at(-1) ?? null;
}

function tell(attempt: NetworkAttempt): void {
  for (let at = here(); at !== null; at = at.outer) if (at.closing?.isOver === false) at.closing.onAttempt?.(attempt);
}
