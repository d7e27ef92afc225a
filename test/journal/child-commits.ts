import { writeSync } from "node:fs";
import { openSqliteStore } from "../../src/journal/sqlite/open-sqlite-store.ts";
import { thisProcess } from "../../src/runtime/ownership.ts";
import { finished, planCalled, rowsOf } from "../../src/testing/journal-store-contract/samples.ts";

// A process that writes to some runs for ever, two rows at a time, and says what is acknowledged: `run seq`.

const [file = "", runs = "1", synchronous = "full"] = process.argv.slice(2);
const store = await openSqliteStore(file, { synchronous: synchronous === "normal" ? "normal" : "full" });
const owner = thisProcess("committer");

async function drive(runId: string): Promise<never> {
  const lease = await store.createRun({ runId, plan: planCalled("sample"), source: null, owner, createdAtMs: 1, lineage: null }, []);
  for (let seq = 0; ; seq += 2) {
    const written = store.commit({ lease, rows: rowsOf(store, [finished(seq, "p", "x".repeat(500)), finished(seq + 1, "p")]) });
    if (written instanceof Promise) await written;
    writeSync(1, `${runId} ${seq + 1}\n`); // not a stream: what is said must be out before the process can be killed
  }
}

await Promise.all(Array.from({ length: Number(runs) }, (_, index) => drive(`run-${index}`)));
