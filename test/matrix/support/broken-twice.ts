import { expect } from "vitest";
import { addUsage } from "../../../src/model/usage.ts";
import type { Play } from "../wire/play.ts";
import type { Cell } from "./cells.ts";
import {
  costOf,
  expectOperations,
  expectSentBack,
  expectSuccess,
  expectTold,
  keysOf,
  outcomesIn,
  turnsOf,
  usageOf,
} from "./expectations.ts";
import { runCell, type Traces } from "./run-cell.ts";

/** The two ways in which every turn breaks before it is fine. */
export type TwoFaults = readonly [Play, Play];

const FINE: Play = { kind: "fine" };

/**
 * Every turn breaks in one way, then in another, then is fine. Each broken attempt is a failed outcome of its own, billed
 * as an estimate; what it had already said is void: no tool of it runs, and none of it goes back to the model.
 */
export async function runBrokenTwice(cell: Cell, faults: TwoFaults): Promise<Traces> {
  const { provider, scenario } = cell;
  const traces = await runCell(cell, { plan: (_turn, attempt) => faults[attempt - 1] ?? FINE });
  expectSuccess(cell, traces);
  expectSentBack(cell, traces.server.requests);
  expect(traces.server.requests.map(({ turn, attempt }) => [turn, attempt])).toEqual(
    turnsOf(scenario).flatMap((turn) => [1, 2, 3].map((attempt) => [turn, attempt])),
  );
  expectOperations(traces.entries, keysOf(scenario, 3));

  const failed = outcomesIn(traces.entries).filter(({ outcome }) => outcome.status === "failed");
  expect(failed.map(({ key }) => String(key)).toSorted()).toEqual(
    turnsOf(scenario).flatMap((turn) => [`desk/turn[${turn - 1}]`, `desk/turn[${turn - 1}]#2`]),
  );
  let usage = usageOf(cell, turnsOf(scenario).length);
  const priced = costOf(cell);
  let nanoUsd = priced.kind === "exact" ? priced.nanoUsd : 0;
  for (const { outcome } of failed) {
    expect(outcome).toMatchObject({ failure: { retryable: true }, usage: { modelCalls: 1 } });
    expect(outcome.status === "failed" && outcome.failure.code).toMatch(/^(model_call_failed|stream_broken)$/);
    expect(outcome.usage?.inputTokens, "what was sent is billed").toBeGreaterThan(0);
    expect(outcome.cost?.kind).toBe(provider === "openai-compatible" ? "unknown" : "estimated");
    if (outcome.usage !== undefined) usage = addUsage(usage, outcome.usage);
    if (outcome.cost?.kind === "estimated") nanoUsd += outcome.cost.nanoUsd;
  }
  expect(traces.result.usage).toEqual(usage);
  expect(traces.result.cost).toEqual(provider === "openai-compatible" ? { kind: "unknown" } : { kind: "estimated", nanoUsd });
  for (const turn of turnsOf(scenario)) expectTold(cell, traces.events, { turn, attempt: 3 });
  return traces;
}
