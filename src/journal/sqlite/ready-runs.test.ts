import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { letter } from "../../testing/journal-store-contract/mailbox.ts";
import { atRest, claimOf, SAMPLE_TIME_MS, started } from "../../testing/journal-store-contract/samples.ts";
import { openDatabase, type SqlDatabase, type SqlValue } from "./driver.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";
import { SqliteStore } from "./sqlite-store.ts";

const folder = mkdtempSync(join(tmpdir(), "flujo-ready-"));
afterAll(() => rmSync(folder, { recursive: true }));

let file = "";
let places = 0;
beforeEach(() => {
  file = join(folder, `${++places}.db`);
});

interface Asked {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** The store, and every query for rows that it makes. */
async function openListening(): Promise<{ readonly store: SqliteStore; readonly db: SqlDatabase; readonly asked: Asked[] }> {
  await (await openSqliteStore(file, { synchronous: "normal" })).close();
  const db = await openDatabase(file);
  const asked: Asked[] = [];
  const listening: SqlDatabase = {
    get open() {
      return db.open;
    },
    get inTransaction() {
      return db.inTransaction;
    },
    exec: (sql) => db.exec(sql),
    close: () => db.close(),
    prepare: (sql) => {
      const statement = db.prepare(sql);
      const all: typeof statement.all = (...values) => {
        asked.push({ sql, values });
        return statement.all(...values);
      };
      return { run: (...values) => statement.run(...values), get: (...values) => statement.get(...values), all };
    },
  };
  return { store: new SqliteStore(listening, file), db, asked };
}

function planOf(db: SqlDatabase, { sql, values }: Asked): readonly string[] {
  const rows = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as readonly { readonly detail: string }[];
  return rows.map(({ detail }) => detail);
}

/** How many runs stand in the index that is asked, as SQLite counts them. */
function indexed(db: SqlDatabase): number {
  db.exec("ANALYZE");
  const { stat } = db.prepare("SELECT stat FROM sqlite_stat1 WHERE idx = 'run_due'").get() as { readonly stat: string };
  return Number.parseInt(stat, 10); // the first of its numbers: rows
}

/** Thousands of runs that rest: most wait for answers alone or have ended, ten sleep. */
async function fill(store: SqliteStore, db: SqlDatabase): Promise<void> {
  await started(store, "pattern");
  db.exec("BEGIN");
  const copy = db.prepare(
    `INSERT INTO run (run_id, pipeline, version, status, plan_hash, source, owner, epoch, pauses, usage, cost, created_ms, updated_ms, wake_ms)
     SELECT ?, pipeline, version, ?, plan_hash, source, NULL, 1, pauses, usage, cost, created_ms, updated_ms, ? FROM run WHERE run_id = 'pattern'`,
  );
  for (let run = 0; run < 5_000; run++) {
    copy.run(`waits-${run}`, "paused", null);
    copy.run(`ended-${run}`, "succeeded", SAMPLE_TIME_MS);
  }
  for (let run = 0; run < 10; run++) copy.run(`sleeps-${run}`, "paused", SAMPLE_TIME_MS + run);
  db.exec("COMMIT");
}

test.each([{}, { prefix: "sleeps-1" }, { status: "paused" as const, limit: 3 }])(
  "asking for ready runs (%o) looks up those that are due, and goes through no others",
  async (query) => {
    const { store, db, asked } = await openListening();
    await fill(store, db);
    for (const isAnalyzed of [false, true]) {
      if (isAnalyzed) db.exec("ANALYZE"); // what SQLite knows of its tables' sizes must not change its mind
      asked.length = 0;
      expect(await store.listRuns({ ...query, ready: { atMs: SAMPLE_TIME_MS + 5 } })).not.toEqual([]);
      const [one, ...others] = asked;
      expect(others).toEqual([]);
      if (one === undefined) throw new Error("Nothing was asked.");
      const ofTables = planOf(db, one).filter((line) => /^(?:SCAN|SEARCH) (?!\()/.test(line));
      expect(ofTables).toEqual([
        "SEARCH run USING INDEX run_due (due_ms<?)",
        "SEARCH run USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH entry USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
      ]);
    }
    await store.close();
  },
);

test("of thousands of runs that rest, only those that can wake by themselves or were written to stand in the index", async () => {
  const { store, db } = await openListening();
  await fill(store, db);
  expect(indexed(db)).toBe(10);
  await store.post(letter("waits-7", "go"));
  expect(indexed(db)).toBe(11);
  const ready = await store.listRuns({ ready: { atMs: SAMPLE_TIME_MS + 1 } });
  expect(ready.map(({ runId }) => runId)).toEqual(["sleeps-1", "sleeps-0", "waits-7"]);
  const lease = await store.claimRun(claimOf("waits-7"));
  expect(indexed(db)).toBe(10);
  await store.commit({ lease, rows: [], rest: { ...atRest("paused"), lastLetter: 1 } });
  expect(indexed(db)).toBe(10);
  await store.close();
});
