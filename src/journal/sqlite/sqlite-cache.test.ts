import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import type { CacheBackend } from "../../model/cache-backend.ts";
import { cacheBackendContract } from "../../testing/index.ts";
import type { OpenedCache } from "../../testing/index.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";
import { sqliteCache } from "../sqlite-cache.ts";

const folder = mkdtempSync(join(tmpdir(), "flujo-cache-"));
afterAll(() => rmSync(folder, { recursive: true }));

let places = 0;
let file = "";
beforeEach(() => {
  file = join(folder, "below", `${++places}.db`);
});

function ofFile(): OpenedCache {
  const cache = sqliteCache(join(folder, `contract-${places}.db`));
  return { backend: cache, close: () => cache.close() };
}

async function ofStore(): Promise<OpenedCache> {
  const store = await openSqliteStore(join(folder, `store-${places}.db`), { synchronous: "normal" });
  return { backend: store.cache as CacheBackend, close: async () => store.close() };
}

await cacheBackendContract({ name: "sqlite", open: ofFile, another: ofFile });
await cacheBackendContract({ name: "a state file's own", open: ofStore, another: ofStore });

test("the file is made for its owner alone, and is there when the process has ended", async () => {
  const first = sqliteCache(file);
  await first.set("a", { text: "kept", atMs: 0, expiresAtMs: null });
  await first.close();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const second = sqliteCache(file);
  expect(await second.get("a")).toBe("kept");
  await second.close();
});

test("what has expired is taken out when something is put in", async () => {
  const cache = sqliteCache(file);
  await cache.set("old", { text: "1", atMs: 0, expiresAtMs: 10 });
  await cache.set("new", { text: "2", atMs: 10, expiresAtMs: null });
  expect([await cache.get("old"), await cache.get("new")]).toEqual([null, "2"]);
  await cache.close();
});

test("a database of something else is refused, and stays as it is", async () => {
  const store = await openSqliteStore(file);
  await store.close();
  const before = readFileSync(file);
  const cache = sqliteCache(file);
  await expect(cache.get("a")).rejects.toMatchObject({
    code: "state_unreadable",
    message: expect.stringContaining("database of something else"),
  });
  await cache.close();
  expect(readFileSync(file).equals(before)).toBe(true);
});

test("one that was closed fails what is asked of it, and closing it again does nothing", async () => {
  const cache = sqliteCache(file);
  await cache.close();
  await cache.set("a", { text: "1", atMs: 0, expiresAtMs: null });
  await cache.close();
  await expect(cache.get("a")).rejects.toMatchObject({ code: "flujo_closed" });
  await cache.close();
});
