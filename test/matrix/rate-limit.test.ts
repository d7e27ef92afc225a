import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { FREE } from "../../src/model/cost.ts";
import { NO_USAGE } from "../../src/model/usage.ts";
import { ManualClock } from "../../src/testing/index.ts";
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

// Every turn is refused once with status 429 and `retry-after: 2`, then answered: one request more for each turn.

async function check(cell: Cell): Promise<void> {
  const { scenario } = cell;
  const clock = new ManualClock();
  const traces = await runCell(cell, {
    plan: (_turn, attempt) => (attempt === 1 ? { kind: "refuse", retryAfterS: 2 } : { kind: "fine" }),
    flujo: { clock },
    meanwhile: async ({ requests }) => {
      for (const turn of turnsOf(scenario)) {
        while (clock.sleepers === 0) await nextTurn();
        await clock.advance(1_999);
        expect(requests.at(-1), "not before its time").toMatchObject({ turn, attempt: 1, state: "refused" });
        while (requests.at(-1)?.attempt === 1 && requests.at(-1)?.turn === turn) await clock.advance(1);
      }
    },
  });
  expectSuccess(cell, traces);
  expectRequests(
    traces.server.requests,
    turnsOf(scenario).flatMap((turn) => [
      [turn, "refused"],
      [turn, "answered"],
    ]),
  );
  expectSentBack(cell, traces.server.requests);
  expect(traces.result.usage, "a refused call counts as a call, and used nothing").toEqual(usageOf(cell, 2 * TURNS[scenario]));
  expect(traces.result.cost).toEqual(costOf(cell));
  expectOperations(traces.entries, keysOf(scenario, 2));
  const outcomes = outcomesIn(traces.entries);
  for (const turn of turnsOf(scenario)) {
    const refused = outcomes.find(({ key }) => key === `desk/turn[${turn - 1}]`);
    const tried = outcomes.find(({ key }) => key === `desk/turn[${turn - 1}]#2`);
    expect(refused?.outcome).toMatchObject({
      status: "failed",
      failure: { code: "rate_limited", retryable: true, details: { statusCode: 429, retryAfterMs: 2_000 } },
      usage: { ...NO_USAGE, modelCalls: 1 },
      cost: FREE,
    });
    expect(tried?.outcome.status).toBe("succeeded");
    expect((tried?.startedAtMs ?? 0) - (refused?.atMs ?? 0), "waited as long as it was told to").toBeGreaterThanOrEqual(2_000);
    expectTold(cell, traces.events, { turn, attempt: 2 });
  }
}

testCells("429 then fine", check);

test("Google says in the body when to come back, and is heeded", async () => {
  const clock = new ManualClock();
  const { entries, server } = await runCell(
    { provider: "google", scenario: "text" },
    {
      plan: (_turn, attempt) => (attempt === 1 ? { kind: "refuse", retryAfterS: null } : { kind: "fine" }),
      flujo: { clock },
      meanwhile: async ({ requests }) => {
        while (clock.sleepers === 0) await nextTurn();
        while (requests.length === 1) await clock.advance(1);
      },
    },
  );
  const [refused, tried] = outcomesIn(entries);
  expect(refused?.outcome).toMatchObject({ failure: { code: "rate_limited", details: { retryAfterMs: 2_000 } } });
  expect((tried?.startedAtMs ?? 0) - (refused?.atMs ?? 0)).toBeGreaterThanOrEqual(2_000);
  expect(server.requests).toHaveLength(2);
});
