// Loaded before a documented program runs: it may talk to this machine and to nobody else.
import { Socket } from "node:net";

const sockets = Socket.prototype as unknown as { connect: (this: Socket, ...args: unknown[]) => Socket };
const { connect } = sockets;

sockets.connect = function (...args) {
  const wanted: unknown = Array.isArray(args[0]) ? args[0][0] : args[0];
  const host: unknown =
    typeof wanted === "object" && wanted !== null && "host" in wanted ? wanted.host : typeof args[1] === "string" ? args[1] : "localhost";
  if (!/^(localhost|127\.|::1)/.test(String(host))) throw new Error(`A documented program wants to reach ${String(host)}.`);
  return connect.apply(this, args);
};
