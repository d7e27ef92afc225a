import assert from "node:assert/strict";
import { createSocket, Socket as UdpSocket } from "node:dgram";
import dns, { lookup } from "node:dns";
import dnsPromises from "node:dns/promises";
import http from "node:http";
import http2 from "node:http2";
import https from "node:https";
import net from "node:net";
import tls from "node:tls";
import { fetch as undiciFetch, request as undiciRequest } from "undici";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { behind, FlujoError } from "../../../src/base/errors.ts";
import { closeNetwork, offline, onBehalfOf } from "../../../src/base/network/closed-network.ts";
import { type RealServers, startRealServers } from "./real-servers.ts";

let servers: RealServers;
beforeAll(async () => {
  servers = await startRealServers();
});
afterAll(() => servers.close());

/** Every member that anything may stand in for, as it is now. */
const GUARDED = [net.Socket.prototype, UdpSocket.prototype, dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype];
const asItIs = () => [
  Object.getOwnPropertyDescriptor(globalThis, "fetch"),
  ...GUARDED.map((owner) => Object.getOwnPropertyDescriptors(owner)),
];
const MACHINE = asItIs();

afterEach(() => assert.deepStrictEqual(asItIs(), MACHINE)); // put back exactly, after every test

/** What an emitter fails with. */
const failureOf = (emitter: { once(event: "error", then: (error: unknown) => void): unknown }): Promise<unknown> =>
  new Promise((resolve) => {
    emitter.once("error", resolve);
  });
const thrownBy = async (work: () => unknown): Promise<unknown> => {
  try {
    return `gave ${String(await work())}`;
  } catch (error) {
    return error;
  }
};

/** Every way onto the network, to the same servers; each gives what it failed with. */
const WAYS: Readonly<Record<string, () => Promise<unknown>>> = {
  "net.connect with options": () => failureOf(net.connect({ port: servers.port, host: "127.0.0.1" })),
  "net.connect with port and host": () => failureOf(net.connect(servers.port, "127.0.0.1")),
  "net.connect with a port as text": () => failureOf(net.connect(String(servers.port) as unknown as number, "127.0.0.1")),
  "net.Socket#connect, and what is written at once": () => {
    const socket = new net.Socket().connect(servers.port, "127.0.0.1");
    socket.write("a packet");
    return failureOf(socket);
  },
  "tls.connect": () => failureOf(tls.connect({ port: servers.port, host: "127.0.0.1", servername: "example.test" })),
  "http.get": () => failureOf(http.get({ port: servers.port, host: "127.0.0.1" })),
  "http.request with a body": () => {
    const request = http.request({ port: servers.port, host: "127.0.0.1", method: "POST" });
    request.write("a packet");
    return failureOf(request);
  },
  "http.get with an agent that keeps connections": () =>
    failureOf(http.get({ port: servers.port, host: "127.0.0.1", agent: new http.Agent({ keepAlive: true }) })),
  "https.get": () => failureOf(https.get({ port: servers.port, host: "127.0.0.1" })),
  "http2.connect": () => failureOf(http2.connect(`http://127.0.0.1:${servers.http2Port}`)),
  fetch: () => thrownBy(() => fetch(`http://127.0.0.1:${servers.port}/`)),
  "fetch of https": () => thrownBy(() => fetch(`https://127.0.0.1:${servers.port}/`)),
  "fetch of the undici package": () => thrownBy(() => undiciFetch(`http://127.0.0.1:${servers.port}/`)),
  "request of the undici package": () => thrownBy(() => undiciRequest(`http://127.0.0.1:${servers.port}/`)),
  "dgram send": () =>
    new Promise((resolve) => {
      const socket = createSocket("udp4");
      socket.send("a packet", servers.udpPort, "127.0.0.1", (error) => {
        socket.close();
        resolve(error);
      });
    }),
  "dgram send of a part": () =>
    new Promise((resolve) => {
      const socket = createSocket("udp4");
      socket.send(Buffer.from("a packet"), 0, 4, servers.udpPort, "127.0.0.1", (error) => {
        socket.close();
        resolve(error);
      });
    }),
  "dgram send without a callback": () => {
    const socket = createSocket("udp4");
    const failed = failureOf(socket);
    socket.send("a packet", servers.udpPort, "127.0.0.1");
    return failed.finally(() => socket.close());
  },
  "dgram connect": () => {
    const socket = createSocket("udp4");
    const failed = failureOf(socket);
    socket.connect(servers.udpPort, "127.0.0.1");
    return failed.finally(() => socket.close());
  },
};

const QUESTIONS: Readonly<Record<string, () => Promise<unknown>>> = {
  "dns.lookup": () => new Promise((resolve) => dns.lookup("example.test", resolve)),
  "lookup, imported by name": () => new Promise((resolve) => lookup("example.test", { all: true }, resolve)),
  "dns.resolve": () => new Promise((resolve) => dns.resolve("example.test", resolve)),
  "dns.resolve4": () => new Promise((resolve) => dns.resolve4("example.test", resolve)),
  "dns.reverse": () => new Promise((resolve) => dns.reverse("192.0.2.1", resolve)),
  "a resolver": () => new Promise((resolve) => new dns.Resolver().resolveTxt("example.test", resolve)),
  "dns.promises.lookup": () => thrownBy(() => dns.promises.lookup("example.test")),
  "node:dns/promises": () => thrownBy(() => dnsPromises.resolveMx("example.test")),
  "a resolver of promises": () => thrownBy(() => new dnsPromises.Resolver().resolve("example.test")),
};

describe("with the network closed", () => {
  for (const [way, go] of Object.entries(WAYS)) {
    it(`${way} fails with the address, and no packet arrives`, async () => {
      const before = servers.arrived();
      const failure = behind(await offline(go), "offline");
      expect(failure?.summary).toMatch(
        /^The program wanted to (connect|send) to 127\.0\.0\.1:\d+, but the network is closed \(offline\(\)\)\.$/,
      );
      expect(failure?.message).toContain("FLUJO_OFFLINE");
      expect([servers.port, servers.http2Port, servers.udpPort].map((port) => `127.0.0.1:${port}`)).toContain(failure?.details["target"]);
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(servers.arrived()).toBe(before);
    });
  }

  for (const [way, ask] of Object.entries(QUESTIONS)) {
    it(`${way} asks nobody`, async () => {
      const failure = await offline(ask);
      expect(FlujoError.is(failure, "offline")).toBe(true);
      expect(String(failure)).toMatch(/wanted to look up (example\.test|192\.0\.2\.1)/);
    });
  }

  it("fetch itself fails with it, not only something behind", async () => {
    const failure = await offline(() => thrownBy(() => fetch(`http://127.0.0.1:${servers.port}/`)));
    expect(FlujoError.is(failure, "offline")).toBe(true);
  });

  it("other failures of fetch are what they were, and what needs no network works", async () => {
    const aborted = AbortSignal.abort(new Error("no more"));
    expect(await offline(() => thrownBy(() => fetch("http://127.0.0.1:1/", { signal: aborted })))).toHaveProperty("message", "no more");
    expect(await offline(async () => (await fetch("data:,hello")).text())).toBe("hello");
    expect(await offline(() => dnsPromises.lookup("127.0.0.1"))).toMatchObject({ address: "127.0.0.1" });
    expect(await offline(() => dnsPromises.lookup("localhost"))).toHaveProperty("address");
  });

  it("a web socket ends with an error", async () => {
    const before = servers.arrived();
    const kind = await offline(
      () =>
        new Promise((resolve) => {
          const socket = new WebSocket(`ws://127.0.0.1:${servers.port}`);
          socket.addEventListener("open", () => resolve("open"));
          socket.addEventListener("error", () => resolve("error"));
        }),
    );
    expect(kind).toBe("error");
    expect(servers.arrived()).toBe(before);
  });

  it("a connection that was open before, and is kept, carries nothing: of http, fetch and plain sockets", async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const getOnce = () =>
      new Promise<unknown>((resolve, reject) => {
        http
          .get({ port: servers.port, host: "127.0.0.1", agent }, (response) => response.resume().once("end", () => resolve("answered")))
          .once("error", reject);
      });
    const url = `http://127.0.0.1:${servers.port}/`;
    const socket = net.connect(servers.port, "127.0.0.1");
    await new Promise((resolve) => socket.once("connect", resolve));
    expect(await getOnce()).toBe("answered");
    expect(await (await fetch(url)).text()).toBe("hello");
    await new Promise((resolve) => setTimeout(resolve, 20));
    const before = servers.arrived();
    expect(behind(await offline(() => thrownBy(getOnce)), "offline")).not.toBeNull();
    expect(behind(await offline(() => thrownBy(() => fetch(url))), "offline")).not.toBeNull();
    const failed = failureOf(socket);
    offline(() => socket.write("a packet"));
    expect(behind(await failed, "offline")?.summary).toContain(`send to 127.0.0.1:${servers.port}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(servers.arrived()).toBe(before);
    agent.destroy();
  });

  it("what is no network goes on: Unix sockets, servers and what others send to them", async () => {
    const answer = await offline(
      () =>
        new Promise((resolve, reject) => {
          http
            .get({ socketPath: servers.pipe }, (response) => response.on("data", (piece: Buffer) => resolve(piece.toString())))
            .once("error", reject);
        }),
    );
    expect(answer).toBe("through the pipe");
    const server = http.createServer((_request, response) => response.end("served"));
    await offline(() => new Promise<void>((resolve) => server.listen(0, "localhost", resolve)));
    const letGo = offline(() => server.address() as net.AddressInfo);
    expect(await (await fetch(`http://localhost:${letGo.port}/`)).text()).toBe("served");
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});

describe("the network is closed", () => {
  const url = () => `http://127.0.0.1:${servers.port}/`;

  it("to what it was closed for alone, while others use it", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const closed = offline(async () => {
      await promise;
      return thrownBy(() => fetch(url()));
    });
    expect(await (await fetch(url())).text()).toBe("hello");
    resolve();
    expect(FlujoError.is(await closed, "offline")).toBe(true);
    expect(await (await fetch(url())).text()).toBe("hello");
  });

  it("to all that is awaited, and open again to what is left behind", async () => {
    const later = offline(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return thrownBy(() => fetch(url()));
    });
    expect(FlujoError.is(await later, "offline")).toBe(true);
    const { promise, resolve } = Promise.withResolvers<void>();
    const left = offline(() => ({ answer: promise.then(async () => (await fetch(url())).text()) }));
    resolve();
    expect(await left.answer).toBe("hello");
  });

  it("to the whole process until it is opened, by everybody who has closed it", async () => {
    const open = closeNetwork("the test");
    const openAgain = closeNetwork("another");
    expect(String(await thrownBy(() => fetch(url())))).toContain("the network is closed (another)");
    openAgain();
    openAgain();
    expect(String(await thrownBy(() => fetch(url())))).toContain("the network is closed (the test)");
    open();
    expect(await (await fetch(url())).text()).toBe("hello");
  });

  it("with the name of the operation that wants it, where that is known, and a word to whoever listens", async () => {
    const seen: unknown[] = [];
    const failure = await offline(() => onBehalfOf("triage/classify", async () => thrownBy(() => fetch(url()))), {
      onAttempt: (attempt) => seen.push(attempt),
    });
    expect(String(failure)).toContain(`triage/classify wanted to connect to 127.0.0.1:${servers.port}, but the network is closed`);
    expect(seen).toStrictEqual([{ target: `127.0.0.1:${servers.port}`, path: "triage/classify" }]);
    const inner = await onBehalfOf("a", () => offline(() => thrownBy(() => fetch(url()))));
    expect(String(inner)).toContain("a wanted to connect");
  });

  it("whatever the function comes to: what it throws is thrown, what it returns is returned", async () => {
    expect(() =>
      offline(() => {
        throw new Error("at once");
      }),
    ).toThrow("at once");
    await expect(offline(() => Promise.reject(new Error("later")))).rejects.toThrow("later");
    expect(offline(() => 1)).toBe(1);
    expect(await offline(async () => 2)).toBe(2);
  });
});
