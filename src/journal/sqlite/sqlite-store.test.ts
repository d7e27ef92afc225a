import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { journalStoreContract } from "../../testing/index.ts";
import {
  atRest,
  commit,
  done,
  errorOf,
  finished,
  refusalOf,
  rowsOf,
  seqsOf,
  started,
} from "../../testing/journal-store-contract/samples.ts";
import { openDatabase, type SqlDatabase } from "./driver.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";
import { SqliteStore } from "./sqlite-store.ts";

const folder = mkdtempSync(join(tmpdir(), "flujo-sqlite-"));
afterAll(() => rmSync(folder, { recursive: true }));

let places = 0;
let file = "";
beforeEach(() => {
  file = join(folder, `own-${++places}.db`);
});

await journalStoreContract({
  name: "sqlite",
  open: () => openSqliteStore(join(folder, `contract-${places}.db`), { synchronous: "normal" }),
  reopen: () => openSqliteStore(join(folder, `contract-${places}.db`), { synchronous: "normal" }),
});

/** The store, with a count of the commits that the disk gets to see. */
async function openCounted(): Promise<{ readonly store: SqliteStore; readonly commits: () => number }> {
  await (await openSqliteStore(file, { synchronous: "normal" })).close();
  const db = await openDatabase(file);
  let commits = 0;
  const counted: SqlDatabase = {
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
      const run: typeof statement.run = (...values) => {
        const result = statement.run(...values);
        if (!db.inTransaction) commits++;
        return result;
      };
      return { run, get: (...values) => statement.get(...values), all: (...values) => statement.all(...values) };
    },
  };
  return { store: new SqliteStore(counted, file), commits: () => commits };
}

describe("commits", () => {
  test("of a run alone happen at once, one for each, without a promise", async () => {
    const { store, commits } = await openCounted();
    const lease = await started(store, "run-1");
    const before = commits();
    for (let seq = 0; seq < 10; seq++) expect(store.commit({ lease, rows: rowsOf(store, [finished(seq, "p")]) })).toBeUndefined();
    expect(store.commit({ lease, rows: rowsOf(store, [finished(10, "p"), finished(11, "p")]), rest: atRest("succeeded") })).toBeUndefined();
    expect(commits() - before).toBe(11);
    await store.close();
  });

  test("of many runs at once are shared", async () => {
    const { store, commits } = await openCounted();
    const drive = async (runId: string): Promise<void> => {
      const lease = await started(store, runId);
      for (let seq = 0; seq < 20; seq++) await commit(store, lease, [finished(seq, "p")]);
    };
    await Promise.all(Array.from({ length: 50 }, (_, index) => drive(`run-${index}`)));
    expect(commits()).toBeLessThan(50); // of 1,050 writes
    await store.close();
  });

  test("go alone again once the other runs are at rest, or were lost", async () => {
    const { store } = await openCounted();
    const [one, two, three] = [await started(store, "run-1"), await started(store, "run-2"), await started(store, "run-3")];
    expect(store.commit({ lease: one, rows: rowsOf(store, [finished(0, "p")]) })).toBeInstanceOf(Promise);
    await store.commit({ lease: two, rows: [], rest: atRest("stopped") });
    const other = await openSqliteStore(file);
    await other.claimRun({
      runId: "run-3",
      owner: { host: "h", bootId: "b", pid: 1, processStart: "1", instance: "i" },
      atMs: 1,
      isAlive: () => false,
    });
    expect(await refusalOf(() => commit(store, three, [finished(0, "p")]))).toBe("lease_lost");
    expect(store.commit({ lease: one, rows: rowsOf(store, [finished(1, "p")]) })).toBeUndefined();
    await store.close();
    await other.close();
  });

  test("that wait are written before the store closes", async () => {
    const { store } = await openCounted();
    const leases = [await started(store, "run-1"), await started(store, "run-2")];
    const pending = leases.map((lease) => store.commit({ lease, rows: rowsOf(store, [finished(0, "p")]) }));
    await store.close();
    for (const one of pending) await one;
    const again = await openSqliteStore(file);
    expect([await seqsOf(again, "run-1"), await seqsOf(again, "run-2")]).toEqual([[0], [0]]);
    await again.close();
  });

  test("after closing are refused", async () => {
    const { store } = await openCounted();
    const lease = await started(store, "run-1");
    await store.close();
    expect(await refusalOf(() => commit(store, lease, [finished(0, "p")]))).toBe("flujo_closed");
    expect(await refusalOf(() => commit(store, { runId: "run-2", epoch: 1 }, [finished(0, "p")]))).toBe("flujo_closed");
    expect(await refusalOf(() => store.findRun("run-1"))).toBe("flujo_closed");
    expect(await refusalOf(() => store.openEntries("run-1"))).toBe("flujo_closed");
  });
});

describe("while another process holds the lock", () => {
  test("a commit waits, the event loop goes on, and nothing is lost or reordered", async () => {
    const { store } = await openCounted();
    const lease = await started(store, "run-1");
    const other = await openDatabase(file);
    other.exec("BEGIN IMMEDIATE");
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 5);
    const pending = [0, 1, 2].map((seq) => store.commit({ lease, rows: rowsOf(store, [finished(seq, "p")]) }));
    expect(pending[0]).toBeInstanceOf(Promise);
    await sleep(150);
    expect(await store.entries({ runId: "run-1" }), "reading goes on").toEqual([]);
    other.exec("ROLLBACK");
    for (const one of pending) await one;
    clearInterval(ticking);
    expect(ticks).toBeGreaterThan(10);
    expect(await seqsOf(store, "run-1")).toEqual([0, 1, 2]);
    expect(store.commit({ lease, rows: rowsOf(store, [finished(3, "p")]) }), "at once again").toBeUndefined();
    other.close();
    await store.close();
  });

  test("a new run, a claim and an opening wait, too", async () => {
    const { store } = await openCounted();
    await started(store, "run-1");
    const other = await openDatabase(file);
    other.exec("BEGIN IMMEDIATE");
    const created = started(store, "run-2");
    const claimed = store.claimRun({
      runId: "run-1",
      owner: { host: "h", bootId: "b", pid: 1, processStart: "1", instance: "i" },
      atMs: 1,
      isAlive: () => false,
    });
    expect(claimed).toBeInstanceOf(Promise);
    await sleep(30);
    other.exec("COMMIT");
    expect(await created).toMatchObject({ epoch: 1 });
    expect(await claimed).toMatchObject({ epoch: 2 });
    other.close();
    await store.close();
  });
});

describe("limits", () => {
  test("a run's entries end where the next run's ids begin: the last is taken, the next refused", async () => {
    const { store } = await openCounted();
    const lease = await started(store, "run-1");
    const last = 2 ** 27 - 1;
    await commit(store, lease, [finished(last, "p")]);
    const error = await errorOf(() => commit(store, lease, [finished(last + 1, "p")]));
    expect(error).toMatchObject({ code: "value_unstorable" });
    expect(await seqsOf(store, "run-1")).toEqual([last]);
    await store.close();
  });

  test("the file holds as many runs as ids are exact, and refuses one more", async () => {
    await (await openSqliteStore(file)).close();
    const db = await openDatabase(file);
    const store = new SqliteStore(db, file);
    await started(store, "run-1");
    db.exec(`UPDATE run SET run_no = ${2 ** 26 - 2}`);
    const lease = await started(store, "run-2", [finished(0, "p"), finished(2 ** 27 - 1, "p")]);
    await commit(store, lease, [finished(1, "p")]);
    expect(await seqsOf(store, "run-2")).toEqual([0, 1, 2 ** 27 - 1]);
    expect(await refusalOf(() => started(store, "run-3"))).toBe("value_unstorable");
    expect(await store.findRun("run-3")).toBeNull();
    await store.close();
  });
});

test("a resume of 10,000 entries reads what is open, not what is done", async () => {
  const { store } = await openCounted();
  let seq = 0;
  const entries = Array.from({ length: 100 }, (_, loop) => {
    const from = seq;
    const steps = Array.from({ length: 99 }, (_step, index) => finished(seq++, `p/loop[${loop}]/s${index}`, "x".repeat(2_000)));
    return loop < 99 ? [...steps, done(seq++, `p/loop[${loop}]`, from)] : steps;
  }).flat();
  await started(store, "run-1", entries);
  await store.close();
  const again = await openSqliteStore(file);
  const before = performance.now();
  const open = await again.openEntries("run-1");
  const tookMs = performance.now() - before;
  console.log(`${entries.length} entries, ${open.length} of them open, read in ${tookMs.toFixed(1)} ms`);
  expect(open).toHaveLength(99 + 99);
  expect(tookMs).toBeLessThan(1_000); // 20 ms on a quiet machine; the bound only catches a change of kind
  await again.close();
});
