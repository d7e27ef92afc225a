import { expect, test } from "vitest";
import { cacheBackendContract } from "../../testing/index.ts";
import { memoryCache } from "./memory-cache.ts";

await cacheBackendContract({ name: "memory", open: () => ({ backend: memoryCache() }), lacks: new Set(["shared"]) });

test("of more than it keeps, the one that was asked for longest ago goes first", async () => {
  const cache = memoryCache({ keep: 2 });
  const kept = { atMs: 0, expiresAtMs: null };
  await cache.set("a", { ...kept, text: "1" });
  await cache.set("b", { ...kept, text: "2" });
  expect(await cache.get("a")).toBe("1");
  await cache.set("c", { ...kept, text: "3" });
  expect([await cache.get("a"), await cache.get("b"), await cache.get("c")]).toEqual(["1", null, "3"]);
});
