import { createInterface } from "node:readline";
import { FlujoError } from "../../src/base/errors.ts";
import { openSqliteStore } from "../../src/journal/sqlite/open-sqlite-store.ts";
import { isAlive, thisProcess } from "../../src/runtime/ownership.ts";

// A process that claims each run it is told of, and says what came of it. It ends when nobody talks to it any more.

const self = thisProcess("claimer");
const store = await openSqliteStore(process.argv[2] ?? "");
process.stdout.write("ready\n");

for await (const runId of createInterface({ input: process.stdin })) {
  try {
    const { epoch } = await store.claimRun({ runId, owner: self, atMs: 1, isAlive: (owner) => isAlive(owner, self) });
    process.stdout.write(`${JSON.stringify({ won: epoch })}\n`);
  } catch (error) {
    if (!FlujoError.is(error)) throw error;
    process.stdout.write(`${JSON.stringify({ refused: error.code, ...error.details })}\n`);
  }
}
