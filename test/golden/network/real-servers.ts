import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { createServer as createHttp } from "node:http";
import { createServer as createHttp2 } from "node:http2";
import type { AddressInfo, Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Servers on this machine that count whatever reaches them. */
export interface RealServers {
  /** Of TCP: answers HTTP, also with kept connections. */
  readonly port: number;
  /** Of HTTP/2 without TLS. */
  readonly http2Port: number;
  /** Of UDP. */
  readonly udpPort: number;
  /** Of a Unix socket that answers HTTP. */
  readonly pipe: string;
  /** Connections, requests and packets that came by an address. */
  arrived(): number;
  close(): Promise<void>;
}

export async function startRealServers(): Promise<RealServers> {
  let arrived = 0;
  const sockets = new Set<Socket>();
  const count = (): void => void (arrived += 1);
  const hold = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => undefined); // a client that goes away is no matter
    socket.on("data", count);
  };
  const http = createHttp((_request, response) => response.end("hello"));
  http.keepAliveTimeout = 60_000;
  const http2 = createHttp2();
  http2.on("session", count);
  const pipe = createHttp((_request, response) => response.end("through the pipe"));
  for (const server of [http, http2]) server.on("connection", count).on("connection", hold);
  pipe.on("connection", (socket: Socket) => void sockets.add(socket));
  const udp = createSocket("udp4").on("message", count);
  const place = join(tmpdir(), `flujo-offline-${process.pid}-${Math.random().toString(36).slice(2)}.sock`);
  await listening(pipe, place);
  return {
    port: await listening(http, 0),
    http2Port: await listening(http2, 0),
    udpPort: await bound(udp),
    pipe: place,
    arrived: () => arrived,
    async close() {
      for (const socket of sockets) socket.destroy();
      udp.close();
      await Promise.all([http, http2, pipe].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

async function listening(server: { listen: Server["listen"]; address: Server["address"] }, where: number | string): Promise<number> {
  await new Promise<void>((resolve) => {
    if (typeof where === "number") server.listen(where, "127.0.0.1", resolve);
    else server.listen(where, resolve);
  });
  return typeof where === "number" ? (server.address() as AddressInfo).port : 0;
}

async function bound(udp: UdpSocket): Promise<number> {
  await new Promise<void>((resolve) => {
    udp.bind(0, "127.0.0.1", resolve);
  });
  return udp.address().port;
}
