import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { RunRecord } from "../../model/run-record.ts";
import { letter } from "../../testing/journal-store-contract/mailbox.ts";
import {
  atRest,
  claimOf,
  commit,
  finished,
  ownerCalled,
  planCalled,
  SAMPLE_TIME_MS,
  seqsOf,
} from "../../testing/journal-store-contract/samples.ts";
import { openDatabase } from "./driver.ts";
import { examineStateFile } from "./examine-state-file.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";
import { layOut, SCHEMA_VERSION } from "./schema.ts";

const folder = mkdtempSync(join(tmpdir(), "flujo-older-"));
afterAll(() => rmSync(folder, { recursive: true }));

let file = "";
let places = 0;
beforeEach(() => {
  file = join(folder, `${++places}.db`);
});

// What a version of layout 1 or 2 wrote, letter by letter.
const USAGE =
  '{"inputTokens":0,"cachedInputTokens":0,"cacheWriteTokens":0,"outputTokens":0,"reasoningTokens":0,"modelCalls":0,"toolCalls":0}';
const PAUSES =
  '[{"list":1},[2],{"id":3,"waitsFor":4,"name":5,"show":6,"answerSchema":8,"sinceMs":10},"p/approve","answer","approve",{"at":7},["Date","1970-01-01T00:00:00.000Z"],{"type":9},"object",1893456000000]';
const OWNER = '{"host":"sample-host","bootId":"sample-boot","pid":4711,"processStart":"100","instance":"first"}';
const PLAN =
  '{"format":1,"name":"sample","version":"1.0.0","root":{"kind":"step","name":"sample","path":"sample"},"reducers":{},"code":{},"hash":"hash of sample"}';
const STARTED = '{"input":{"text":"hello"},"context":null,"model":null,"thread":null}';
const FINISHED = '{"op":"step","name":"sample","fingerprint":"f","startedAtMs":1893456000001,"outcome":{"status":"succeeded","value":1}}';
const DONE = `{"fingerprint":"f","fromSeq":1,"result":{"name":"sample","path":"p/a","attempts":1,"usage":${USAGE},"cost":{"kind":"free"},"startedAtMs":1893456000000,"latencyMs":0,"writes":[],"metadata":{},"status":"succeeded","output":null},"outputAt":null}`;
const OPENED = '{"waitsFor":"answer","name":"approve","fingerprint":"f","show":null,"answerSchema":true}';
const LETTER = '[{"value":1},{"name":2,"when":3},"go",["Date","2030-01-01T00:00:00.000Z"]]';

function runSql(no: number, id: string, { status, owner = null }: { readonly status: string; readonly owner?: string | null }): string {
  const pauses = status === "paused" ? PAUSES : '{"list":[]}';
  const owned = owner === null ? "NULL" : `'${owner}'`;
  return `INSERT INTO run VALUES (${no}, '${id}', 'sample', '1.0.0', '${status}', 'hash of sample', NULL, ${owned}, 1, '${pauses}', '${USAGE}', '{"kind":"free"}', ${SAMPLE_TIME_MS}, ${SAMPLE_TIME_MS});`;
}

function entriesSql(no: number): string {
  const id = (seq: number): number => no * 2 ** 27 + seq;
  return `INSERT INTO entry VALUES
    (${id(0)}, ${SAMPLE_TIME_MS}, 1, NULL, 'p', '${STARTED}'),
    (${id(1)}, ${SAMPLE_TIME_MS + 1}, 3, NULL, 'p/a/x', '${FINISHED}'),
    (${id(2)}, ${SAMPLE_TIME_MS + 2}, 6, 1, 'p/a', '${DONE}'),
    (${id(3)}, ${SAMPLE_TIME_MS + 3}, 5, NULL, 'p/approve', '${OPENED}');`;
}

/** A file of this layout with a run of each sort: two that are paused (to the second came a letter, where there were letters), one that runs, one that has ended. */
async function makeOldState(layout: number): Promise<void> {
  const db = await openDatabase(file);
  db.exec("PRAGMA journal_mode = WAL");
  layOut(db, layout);
  db.exec(`INSERT INTO plan VALUES ('hash of sample', '${PLAN}')`);
  db.exec(runSql(1, "waits", { status: "paused" }) + entriesSql(1));
  db.exec(runSql(2, "told", { status: "paused" }) + entriesSql(2));
  db.exec(runSql(3, "runs", { status: "running", owner: OWNER }) + entriesSql(3));
  db.exec(runSql(4, "ended", { status: "succeeded" }));
  if (layout > 1) db.exec(`INSERT INTO letter VALUES (7, 2, 'signal', 'go', ${SAMPLE_TIME_MS}, '${LETTER}')`);
  db.close();
}

const PAUSE = {
  id: "p/approve",
  waitsFor: "answer",
  name: "approve",
  show: { at: new Date(0) },
  answerSchema: { type: "object" },
  wakeAtMs: null,
  sinceMs: SAMPLE_TIME_MS,
};

describe.each([1, 2])("a file of layout %i", (layout) => {
  beforeEach(() => makeOldState(layout));

  test("is brought to the present one, and says so where older versions look", async () => {
    expect(readFileSync(file).readUInt32BE(60)).toBe(layout);
    await (await openSqliteStore(file)).close();
    expect(readFileSync(file).readUInt32BE(60)).toBe(SCHEMA_VERSION);
    await (await openSqliteStore(file)).close();
    expect(await examineStateFile(file)).toMatchObject({
      layout: SCHEMA_VERSION,
      runs: { paused: 2, running: 1, succeeded: 1 },
      problem: null,
    });
  });

  test("keeps its runs as they were: records, plans, and what is open of their journals", async () => {
    const store = await openSqliteStore(file);
    const common = {
      pipeline: "sample",
      version: "1.0.0",
      planHash: "hash of sample",
      source: null,
      epoch: 1,
      wakeAtMs: null,
      lineage: null,
    };
    const expected: readonly (Partial<Omit<RunRecord, "pauses">> & { readonly pauses: readonly unknown[] })[] = [
      { ...common, runId: "ended", status: "succeeded", owner: null, pauses: [] },
      { ...common, runId: "runs", status: "running", owner: ownerCalled("first"), pauses: [] },
      { ...common, runId: "told", status: "paused", owner: null, pauses: [PAUSE] },
      { ...common, runId: "waits", status: "paused", owner: null, pauses: [PAUSE] },
    ];
    expect(await store.listRuns({})).toMatchObject(expected);
    expect(await store.planOf("waits")).toEqual(planCalled("sample"));
    for (const runId of ["waits", "told", "runs"]) {
      expect(await seqsOf(store, runId)).toEqual([0, 1, 2, 3]);
      expect((await store.openEntries(runId)).map(({ seq }) => seq)).toEqual([0, 2, 3]);
      expect(await store.entriesAt(runId, [1])).toEqual([finished(1, "p/a/x")]);
    }
    await store.close();
  });

  test("has runs that go on, sleep and are woken like any other", async () => {
    const store = await openSqliteStore(file);
    const lease = await store.claimRun(claimOf("runs"));
    await commit(store, lease, [finished(4, "p/b")]);
    await store.commit({ lease, rows: [], rest: { ...atRest("paused"), wakeAtMs: 9, lastLetter: await store.newestLetter() } });
    const ready = async (): Promise<readonly string[]> =>
      (await store.listRuns({ ready: { atMs: 9 }, prefix: "run" })).map(({ runId }) => runId);
    expect(await ready()).toEqual(["runs"]);
    const again = await store.claimRun(claimOf("runs"));
    await store.commit({ lease: again, rows: [], rest: { ...atRest("paused"), lastLetter: await store.newestLetter() } });
    expect(await ready()).toEqual([]);
    await store.post(letter("runs", "go"));
    expect(await ready()).toEqual(["runs"]);
    await store.close();
  });
});

test("of paused runs of layout 2, those that ever had a letter are ready once, since nobody knows which of them they had", async () => {
  await makeOldState(2);
  const store = await openSqliteStore(file);
  const ready = async (): Promise<readonly string[]> => (await store.listRuns({ ready: { atMs: 0 } })).map(({ runId }) => runId);
  expect(await ready()).toEqual(["told"]);
  const lease = await store.claimRun(claimOf("told"));
  const [had] = await store.letters("told", 0);
  expect(had).toEqual({ ...letter("told", "go"), id: 7 });
  await store.commit({ lease, rows: [], rest: { ...atRest("paused"), lastLetter: 7 } });
  expect(await ready()).toEqual([]);
  await store.close();
});

test("a migration that was released stays as it is, letter by letter", async () => {
  const db = await openDatabase(file);
  layOut(db, SCHEMA_VERSION);
  expect(db.prepare("SELECT * FROM migration WHERE version < 3 ORDER BY version").all()).toEqual([
    { version: 1, checksum: "8111eef43498430e0cbf8d7e159254f36f4f0eb595f02f4f44a4c88f1a7b0bc3" },
    { version: 2, checksum: "19a8d96d6f252b207adb8d10551f2ac6154a54162919c607316931dca749658d" },
  ]);
  db.close();
});
