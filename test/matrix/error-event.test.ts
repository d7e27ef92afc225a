import { type Cell, testCells } from "./support/cells.ts";
import { runBrokenTwice } from "./support/broken-twice.ts";

// Beyond the matrix: a provider that says in the middle of its stream that it has failed, twice, before it is fine.

async function check(cell: Cell): Promise<void> {
  await runBrokenTwice(cell, [{ kind: "error-event" }, { kind: "error-event" }]);
}

testCells("error event in the stream", check);
