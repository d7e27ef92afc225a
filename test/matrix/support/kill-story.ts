import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Entry, RunEvent } from "../../../src/index.ts";
import { journalIn } from "../../kill/evidence.ts";
import type { ChildReport, ChildRun } from "../child-cells.ts";
import { type Provider, type Scenario, SCENARIOS, TURNS } from "../wire/answers.ts";
import { startWireServer, type WireRequest, type WireServer } from "../wire/wire-server.ts";
import { CellProcess } from "./cell-process.ts";

/** What one scenario leaves behind that was killed and resumed. */
export interface KilledTraces {
  readonly requests: readonly WireRequest[];
  /** How many there had been when the process died. */
  readonly requestsAtKill: number;
  readonly atKill: readonly Entry[];
  readonly entries: readonly Entry[];
  readonly result: unknown;
  readonly lookUpsBefore: readonly string[];
  readonly lookUpsAfter: readonly string[];
  /** What the second process told. */
  readonly events: readonly RunEvent[];
}

/** In `parallel` the second of the two tools is under way when the process dies; everywhere else, the last model call. */
const STUCK = { runId: "parallel", order: "B-4" };

function isHanging(scenario: Scenario, requests: readonly WireRequest[]): boolean {
  return requests.some(({ turn, state }) => turn === TURNS[scenario] && state === "hanging");
}

/** The first tool's outcome is committed, the second tool has begun. */
function isBetweenTools(said: readonly ChildReport[]): boolean {
  const hasBegun = said.some((each) => each.kind === "look-up" && each.runId === STUCK.runId && each.order === STUCK.order);
  return hasBegun && said.some((each) => each.kind === "event" && isOutcome(each.event, "desk/turn[0]/tool[0]"));
}

function isOutcome(event: RunEvent, key: string): boolean {
  return event.family === "entry" && event.entry.type === "operation-finished" && event.entry.key === key;
}

function lookUpsIn(said: readonly ChildReport[], runId: string): readonly string[] {
  return said.flatMap((each) => (each.kind === "look-up" && each.runId === runId ? [each.order] : []));
}

/**
 * Runs all scenarios of a provider in one process, kills it with SIGKILL once every one of them is stuck, and resumes
 * them in another process, with servers that now answer.
 */
export async function killAndResume(provider: Provider): Promise<Readonly<Record<Scenario, KilledTraces>>> {
  const folder = mkdtempSync(join(tmpdir(), "flujo-matrix-"));
  const servers = new Map<Scenario, WireServer>();
  try {
    for (const scenario of SCENARIOS) {
      const after = scenario === "stream" || scenario === "reasoning" ? "half" : "request";
      const isLast = (turn: number): boolean => turn === TURNS[scenario] && scenario !== STUCK.runId;
      const plan = (turn: number) => (isLast(turn) ? ({ kind: "hang", after } as const) : ({ kind: "fine" } as const));
      servers.set(scenario, await startWireServer({ provider, scenario, plan }));
    }
    const runs: readonly ChildRun[] = SCENARIOS.map((scenario) => ({
      provider,
      scenario,
      runId: scenario,
      file: join(folder, `${scenario}.db`),
      env: servers.get(scenario)?.env ?? {},
    }));
    return await tell(servers, runs);
  } finally {
    await Promise.all([...servers.values()].map((server) => server.close()));
    rmSync(folder, { recursive: true });
  }
}

async function tell(
  servers: ReadonlyMap<Scenario, WireServer>,
  runs: readonly ChildRun[],
): Promise<Readonly<Record<Scenario, KilledTraces>>> {
  await using first = new CellProcess();
  await using second = new CellProcess();
  await first.obey({ verb: "run", runs, stuck: STUCK });
  const hanging = [...servers].filter(([scenario]) => scenario !== STUCK.runId);
  const stuck = hanging.map(([scenario, each]) => each.until((requests) => isHanging(scenario, requests)));
  await Promise.race([Promise.all([first.until(isBetweenTools), ...stuck]), first.until(() => false)]); // the last one only ever fails
  await first.kill();
  if (first.signal !== "SIGKILL") throw new Error(`The first process ended by ${first.signal}.`);

  const atKill = new Map<string, { readonly entries: readonly Entry[]; readonly requests: number }>();
  for (const { scenario, file, runId } of runs) {
    const wire = server(servers, scenario);
    await wire.until((requests) => requests.every(({ state }) => state !== "hanging"));
    atKill.set(runId, { entries: await journalIn(file, runId), requests: wire.requests.length });
    wire.follow(() => ({ kind: "fine" }));
  }
  await second.obey({ verb: "resume", runs, stuck: null });
  await second.until((said) => said.filter(({ kind }) => kind === "result").length === runs.length);

  const told: Partial<Record<Scenario, KilledTraces>> = {};
  for (const { scenario, file, runId } of runs) {
    told[scenario] = {
      requests: server(servers, scenario).requests,
      requestsAtKill: atKill.get(runId)?.requests ?? 0,
      atKill: atKill.get(runId)?.entries ?? [],
      entries: await journalIn(file, runId),
      result: second.said.find((each) => each.kind === "result" && each.runId === runId),
      lookUpsBefore: lookUpsIn(first.said, runId),
      lookUpsAfter: lookUpsIn(second.said, runId),
      events: second.said.flatMap((each) => (each.kind === "event" && each.runId === runId ? [each.event] : [])),
    };
  }
  return told as Record<Scenario, KilledTraces>;
}

function server(servers: ReadonlyMap<Scenario, WireServer>, scenario: Scenario): WireServer {
  const found = servers.get(scenario);
  if (found === undefined) throw new RangeError(`There is no server for ${scenario}.`);
  return found;
}
