import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../src/journal/sqlite/driver.ts";
import { openSqliteStore } from "../src/journal/sqlite/open-sqlite-store.ts";
import { atRest, finished, started } from "../src/testing/journal-store-contract/samples.ts";

// What one durable step costs beside the same row in a bare autocommitted INSERT, in one process, turn by turn:
//   node bench/journal-commit.ts [normal|full]

const synchronous = process.argv[2] === "full" ? "full" : "normal";
const STEPS = 300;
const ROUNDS = 20;
const pad = "x".repeat(2_000);

const folder = mkdtempSync(join(tmpdir(), "flujo-bench-"));
const store = await openSqliteStore(join(folder, "store.db"), { synchronous });
const bare = await openDatabase(join(folder, "bare.db"));
bare.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; CREATE TABLE step (id INTEGER PRIMARY KEY, state TEXT)`);
const insert = bare.prepare("INSERT INTO step VALUES (?, ?)");

function perStep(work: (seq: number) => void): number {
  const before = performance.now();
  for (let seq = 0; seq < STEPS; seq++) work(seq);
  return ((performance.now() - before) * 1_000) / STEPS;
}

const tookUs: { readonly store: number[]; readonly bare: number[] } = { store: [], bare: [] };
for (let round = 0; round < ROUNDS; round++) {
  const lease = await started(store, `run-${round}`);
  tookUs.store.push(
    perStep((seq) => void store.commit({ lease, rows: [store.record(finished(seq, `bench/step-${seq}`, { n: seq, pad }))] })),
  );
  await store.commit({ lease, rows: [], rest: atRest("succeeded") });
  tookUs.bare.push(perStep((seq) => insert.run(round * STEPS + seq, JSON.stringify(finished(seq, `bench/step-${seq}`, { n: seq, pad })))));
}

const median = (figures: readonly number[]): number => figures.toSorted((a, b) => a - b)[figures.length >> 1] ?? Number.NaN;
const [ours, floor] = [median(tookUs.store), median(tookUs.bare)];
console.log(
  `synchronous ${synchronous}: ${ours.toFixed(1)} us a step, bare INSERT of the same row ${floor.toFixed(1)} us, ratio ${(ours / floor).toFixed(2)}`,
);

await store.close();
bare.close();
rmSync(folder, { recursive: true });
