import { setImmediate as nextTurn } from "node:timers/promises";
import { expect } from "vitest";
import { addUsage, NO_USAGE } from "../../src/model/usage.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { type Cell, testCells } from "./support/cells.ts";
import { expectOperations, keysOf, lookUpsOf, outcomesIn, toldIn, turnsOf } from "./support/expectations.ts";
import { type Course, runCell } from "./support/run-cell.ts";
import { saidIn, TURNS } from "./wire/answers.ts";
import type { Play } from "./wire/play.ts";

// The run's signal is aborted during the last turn, three times over: while nothing has come yet, after half of the answer,
// and while a refused call waits for its second attempt.

async function abortWhile(
  cell: Cell,
  lastTurn: Play,
  course: Pick<Course, "flujo" | "meanwhile" | "onEvent"> & { readonly abort: AbortController },
) {
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

async function check(cell: Cell): Promise<void> {
  const { scenario } = cell;
  for (const after of ["request", "half"] as const) {
    const abort = new AbortController();
    const isToldOf = scenario === "stream" && after === "half";
    const { promise: heard, resolve: hear } = Promise.withResolvers<void>();
    const { result, server, entries, events } = await abortWhile(
      cell,
      { kind: "hang", after },
      {
        abort,
        onEvent: (event) => {
          if (event.family === "progress" && event.type === "text-delta") hear();
        },
        meanwhile: async (live) => {
          await live.until((requests) => requests.at(-1)?.state === "hanging");
          if (isToldOf) await heard;
          abort.abort();
          await live.until((requests) => requests.at(-1)?.state === "closed by the client");
        },
      },
    );
    expect(server.requests.at(-1)?.state).toBe("closed by the client");
    expectOperations(entries, keysOf(scenario));
    const calledOff = outcomesIn(entries).at(-1);
    expect(calledOff).toMatchObject({
      key: `desk/turn[${TURNS[scenario] - 1}]`,
      outcome: { status: "failed", failure: { code: "cancelled", retryable: false } },
    });
    const outcomes = outcomesIn(entries).map(({ outcome }) => outcome);
    expect(result.usage).toEqual(outcomes.reduce((sum, { usage }) => addUsage(sum, usage ?? NO_USAGE), NO_USAGE));
    expect(result.usage).toMatchObject({ modelCalls: TURNS[scenario], toolCalls: lookUpsOf(scenario).length });
    expect(calledOff?.outcome.usage?.inputTokens, "what was sent is billed").toBeGreaterThan(0);
    expect(result.cost.kind).toBe(cell.provider === "openai-compatible" ? "unknown" : "estimated");
    const told = toldIn(events, { turn: TURNS[scenario] }).text.join("");
    expect(saidIn({ scenario, turn: TURNS[scenario] }).text.startsWith(told)).toBe(true);
    if (after === "request") expect([told, calledOff?.outcome.usage?.outputTokens]).toEqual(["", 0]);
    if (isToldOf) expect(calledOff?.outcome.usage?.outputTokens, "what had come is billed").toBeGreaterThan(0);
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
