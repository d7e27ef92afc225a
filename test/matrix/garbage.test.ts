import { expect } from "vitest";
import { runBrokenTwice } from "./support/broken-twice.ts";
import { type Cell, testCells } from "./support/cells.ts";
import { turnsOf } from "./support/expectations.ts";

// Every turn is garbage twice: one event in the middle has lost its second half, and the rest of the stream is as it should
// be; then a page of HTML with status 200. Then it is fine.

async function check(cell: Cell): Promise<void> {
  const { server } = await runBrokenTwice(cell, [{ kind: "garble" }, { kind: "no-json" }]);
  // At the first broken event the client may hang up; whether it does before the server has said the rest is a race.
  const states = server.requests.map(({ attempt, state }) => (attempt === 1 ? state.replace("closed by the client", "answered") : state));
  expect(states).toEqual(turnsOf(cell.scenario).flatMap(() => ["answered", "answered", "answered"]));
}

testCells("garbage", check);
