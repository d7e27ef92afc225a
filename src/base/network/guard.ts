import type { Socket as UdpSocket } from "node:dgram";
import type { Socket } from "node:net";
import { behind, type FlujoError } from "../errors.ts";
import type { StandIn } from "../stand-ins.ts";
import { isOnThisMachine, peerOf, targetOfConnect, targetOfSend } from "./target.ts";

/** Something that leaves the process: `connect to`, and where to. */
export interface Leaving {
  readonly how: "connect to" | "send to" | "look up";
  readonly target: string;
}

/** The error that something fails with where the network is closed; null where it is open. */
export type Refuse = (leaving: Leaving) => FlujoError<"offline"> | null;

type Original = (...args: readonly unknown[]) => unknown;
type Callback = (error: Error) => void;

/**
 * What stands in for every way onto the network that Node has: TCP (and with it TLS, HTTP, HTTP/2, `fetch`, web sockets), UDP,
 * and questions to name servers. What has no address is let through: pipes, Unix sockets, channels between processes; and so
 * are the connections of a server, which others have opened.
 */
export function networkStandIns(refuse: Refuse): readonly StandIn[] {
  return [...tcp(refuse), ...udp(refuse), ...names(refuse), fetching()];
}

function tcp(refuse: Refuse): readonly StandIn[] {
  const sockets = (): object => process.getBuiltinModule("node:net").Socket.prototype;
  const connect: StandIn = {
    of: sockets,
    member: "connect",
    make: (original) =>
      function (this: Socket, ...args: readonly unknown[]) {
        const target = targetOfConnect(args);
        const error = target === null ? null : refuse({ how: "connect to", target });
        if (error === null) return Reflect.apply(original as Original, this, args);
        Reflect.set(this, "connecting", true); // so that what is written until then waits
        process.nextTick(() => this.destroy(error)); // as one that fails otherwise does: after the call
        return this;
      },
  };
  // What is written to a connection that was open before, and is kept for the next request.
  const write: StandIn = {
    of: sockets,
    member: "_writeGeneric",
    make: (original) =>
      function (this: Socket, ...args: readonly unknown[]) {
        const target = peerOf(this);
        const error = target === null ? null : refuse({ how: "send to", target });
        if (error === null) return Reflect.apply(original as Original, this, args);
        (args[3] as Callback)(error); // (writev, data, encoding, callback)
        return undefined;
      },
  };
  return [connect, write];
}

function udp(refuse: Refuse): readonly StandIn[] {
  const sockets = (): object => process.getBuiltinModule("node:dgram").Socket.prototype;
  const standIn = (member: "send" | "connect"): StandIn => ({
    of: sockets,
    member,
    make: (original) =>
      function (this: UdpSocket, ...args: readonly unknown[]) {
        const target = member === "send" ? targetOfSend(args) : targetOfConnect(args);
        const error = refuse({ how: member === "send" ? "send to" : "connect to", target: target ?? "its peer" });
        if (error === null) return Reflect.apply(original as Original, this, args);
        const callback = callbackOf(args);
        process.nextTick(() => (callback === null ? this.emit("error", error) : callback(error)));
        return undefined;
      },
  });
  return [standIn("send"), standIn("connect")];
}

const QUESTIONS = ["resolve", "resolve4", "resolve6", "resolveAny", "resolveCaa", "resolveCname", "resolveMx", "resolveNaptr"].concat([
  "resolveNs",
  "resolvePtr",
  "resolveSoa",
  "resolveSrv",
  "resolveTlsa",
  "resolveTxt",
  "reverse",
]);

function names(refuse: Refuse): readonly StandIn[] {
  const dns = () => process.getBuiltinModule("node:dns");
  const told = (of: () => object, member: string): StandIn => ({
    of,
    member,
    make: (original) =>
      function (this: unknown, ...args: readonly unknown[]) {
        const error = refuseName(refuse, member, args[0]);
        const callback = callbackOf(args);
        if (error === null || callback === null) return Reflect.apply(original as Original, this, args);
        process.nextTick(callback, error);
        return undefined;
      },
  });
  const promised = (of: () => object, member: string): StandIn => ({
    of,
    member,
    make: (original) =>
      function (this: unknown, ...args: readonly unknown[]) {
        const error = refuseName(refuse, member, args[0]);
        return error === null ? Reflect.apply(original as Original, this, args) : Promise.reject(error);
      },
  });
  const own = ["lookup", "lookupService", ...QUESTIONS];
  return [
    ...own.map((member) => told(dns, member)),
    ...own.map((member) => promised(() => dns().promises, member)),
    ...QUESTIONS.map((member) => told(() => dns().Resolver.prototype, member)),
    ...QUESTIONS.map((member) => promised(() => dns().promises.Resolver.prototype, member)),
  ];
}

/** What the machine knows by itself asks nobody; a server that listens on `localhost` looks that up. */
function refuseName(refuse: Refuse, member: string, name: unknown): FlujoError<"offline"> | null {
  if (member === "lookup" && isOnThisMachine(name)) return null;
  return refuse({ how: "look up", target: String(name) });
}

/** `fetch` says no more than that it failed; why is behind that. */
function fetching(): StandIn {
  return {
    of: () => globalThis,
    member: "fetch",
    make: (original) => {
      const fetchIt = original as typeof globalThis.fetch; // what is at that place
      return async function fetch(...args: Parameters<typeof globalThis.fetch>): Promise<Response> {
        try {
          return await fetchIt(...args);
        } catch (error) {
          throw behind(error, "offline") ?? error;
        }
      };
    },
  };
}

function callbackOf(args: readonly unknown[]): Callback | null {
  const last = args.at(-1);
  return typeof last === "function" ? (last as Callback) : null;
}
