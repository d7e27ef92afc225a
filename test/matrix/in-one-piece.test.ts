import { expect } from "vitest";
import { type Cell, testCells } from "./support/cells.ts";
import {
  costOf,
  expectOperations,
  expectRequests,
  expectSentBack,
  expectSuccess,
  keysOf,
  turnsOf,
  usageOf,
} from "./support/expectations.ts";
import { runCell } from "./support/run-cell.ts";
import { TURNS } from "./wire/answers.ts";

// Beyond the matrix: `stream: false`, for servers that cannot stream. The same result, the same accounts, the same words
// sent back.

async function check(cell: Cell): Promise<void> {
  const { scenario } = cell;
  const traces = await runCell(cell, { stream: false });
  expectSuccess(cell, traces);
  expectRequests(
    traces.server.requests,
    turnsOf(scenario).map((turn) => [turn, "answered"]),
  );
  expect(traces.server.requests.some(({ stream }) => stream)).toBe(false);
  expectSentBack(cell, traces.server.requests);
  expect(traces.result.usage).toEqual(usageOf(cell, TURNS[scenario]));
  expect(traces.result.cost).toEqual(costOf(cell));
  expectOperations(traces.entries, keysOf(scenario));
}

testCells("in one piece", check);
