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
import { TURNS } from "./wire/answers.ts";

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
  const first = traces.server.requests[0]?.bodyText ?? "";
  if (scenario === "structured") expect(first, "the schema is on the wire").toContain('"nights"');
  if (provider === "openai") expect(JSON.parse(first)).toMatchObject({ store: false });
  if (provider === "openai" && scenario === "reasoning")
    expect(JSON.parse(first)).toMatchObject({ include: ["reasoning.encrypted_content"] });
}

testCells("fine", check);
