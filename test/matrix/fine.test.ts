import { expect } from "vitest";
import { type Cell, testCells } from "./support/cells.ts";
import {
  costOf,
  expectOperations,
  expectRequests,
  expectSentBack,
  expectSuccess,
  expectTold,
  keysOf,
  outcomesIn,
  turnsOf,
  usageOf,
} from "./support/expectations.ts";
import { runCell } from "./support/run-cell.ts";
import { askedIn, TURNS } from "./wire/answers.ts";

// Nothing goes wrong. In `stream`, the server holds the second half back until a piece of the first was told: an answer
// that is told only when it is whole would never come.

async function check(cell: Cell): Promise<void> {
  const { provider, scenario } = cell;
  const { promise: heard, resolve: hear } = Promise.withResolvers<void>();
  const traces = await runCell(cell, {
    plan: () => (scenario === "stream" ? { kind: "fine", holdAtHalf: heard } : { kind: "fine" }),
    onEvent: (event) => {
      if (event.family === "progress" && event.type === "text-delta") hear();
    },
  });
  expectSuccess(cell, traces);
  expectRequests(
    traces.server.requests,
    turnsOf(scenario).map((turn) => [turn, "answered"]),
  );
  expectSentBack(cell, traces.server.requests);
  expect(traces.result.usage).toEqual(usageOf(cell, TURNS[scenario]));
  expect(traces.result.cost).toEqual(costOf(cell));
  expectOperations(traces.entries, keysOf(scenario));
  for (const { outcome } of outcomesIn(traces.entries)) expect(outcome.status).toBe("succeeded");
  for (const turn of turnsOf(scenario)) expectTold(cell, traces.events, { turn });

  expect(traces.server.requests.every(({ stream }) => stream)).toBe(true);
  const first: unknown = JSON.parse(traces.server.requests[0]?.bodyText ?? "");
  expect(first, "what was asked").toMatchObject(askedIn(provider, scenario));
}

testCells("fine", check);
