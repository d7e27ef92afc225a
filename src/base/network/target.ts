import type { Socket } from "node:net";

/** `host:port`, with brackets around an IPv6 address; without a host, that is this machine. */
function hostAndPort(host: unknown, port: unknown): string {
  const name = typeof host === "string" && host !== "" ? host : "localhost";
  return `${name.includes(":") ? `[${name}]` : name}:${String(port)}`;
}

/** Where `connect` is to lead to: of its options, or of port and host; null where that has no address: a pipe, a Unix socket. */
export function targetOfConnect(args: readonly unknown[]): string | null {
  const first: unknown = Array.isArray(args[0]) ? args[0][0] : args[0]; // Node itself gives them as a list
  if (typeof first === "object" && first !== null) {
    const { path, host, port } = first as { readonly path?: unknown; readonly host?: unknown; readonly port?: unknown };
    return path === undefined || path === null || path === "" ? hostAndPort(host, port) : null;
  }
  if (typeof first === "string" && !(Number(first) >= 0)) return null; // a name of a pipe: no number
  return hostAndPort(args[1], first);
}

/** Where `send` of a UDP socket is to lead to: `(message, [offset, length,] port, [address,] …)`; null where it is connected. */
export function targetOfSend([, ...rest]: readonly unknown[]): string | null {
  const [port, address] = rest.slice(0, 3).every((value) => typeof value === "number") && rest.length > 2 ? rest.slice(2) : rest;
  if (typeof port !== "number" && typeof port !== "string") return null;
  return hostAndPort(address, port);
}

/** Who is at the other end of an open connection that somebody here has opened; null where nobody has an address there. */
export function peerOf(socket: Socket): string | null {
  if ("server" in socket && socket.server != null) return null; // opened by the other side
  return socket.remoteAddress === undefined ? null : hostAndPort(socket.remoteAddress, socket.remotePort);
}

/** Whether a name is known without asking anybody: it is an address, or this machine. */
export function isOnThisMachine(name: unknown): boolean {
  if (typeof name !== "string" || name === "") return true;
  return name === "localhost" || process.getBuiltinModule("node:net").isIP(name) !== 0;
}
