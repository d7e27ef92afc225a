import { expect } from "vitest";
import { runBrokenTwice } from "./support/broken-twice.ts";
import { type Cell, testCells } from "./support/cells.ts";
import { expectRequests, toldIn, turnsOf } from "./support/expectations.ts";
import { saidIn } from "./wire/answers.ts";

// Every turn is cut twice: the socket breaks in the middle of the stream; then the stream ends as if all was well, with
// everything said but how the answer ended (a tool call is whole by then, and must not be run all the same).

async function check(cell: Cell): Promise<void> {
  const { scenario } = cell;
  const { server, events } = await runBrokenTwice(cell, [{ kind: "cut" }, { kind: "end-early" }]);
  expectRequests(
    server.requests,
    turnsOf(scenario).flatMap((turn) => [
      [turn, "cut"],
      [turn, "answered"],
      [turn, "answered"],
    ]),
  );
  for (const turn of turnsOf(scenario))
    for (const attempt of [1, 2]) {
      const told = toldIn(events, { turn, attempt }).text.join("");
      expect(saidIn({ scenario, turn }).text.startsWith(told), "what was told of a cut stream is how it began").toBe(true);
    }
}

testCells("cut stream", check);
