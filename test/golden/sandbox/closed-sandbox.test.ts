import http from "node:http";
import { expect, it } from "vitest";
import { FlujoError } from "../../../src/base/errors.ts";
import { inClosedSandbox, keepClosedSandboxes } from "../../../src/golden/sandbox/closed-sandbox.ts";
import { parseInstancePath } from "../../../src/model/path.ts";

const about = { key: parseInstancePath("p/s"), now: () => 86_400_000 };

it("gives functions the golden's time and chance and no network, names who tried, and puts the time back", async () => {
  const date = globalThis.Date;
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
  expect(globalThis.Date).toBe(date);
});

it("keeps the network closed to what a function leaves behind, long after its run, and open to everybody else", async () => {
  const asked: string[] = [];
  await using server = http.createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end();
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = typeof address === "object" ? `http://127.0.0.1:${address?.port}` : "";
  const attempts: unknown[] = [];
  const letGo = keepClosedSandboxes();
  const left: Promise<unknown>[] = [];
  const later = (path: string) =>
    new Promise<unknown>((resolve) => void setTimeout(() => void fetch(url + path).then(resolve, resolve), 1));
  inClosedSandbox("seed", (attempt) => attempts.push(attempt))(about, () => left.push(later("/left")));
  letGo();
  const [failure] = await Promise.all(left);
  expect(FlujoError.is(failure, "offline")).toBe(true);
  expect(attempts).toHaveLength(1);
  await later("/else");
  expect(asked).toEqual(["/else"]);
});
