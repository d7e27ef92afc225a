import { expect, test } from "vitest";
import { z } from "zod";
import { checkGolden } from "../../../src/golden/check.ts";
import { recordGolden } from "../../../src/golden/record.ts";
import { pipeline, step } from "../../../src/index.ts";

// Whoever reaches out in a check is named with where to, whatever becomes of it in the code: no step just says "fetch failed".

const ADDRESS = "http://192.0.2.1:4711/";
const captured = globalThis.fetch;

const ways: Readonly<Record<string, () => unknown>> = {
  fetch: () => fetch(ADDRESS),
  "a fetch that a client has kept from before": () => captured(ADDRESS),
  "a client that has words of its own": () =>
    fetch(ADDRESS).catch(() => {
      throw new TypeError("fetch failed");
    }),
  "a client that says nothing": () => fetch(ADDRESS).catch(() => "nothing"),
  "a call that nobody waits for": () => void fetch(ADDRESS).catch(() => undefined),
  "a call that nobody waits for, in a moment": () => void setTimeout(() => void fetch(ADDRESS).catch(() => undefined), 1),
  "a web socket": () =>
    new Promise((_resolve, reject) => {
      new WebSocket(ADDRESS.replace("http", "ws")).addEventListener("error", () => reject(new Error("no connection")));
    }),
};

test.each(Object.entries(ways))("%s", async (_, way) => {
  const made = (work: () => unknown) =>
    pipeline({ name: "p", input: z.string() })
      .step(
        step("ask", async () => {
          await work();
          return "asked";
        }),
      )
      .step("rest", () => new Promise<string>((resolve) => void setTimeout(() => resolve("rested"), 20)));
  const golden = await recordGolden(
    made(() => null),
    "in",
  );
  await expect(checkGolden(made(way), golden)).rejects.toMatchObject({
    code: "offline",
    summary: expect.stringMatching(/^p\/ask wanted to reach 192\.0\.2\.1:4711/),
    remedy: expect.stringContaining("effect"),
    details: { path: "p/ask", target: "192.0.2.1:4711" },
  });
});
