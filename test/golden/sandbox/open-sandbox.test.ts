import net from "node:net";
import { expect, it } from "vitest";
import { FlujoError } from "../../../src/base/errors.ts";
import { openSandbox } from "../../../src/golden/sandbox/open-sandbox.ts";
import { parseInstancePath } from "../../../src/model/path.ts";

const KEY = parseInstancePath("p/s");

it("gives functions time, chance and no network, notes what they tried, and leaves nothing behind", async () => {
  const { Date: date, fetch: get } = globalThis;
  const connect: unknown = Object.getOwnPropertyDescriptor(net.Socket.prototype, "connect")?.value;
  const sandbox = openSandbox("seed");
  const about = { key: KEY, now: () => 86_400_000 };
  const once = () => sandbox.inside(about, () => [new Date().toISOString(), Math.random()]);
  expect(once()).toStrictEqual(once());
  expect(once()[0]).toBe("1970-01-02T00:00:00.000Z");
  const failure: unknown = await sandbox.inside(about, () => fetch("http://127.0.0.1:45999/").catch((error: unknown) => error));
  expect(FlujoError.is(failure, "offline")).toBe(true);
  expect(String(failure)).toContain("p/s wanted to connect to 127.0.0.1:45999");
  expect(sandbox.attempts).toStrictEqual([{ target: "127.0.0.1:45999", path: "p/s" }]);
  sandbox.close();
  expect([globalThis.Date, globalThis.fetch]).toStrictEqual([date, get]);
  expect(Object.getOwnPropertyDescriptor(net.Socket.prototype, "connect")?.value).toBe(connect);
});
