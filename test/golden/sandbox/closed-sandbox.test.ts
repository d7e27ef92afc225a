import net from "node:net";
import { expect, it } from "vitest";
import { FlujoError } from "../../../src/base/errors.ts";
import { inClosedSandbox, keepClosedSandboxes } from "../../../src/golden/sandbox/closed-sandbox.ts";
import { parseInstancePath } from "../../../src/model/path.ts";

const about = { key: parseInstancePath("p/s"), now: () => 86_400_000 };

it("gives functions the golden's time and chance and no network, names who tried, and leaves nothing behind", async () => {
  const { Date: date, fetch: get } = globalThis;
  const connect: unknown = Object.getOwnPropertyDescriptor(net.Socket.prototype, "connect")?.value;
  const letGo = keepClosedSandboxes();
  const attempts: unknown[] = [];
  const inside = inClosedSandbox("seed", (attempt) => attempts.push(attempt));
  const once = () => inside(about, () => [new Date().toISOString(), Math.random()]);
  expect(once()).toStrictEqual(once());
  expect(once()[0]).toBe("1970-01-02T00:00:00.000Z");
  const failure: unknown = await inside(about, () => fetch("http://127.0.0.1:45999/").catch((error: unknown) => error));
  expect(FlujoError.is(failure, "offline")).toBe(true);
  expect(attempts).toEqual([{ target: "127.0.0.1:45999", path: "p/s" }]);
  expect(String(failure)).toContain("p/s wanted to connect to 127.0.0.1:45999");
  letGo();
  expect([globalThis.Date, globalThis.fetch]).toStrictEqual([date, get]);
  expect(Object.getOwnPropertyDescriptor(net.Socket.prototype, "connect")?.value).toBe(connect);
});
