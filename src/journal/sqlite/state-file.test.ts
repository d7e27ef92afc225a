import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { commit, errorOf, finished, seqsOf, started } from "../../testing/journal-store-contract/samples.ts";
import { openDatabase } from "./driver.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";
import { SCHEMA_VERSION } from "./schema.ts";
import { SqliteStore } from "./sqlite-store.ts";

const folder = mkdtempSync(join(tmpdir(), "flujo-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

let file = "";
let places = 0;
beforeEach(() => {
  mkdirSync(join(folder, String(++places)));
  file = join(folder, String(places), "state.db");
});

/** A file of ours with some runs in it, closed. */
async function makeState(): Promise<void> {
  const store = await openSqliteStore(file, { synchronous: "normal" });
  for (let run = 0; run < 20; run++)
    await started(
      store,
      `run-${run}`,
      Array.from({ length: 10 }, (_, seq) => finished(seq, "p", "x".repeat(1_000))),
    );
  await store.close();
}

/** The whole folder: names and contents, so that a stray `-wal` file shows too. */
function snapshot(): Readonly<Record<string, string>> {
  return Object.fromEntries(readdirSync(dirname(file)).map((name) => [name, readFileSync(join(dirname(file), name), "base64")]));
}

async function withRaw(sql: string): Promise<void> {
  const db = await openDatabase(file);
  db.exec(sql);
  db.close();
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

describe("a new state file", () => {
  test("is for its owner's eyes only, and so are its companions and the folders made for it", async () => {
    file = join(dirname(file), "deep", "er", "state.db");
    const store = await openSqliteStore(file);
    await started(store, "run-1", [finished(0, "p")]);
    expect(readdirSync(dirname(file)).toSorted()).toEqual(["state.db", "state.db-shm", "state.db-wal"]);
    for (const name of readdirSync(dirname(file))) expect(`${name} ${modeOf(join(dirname(file), name))}`).toBe(`${name} 600`);
    expect([modeOf(dirname(file)), modeOf(dirname(dirname(file)))]).toEqual(["700", "700"]);
    await store.close();
    expect(readdirSync(dirname(file))).toEqual(["state.db"]);
  });

  test("may be there already, with nothing in it", async () => {
    writeFileSync(file, "");
    const store = await openSqliteStore(file);
    await started(store, "run-1");
    await store.close();
  });

  test("made by several at once is made once", async () => {
    const stores = await Promise.all(Array.from({ length: 5 }, () => openSqliteStore(file)));
    await Promise.all(stores.map((store, index) => started(store, `run-${index}`)));
    const [first] = stores;
    expect(await first?.listRuns({})).toHaveLength(5);
    for (const store of stores) await store.close();
  });

  test("keeps the mode its owner gave it later", async () => {
    await makeState();
    chmodSync(file, 0o640);
    await (await openSqliteStore(file)).close();
    expect(modeOf(file)).toBe("640");
  });
});

describe("left as it is, byte for byte, with one error that says why:", () => {
  async function expectRefused(code: string, message: RegExp): Promise<void> {
    const before = snapshot();
    for (let attempt = 0; attempt < 2; attempt++) {
      const error = await errorOf(() => openSqliteStore(file));
      expect(error).toMatchObject({ code, details: { file } });
      expect(error?.message).toMatch(message);
      expect(error?.message).toContain(file);
    }
    expect(snapshot()).toEqual(before);
  }

  test("a file that is no database", async () => {
    writeFileSync(file, "a letter to my grandmother, longer than the header of a database would be. ".repeat(10));
    await expectRefused("state_unreadable", /not a SQLite database/);
  });

  test("a file too short to be a database", async () => {
    writeFileSync(file, "short");
    await expectRefused("state_unreadable", /not a SQLite database/);
  });

  test("the database of another program, even with unfinished business in its -wal file", async () => {
    const db = await openDatabase(file);
    db.exec("PRAGMA journal_mode = WAL; CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)");
    const other = join(dirname(file), "copy");
    mkdirSync(other);
    for (const suffix of ["", "-wal"]) copyFileSync(file + suffix, join(other, `state.db${suffix}`));
    db.close();
    file = join(other, "state.db");
    expect(snapshot()["state.db-wal"]).not.toBe("");
    await expectRefused("state_unreadable", /another program|not a SQLite database/);
  });

  test("a file of ours of a newer version", async () => {
    await makeState();
    await withRaw(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
    await expectRefused(
      "state_newer",
      new RegExp(String.raw`newer version of Flujo \(layout ${SCHEMA_VERSION + 1}, this one knows ${SCHEMA_VERSION}\)`),
    );
  });

  test("a file of ours whose tables were made otherwise", async () => {
    await makeState();
    await withRaw("UPDATE migration SET checksum = 'other'");
    await expectRefused("state_unreadable", /tables were not made/);
  });

  test("a file of ours that was cut off", async () => {
    await makeState();
    truncateSync(file, statSync(file).size - 20_000);
    await expectRefused("state_unreadable", /damaged/);
  });

  test("a file of ours with garbage where its tables are described", async () => {
    await makeState();
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 100, 4_000);
    writeFileSync(file, bytes);
    await expectRefused("state_unreadable", /damaged/);
  });

  test("a folder", async () => {
    mkdirSync(file);
    const error = await errorOf(() => openSqliteStore(file));
    expect(error).toMatchObject({ code: "state_unreadable", details: { file } });
    expect(error?.message).toMatch(/is a folder/);
    expect(readdirSync(file)).toEqual([]);
  });

  test("a path through a file", async () => {
    writeFileSync(file, "");
    const error = await errorOf(() => openSqliteStore(join(file, "state.db")));
    expect(error).toMatchObject({ code: "state_unreadable" });
    expect(error?.message).toMatch(/not a folder/);
  });

  test("a path no file can have", async () => {
    expect(await errorOf(() => openSqliteStore(`${file}\0`))).toMatchObject({ code: "state_unreadable" });
    expect(existsSync(file)).toBe(false);
  });
});

describe("damage met later", () => {
  test("in the middle of the file is told when it is read, and nothing is written", async () => {
    await makeState();
    const bytes = readFileSync(file);
    bytes.fill(0xa5, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 3 * 8_192);
    writeFileSync(file, bytes);
    const store = await openSqliteStore(file);
    const codes = [];
    for (let run = 0; run < 20; run++) codes.push((await errorOf(() => store.entries({ runId: `run-${run}` })))?.code);
    expect(codes).toContain("state_unreadable");
    await store.close();
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  test("in one record names the file", async () => {
    await makeState();
    await withRaw("UPDATE entry SET body = '{\"half' WHERE id % 134217728 = 3");
    const store = await openSqliteStore(file);
    const error = await errorOf(() => store.entries({ runId: "run-1" }));
    expect(error).toMatchObject({ code: "state_unreadable", details: { file } });
    expect((await store.entries({ runId: "run-1", limit: 2 })).length).toBe(2);
    await store.close();
  });
});

describe("a full disk", () => {
  test("refuses the commit, keeps what was recorded, and takes writes again when there is room", async () => {
    await makeState();
    const db = await openDatabase(file);
    const { page_count: pages } = db.prepare("PRAGMA page_count").get() as { readonly page_count: number };
    db.exec(`PRAGMA max_page_count = ${pages}`);
    expect(() => db.exec(`CREATE TABLE raw AS SELECT hex(zeroblob(100000)) AS x`)).toThrow(/full/); // a raw write really fails
    const store = new SqliteStore(db, file);
    const lease = await store.claimRun({
      runId: "run-1",
      owner: (await store.findRun("run-1"))?.owner ?? never(),
      atMs: 1,
      isAlive: () => false,
    });
    const error = await errorOf(() => commit(store, lease, [finished(10, "p", "x".repeat(50_000)), finished(11, "p")]));
    expect(error).toMatchObject({ code: "state_unreadable", details: { file } });
    expect(error?.message).toMatch(/no space left.*Free some space/);
    expect(await seqsOf(store, "run-1")).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    db.exec("PRAGMA max_page_count = 1000000");
    await commit(store, lease, [finished(10, "p", "x".repeat(50_000)), finished(11, "p")]);
    expect(await seqsOf(store, "run-1")).toHaveLength(12);
    await store.close();
  });
});

function never(): never {
  throw new Error("The run has an owner.");
}
