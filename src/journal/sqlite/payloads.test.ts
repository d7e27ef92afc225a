import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { fileOf } from "../../testing/journal-store-contract/files.ts";
import { claimOf, commit, errorOf, finished, refusalOf, rowsOf, seqsOf, started } from "../../testing/journal-store-contract/samples.ts";
import { openDatabase } from "./driver.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";

const folder = mkdtempSync(join(tmpdir(), "flujo-payloads-"));
afterAll(() => rmSync(folder, { recursive: true }));

let places = 0;
let file = "";
beforeEach(() => {
  file = join(folder, `${++places}.db`);
});

async function ask(sql: string): Promise<unknown> {
  const db = await openDatabase(file);
  const row = db.prepare(sql).get();
  db.close();
  return row;
}

async function change(sql: string): Promise<void> {
  const db = await openDatabase(file);
  db.exec(sql);
  db.close();
}

const PHOTO = fileOf(1_000_000, "photo.png");
const SIZES =
  "SELECT count(*) AS rows, coalesce(sum(length(bytes)), 0) AS bytes, (SELECT sum(length(body)) FROM entry) AS bodies FROM payload";

describe("the bytes of a file", () => {
  test("are stored once per run, however many entries it stands in and however often", async () => {
    const store = await openSqliteStore(file, { synchronous: "normal" });
    const lease = await started(store, "run-1", [finished(0, "p", PHOTO)]);
    for (let seq = 1; seq < 50; seq++) await commit(store, lease, [finished(seq, "p", { photo: PHOTO, again: [PHOTO] })]);
    expect(await store.entries({ runId: "run-1", fromSeq: 49 })).toEqual([finished(49, "p", { photo: PHOTO, again: [PHOTO] })]);
    const [first, second] = await store.entriesAt("run-1", [3, 4]);
    expect(valueOf(first).photo.bytes, "nor are they in memory more than once").toBe(valueOf(second).again[0].bytes);
    await store.close();
    const { bodies, ...sizes } = (await ask(SIZES)) as { readonly bodies: number };
    expect(sizes).toEqual({ rows: 1, bytes: 1_000_000 });
    expect(bodies).toBeLessThan(50_000);
  });

  test("are each run's own: damage to one run's leaves the other's", async () => {
    const store = await openSqliteStore(file, { synchronous: "normal" });
    for (const runId of ["run-1", "run-2"]) await started(store, runId, [finished(0, "p", PHOTO)]);
    await change("DELETE FROM payload WHERE run_no = 1");
    expect(await refusalOf(() => store.entries({ runId: "run-1" }))).toBe("state_unreadable");
    expect(await store.entries({ runId: "run-2" })).toEqual([finished(0, "p", PHOTO)]);
    await store.close();
  });

  test("are written with their entry or not at all", async () => {
    const store = await openSqliteStore(file, { synchronous: "normal" });
    const lost = await started(store, "run-1");
    const lease = await store.claimRun(claimOf("run-1"));
    expect(await refusalOf(() => commit(store, lost, [finished(0, "p", PHOTO)]))).toBe("lease_lost");
    await commit(store, lease, [finished(0, "p")]);
    expect(await refusalOf(() => commit(store, lease, [finished(1, "p", PHOTO), finished(0, "p")]))).toBe("journal_diverged");
    expect(await ask("SELECT count(*) AS rows FROM payload")).toEqual({ rows: 0 });
    expect(await seqsOf(store, "run-1")).toEqual([0]);
    await store.close();
  });

  test("of a commit that nobody waits for, among those of other runs, get there too", async () => {
    const store = await openSqliteStore(file, { synchronous: "normal" });
    const leases = await Promise.all(["run-1", "run-2", "run-3"].map((runId) => started(store, runId)));
    await store.claimRun(claimOf("run-2"));
    const written = leases.map((lease) => refusalOf(() => store.commit({ lease, rows: rowsOf(store, [finished(0, "p", PHOTO)]) })));
    expect(await Promise.all(written)).toEqual([null, "lease_lost", null]);
    expect(await ask("SELECT count(*) AS rows FROM payload")).toEqual({ rows: 2 });
    await store.close();
  });

  test.each([
    ["missing", "DELETE FROM payload", /The bytes of the stored file "photo\.png" \([0-9a-f]{64}\) are missing/],
    ["cut short", "UPDATE payload SET bytes = substr(bytes, 2)", /are damaged/],
    ["changed", "UPDATE payload SET bytes = zeroblob(length(bytes))", /are damaged/],
  ])("that are %s are told of with the file, the entry and its path, and the rest can be read", async (_name, sql, message) => {
    const store = await openSqliteStore(file, { synchronous: "normal" });
    await started(store, "run-1", [finished(0, "p"), finished(1, "p/shrink", PHOTO)]);
    await change(sql);
    const error = await errorOf(() => store.entries({ runId: "run-1" }));
    expect(error).toMatchObject({ code: "state_unreadable", details: { file } });
    expect(error?.message).toMatch(message);
    expect(error?.message).toContain("Entry 1 (p/shrink) cannot be read");
    expect(await store.entriesAt("run-1", [0])).toEqual([finished(0, "p")]);
    await store.close();
  });
});

interface Photos {
  readonly photo: typeof PHOTO;
  readonly again: readonly [typeof PHOTO];
}

function valueOf(entry: unknown): Photos {
  return (entry as { readonly outcome: { readonly value: Photos } }).outcome.value;
}

test("a custom type that nobody registered is told of with the file, the entry, the type and what to do", async () => {
  const store = await openSqliteStore(file, { synchronous: "normal" });
  await started(store, "run-1", [finished(0, "p/bill", { when: new Date(0) })]);
  await change(`UPDATE entry SET body = '[["custom",1],{"tag":2,"version":3,"data":4},"acme:Invoice",4,true]'`);
  const error = await errorOf(() => store.openEntries("run-1"));
  expect(error).toMatchObject({ code: "state_unreadable", details: { file, tag: "acme:Invoice", version: 4 } });
  expect(error?.message).toMatch(
    /Entry 0 \(p\/bill\) cannot be read: .*"acme:Invoice", version 4.*registerCustomDeserializer\(\{ tag: "acme:Invoice", version: 4/,
  );
  await store.close();
});
