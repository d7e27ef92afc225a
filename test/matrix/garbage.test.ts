import { runBrokenTwice } from "./support/broken-twice.ts";
import { type Cell, testCells } from "./support/cells.ts";
import { expectRequests, turnsOf } from "./support/expectations.ts";

// Every turn is garbage twice: one event in the middle has lost its second half, and the rest of the stream is as it should
// be; then a page of HTML with status 200. Then it is fine.

async function check(cell: Cell): Promise<void> {
  const { server } = await runBrokenTwice(cell, [{ kind: "garble" }, { kind: "no-json" }]);
  expectRequests(
    server.requests,
    turnsOf(cell.scenario).flatMap((turn) => [
      [turn, "answered"],
      [turn, "answered"],
      [turn, "answered"],
    ]),
  );
}

testCells("garbage", check);
