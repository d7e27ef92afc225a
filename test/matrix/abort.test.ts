import { setImmediate as nextTurn } from "node:timers/promises";
import { expect } from "vitest";
import { ManualClock } from "../../src/testing/index.ts";
import { type Cell, testCells } from "./support/cells.ts";
import { expectOperations, keysOf, lookUpsOf, outcomesIn, toldIn, turnsOf, usageOf } from "./support/expectations.ts";
import { type Course, runCell } from "./support/run-cell.ts";
import { saidIn, TURNS, usedIn } from "./wire/answers.ts";
import type { Play } from "./wire/play.ts";

// The run's signal is aborted during the last turn, three times over: while nothing has come yet, after half of the answer,
// and while a refused call waits for its second attempt.

async function abortWhile(cell: Cell, lastTurn: Play, course: Pick<Course, "flujo" | "meanwhile"> & { readonly abort: AbortController }) {
  const { scenario } = cell;
  const { abort, ...rest } = course;
  const traces = await runCell(cell, {
    ...rest,
    signal: abort.signal,
    plan: (turn) => (turn === TURNS[scenario] ? lastTurn : { kind: "fine" }),
  });
  const { result, server, entries, lookUps } = traces;
  expect(result.status).toBe("cancelled");
  expect(server.requests.map(({ turn }) => turn)).toEqual(turnsOf(scenario));
  expect([...lookUps].toSorted()).toEqual(lookUpsOf(scenario));
  expect(entries.at(-1)).toMatchObject({ type: "run-finished", end: { status: "cancelled" } });
  return traces;
}

/** The tokens of all turns but the last, which nobody reported. */
function usageBeforeLast(cell: Cell) {
  const all = usageOf(cell, TURNS[cell.scenario]);
  const last = usedIn(cell.provider, { scenario: cell.scenario, turn: TURNS[cell.scenario] });
  const less = Object.entries(last).map(([key, tokens]) => [key, all[key as keyof typeof last] - tokens]);
  return { ...all, ...(Object.fromEntries(less) as typeof last) };
}

async function check(cell: Cell): Promise<void> {
  const { scenario } = cell;
  for (const after of ["request", "half"] as const) {
    const abort = new AbortController();
    const { result, server, entries, events } = await abortWhile(
      cell,
      { kind: "hang", after },
      {
        abort,
        meanwhile: async (live) => {
          await live.until((requests) => requests.at(-1)?.state === "hanging");
          abort.abort();
          await live.until((requests) => requests.at(-1)?.state === "closed by the client");
        },
      },
    );
    expect(server.requests.at(-1)?.state).toBe("closed by the client");
    expectOperations(entries, keysOf(scenario));
    expect(outcomesIn(entries).at(-1)).toMatchObject({
      key: `desk/turn[${TURNS[scenario] - 1}]`,
      outcome: { status: "failed", failure: { code: "cancelled", retryable: false }, usage: { modelCalls: 1 }, cost: { kind: "unknown" } },
    });
    expect(result.usage, "the turns before; of the last one nobody knows").toEqual(usageBeforeLast(cell));
    expect(result.cost).toEqual({ kind: "unknown" });
    const told = toldIn(events, { turn: TURNS[scenario] }).text.join("");
    expect(saidIn({ scenario, turn: TURNS[scenario] }).text.startsWith(told)).toBe(true);
  }

  const clock = new ManualClock();
  const abort = new AbortController();
  const { server } = await abortWhile(
    cell,
    { kind: "refuse", retryAfterS: 60 },
    {
      abort,
      flujo: { clock },
      meanwhile: async ({ requests }) => {
        while (clock.sleepers === 0) await nextTurn();
        abort.abort();
        await clock.advance(120_000);
        expect(requests).toHaveLength(TURNS[scenario]);
      },
    },
  );
  expect(server.requests.at(-1)?.state).toBe("refused");
}

testCells("abort", check);
