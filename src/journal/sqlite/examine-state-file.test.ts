import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { commit, finished, started } from "../../testing/journal-store-contract/samples.ts";
import { openDatabase } from "./driver.ts";
import { examineStateFile } from "./examine-state-file.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";
import { SCHEMA_VERSION } from "./schema.ts";

const folder = mkdtempSync(join(tmpdir(), "flujo-examine-"));
afterAll(() => rmSync(folder, { recursive: true }));

let file = "";
let places = 0;
beforeEach(() => {
  mkdirSync(join(folder, String(++places)));
  file = join(folder, String(places), "state.db");
});

/** The whole folder: names and contents, so that a stray `-wal` or `-shm` file shows too. */
function snapshot(): Readonly<Record<string, string>> {
  return Object.fromEntries(readdirSync(dirname(file)).map((name) => [name, readFileSync(join(dirname(file), name), "base64")]));
}

async function makeState(): Promise<void> {
  const store = await openSqliteStore(file, { synchronous: "normal" });
  for (const run of ["a", "b", "c"]) await started(store, run);
  await store.close();
}

/** What is found, once it is made sure that looking has changed nothing. */
async function examined() {
  const before = snapshot();
  const facts = await examineStateFile(file);
  expect(snapshot()).toEqual(before);
  return facts;
}

test("a state that is at rest is told in full, and nothing is changed or left beside it", async () => {
  await makeState();
  expect(await examined()).toMatchObject({
    kind: "sqlite",
    file,
    exists: true,
    isWritable: true,
    layout: SCHEMA_VERSION,
    newestLayout: SCHEMA_VERSION,
    journalMode: "wal",
    runs: { running: 3 },
    problem: null,
  });
});

test("a state that is in use is told as it is now, and whoever uses it notices nothing", async () => {
  await makeState();
  const store = await openSqliteStore(file, { synchronous: "normal" });
  const lease = await started(store, "d");
  expect(await examineStateFile(file)).toMatchObject({ runs: { running: 4 }, layout: SCHEMA_VERSION, problem: null });
  await commit(store, lease, [finished(1, "p", 1)]);
  await started(store, "e");
  expect(await examineStateFile(file)).toMatchObject({ runs: { running: 5 } });
  await store.close();
  expect(await examined()).toMatchObject({ runs: { running: 5 } });
});

test("a state that is not there is not made, and neither is its folder", async () => {
  const nowhere = join(dirname(file), "not/there/state.db");
  expect(await examineStateFile(nowhere)).toMatchObject({ exists: false, isWritable: true, layout: null, runs: null, problem: null });
  expect(existsSync(join(dirname(file), "not"))).toBe(false);
  writeFileSync(join(dirname(file), "in-the-way"), "");
  const blocked = await examineStateFile(join(dirname(file), "in-the-way/state.db"));
  expect(blocked).toMatchObject({
    exists: false,
    isWritable: false,
    problem: { code: "state_unreadable", message: expect.stringContaining("cannot be made") },
  });
});

test("an empty file counts as one that is not there yet", async () => {
  writeFileSync(file, "");
  expect(await examined()).toMatchObject({ exists: true, bytes: 0, layout: null, problem: null });
});

test.each([
  ["is no database", async () => writeFileSync(file, "my diary ".repeat(40)), "state_unreadable", "not a SQLite database"],
  ["is cut short", async () => (await makeState(), truncateSync(file, 60)), "state_unreadable", "not a SQLite database"],
  ["is damaged", async () => (await makeState(), damage()), "state_unreadable", "damaged"],
  ["is newer", async () => (await makeState(), withRaw("PRAGMA user_version = 99")), "state_newer", "newer version"],
  ["is of another program", async () => (await makeState(), withRaw("PRAGMA application_id = 7")), "state_unreadable", "another program"],
  ["is a folder", async () => mkdirSync(file), "state_unreadable", "folder"],
])("a state that %s is told so, and stays byte for byte", async (_what, make, code, words) => {
  await make();
  if (code !== "state_unreadable" || words !== "folder") await examined();
  const { problem } = await examineStateFile(file);
  expect(problem).toMatchObject({ code, message: expect.stringContaining(words), remedy: expect.stringMatching(/\S+/) });
});

function damage(): void {
  const bytes = readFileSync(file);
  bytes.fill(0x5a, 100);
  writeFileSync(file, bytes);
}

async function withRaw(sql: string): Promise<void> {
  const db = await openDatabase(file);
  db.exec(sql);
  db.close();
}

test("an older layout is told, and not brought up to date", async () => {
  await makeState();
  await withRaw("PRAGMA user_version = 1");
  expect(await examined()).toMatchObject({ layout: 1, newestLayout: SCHEMA_VERSION, problem: null });
});

test("a file that nobody may write to is told where that can be told", async () => {
  await makeState();
  chmodSync(file, 0o400);
  const { isWritable, problem } = await examineStateFile(file);
  const mayAnyway = process.getuid?.() === 0; // the rights of files do not bind root
  expect({ isWritable, code: problem?.code }).toEqual({ isWritable: mayAnyway, code: mayAnyway ? undefined : "state_unreadable" });
});
