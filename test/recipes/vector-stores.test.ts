import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { Flujo, step } from "../../src/index.ts";
import { memoryVectors, sqliteVectors } from "../../src/recipes/index.ts";
import { vectorStoreContract } from "../../src/testing/index.ts";

const folder = mkdtempSync(join(tmpdir(), "flujo-vectors-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const opened = (file: string) => {
  const store = sqliteVectors(file);
  return { store, close: () => store.close() };
};

await vectorStoreContract({ name: "memory", open: () => ({ store: memoryVectors() }), lacks: new Set(["shared"]) });
await vectorStoreContract({
  name: "SQLite",
  open: () => opened(join(folder, "new/folder", `${++files}.db`)),
  another: () => opened(join(folder, "new/folder", `${files}.db`)),
});

const NORTH = { name: "a", version: "1", model: "m", chunks: [{ text: "north", start: 0, line: 1, vector: new Float32Array([0, 1]) }] };

describe("vectors in a SQLite file", () => {
  test("are there for who opens it anew, and are their owner's alone", async () => {
    const file = join(folder, "kept.db");
    const store = sqliteVectors(file);
    await store.put(NORTH);
    await store.close();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const [hit] = await store.search({ vector: new Float32Array([0, 1]), model: "m", limit: 1 });
    expect(hit).toEqual({ document: "a", text: "north", start: 0, line: 1, score: 1 });
    await store.close();
  });

  test("a state file of runs is refused and left as it was", async () => {
    const file = join(folder, "state.db");
    await using flujo = new Flujo({ state: `sqlite:${file}` });
    const { runId } = await flujo.run(
      step("say", () => "hello"),
      null,
    );
    await flujo.close();
    const store = sqliteVectors(file);
    await expect(store.documents()).rejects.toThrow(/state\.db cannot be used: it is a database of something else/);
    await using again = new Flujo({ state: `sqlite:${file}` });
    expect((await again.query(runId)).status).toBe("succeeded");
  });

  test("a file that is no database, and a place that is none, are refused, and looked at again the next time", async () => {
    const file = join(folder, "text.db");
    writeFileSync(file, "This is a text, and no database, however long it may be.".repeat(100));
    const store = sqliteVectors(file);
    await expect(store.put(NORTH)).rejects.toThrow(expect.objectContaining({ code: "state_unreadable" }));
    rmSync(file);
    await store.put(NORTH);
    expect(await store.documents()).toHaveLength(1);
    await store.close();
    await expect(sqliteVectors(join(file, "below.db")).documents()).rejects.toThrow(expect.objectContaining({ code: "state_unreadable" }));
  });
});

test("what is done to a vector after it was stored in memory changes nothing there", async () => {
  const store = memoryVectors();
  const vector = new Float32Array([0, 1]);
  await store.put({ ...NORTH, chunks: [{ text: "north", start: 0, line: 1, vector }] });
  vector.set([1, 0]);
  expect((await store.search({ vector: new Float32Array([0, 1]), model: "m", limit: 1 }))[0]?.score).toBe(1);
});
