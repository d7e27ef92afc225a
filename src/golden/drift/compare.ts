import type { NodePath } from "../../model/path.ts";
import type { Golden, GoldenEvent, GoldenOperation, GoldenResult } from "../golden.ts";
import type { Row } from "./align.ts";
import { align } from "./align.ts";
import type { Difference } from "./compare-values.ts";
import { comparable, compareFields, compareSpent, differencesBetween } from "./compare-values.ts";
import type { Drift } from "./drift.ts";
import { DriftMaker, agentOf, runDrift } from "./drift-maker.ts";
import { findReordered } from "./find-order.ts";
import type { OwnEnd } from "./own-end.ts";
import { ownEndOf, rowOfEnd } from "./own-end.ts";
import { putTo } from "./pairs.ts";
import { sameValue } from "./same-value.ts";

/**
 * In what two goldens differ: what was recorded, and what the current code makes of the recorded answers. In the order of
 * the run. The name, version and plan of a pipeline make no difference by themselves.
 *
 * Equal goldens are compared without reading what is the very same object, and without making anything.
 */
export function compareGoldens(recorded: Golden, now: Golden): readonly Drift[] {
  if (recorded === now) return [];
  const begin = beginningsOf(recorded, now);
  const ends = endsOf(recorded, now);
  const end = ends.find(({ class: of }) => of === "result");
  const at = end === undefined ? null : ownEndOf(recorded, now);
  const ownEnd = end === undefined || at === null ? null : { ...at, difference: end };
  const operations = recorded.operations === now.operations && ownEnd === null ? null : operationDrifts({ recorded, now, ownEnd });
  const agents = operations === null && recorded.agents !== now.agents ? agentsAlone(recorded, now) : [];
  const others = ownEnd === null ? ends : ends.filter((each) => each !== end);
  return [...begin.map(runDrift), ...(operations ?? agents), ...others.map(runDrift)];
}

const BEGINNINGS = ["input", "context", "model", "thread", "startsAtMs", "seed"] as const;

function beginningsOf(recorded: Golden, now: Golden): readonly Difference[] {
  return BEGINNINGS.filter((field) => !sameValue(recorded[field], now[field])).map((field) => ({
    class: "request",
    about: field,
    recorded: recorded[field],
    now: now[field],
  }));
}

/** A row that differs, with the fields in which it does. */
interface Differing {
  readonly row: Row;
  readonly differences: readonly Difference[];
}

interface Compared {
  readonly recorded: Golden;
  readonly now: Golden;
  /** How one of the two ended, where that was by itself: it stands where it happened, as other things follow from it. */
  readonly ownEnd: (OwnEnd & { readonly difference: Difference }) | null;
}

function operationDrifts({ recorded, now, ownEnd }: Compared): readonly Drift[] {
  const rows = align(recorded.operations, now.operations);
  const differing: Differing[] = [];
  let isInOrder = true;
  let lastAt = -1;
  for (const row of rows) {
    const { recorded: was, now: is, recordedAt } = row;
    if (was !== null && is !== null && (recordedAt < lastAt || was.nth !== is.nth)) isInOrder = false;
    if (was !== null && is !== null) lastAt = recordedAt;
    const differences = was === null || is === null ? [] : differencesBetween(was, is);
    if (was === null || is === null || differences.length > 0 || was.path !== is.path) differing.push({ row, differences });
  }
  const agents = sameValue(recorded.agents, now.agents) ? [] : agentChanges(recorded, now, rows);
  if (differing.length === 0 && isInOrder && agents.length === 0 && ownEnd === null) return [];
  const maker = new DriftMaker({ recorded, now });
  const before = new Map<Row | null, Drift[]>();
  const behind = new Map<Row | null, Drift[]>();
  if (!isInOrder) {
    const rowOf = new Map(rows.map((row) => [row.nowAt, row]));
    for (const each of findReordered(rows, maker.tree, maker.atOnce)) putTo(before, rowOf.get(each.nowAt) ?? null, maker.ofOrder(each));
  }
  for (const { path, difference, row } of agents) {
    const at = row?.now ?? row?.recorded ?? null;
    putTo(difference.class === "request" ? before : behind, row, maker.ofAgent(path, difference, at));
  }
  if (ownEnd !== null) putTo(behind, rowOfEnd(rows, ownEnd), maker.ofEnd(ownEnd.path, ownEnd.difference));
  const own = new Map(differing.map((each) => [each.row, each.differences]));
  const drifts: Drift[] = [...(before.get(null) ?? [])];
  let gap = 0;
  for (const row of rows) {
    drifts.push(...(before.get(row) ?? []));
    const { recorded: was, now: is } = row;
    if (was === null || is === null) drifts.push(...maker.ofOne(row, gap));
    else {
      gap++;
      const differences = own.get(row);
      if (differences !== undefined) drifts.push(...maker.ofPair(was, is, differences));
    }
    drifts.push(...(behind.get(row) ?? []));
  }
  return [...drifts, ...(behind.get(null) ?? [])];
}

interface AgentChange {
  readonly path: NodePath;
  readonly difference: Difference;
  /** Where it is first asked; null where it never is. */
  readonly row: Row | null;
}

/** Where agents that stand in for each other are made of something else, and which came or went. */
function agentChanges(recorded: Golden, now: Golden, rows: readonly Row[]): readonly AgentChange[] {
  const firstRows = new Map<NodePath, Row>();
  const nowOf = new Map<NodePath, NodePath>();
  for (const row of rows) {
    const was = modelOf(row.recorded);
    const is = modelOf(row.now);
    if (was !== null && is !== null && !nowOf.has(was)) nowOf.set(was, is);
    for (const path of [is, was]) if (path !== null && !firstRows.has(path)) firstRows.set(path, row);
  }
  const changes: AgentChange[] = [];
  const paired = new Set<string>();
  for (const [path, was] of entriesOf(recorded.agents)) {
    const found = nowOf.get(path) ?? path;
    const is = now.agents[found];
    const row = firstRows.get(path) ?? null;
    if (is === undefined) {
      changes.push({ path, row, difference: { class: "missing", about: "agent", recorded: was, now: null } });
      continue;
    }
    paired.add(found);
    const differences: Difference[] = [];
    if (was !== is) compareFields(was, is, differences);
    for (const difference of differences) changes.push({ path: found, difference, row });
  }
  for (const [path, is] of entriesOf(now.agents))
    if (!paired.has(path))
      changes.push({ path, row: firstRows.get(path) ?? null, difference: { class: "added", about: "agent", recorded: null, now: is } });
  return changes;
}

function modelOf(operation: GoldenOperation | null): NodePath | null {
  return operation?.kind === "model" ? agentOf(operation) : null;
}

function entriesOf(agents: Golden["agents"]) {
  return Object.entries(agents) as [NodePath, Golden["agents"][NodePath]][];
}

function agentsAlone(recorded: Golden, now: Golden): readonly Drift[] {
  if (sameValue(recorded.agents, now.agents)) return [];
  const rows = align(recorded.operations, now.operations);
  const maker = new DriftMaker({ recorded, now });
  return agentChanges(recorded, now, rows).map(({ path, difference, row }) => maker.ofAgent(path, difference, row?.now ?? null));
}

/** What is compared at the end: events, how it ended, the context it left, and what it took. */
function endsOf(recorded: Golden, now: Golden): readonly Difference[] {
  const found: Difference[] = [];
  if (recorded.events !== now.events) compareEvents(recorded.events, now.events, found);
  compareResults(recorded.result, now.result, found);
  compareSpent(recorded, now, found);
  return found;
}

function compareEvents(recorded: readonly GoldenEvent[], now: readonly GoldenEvent[], found: Difference[]): void {
  const shorter = Math.min(recorded.length, now.length);
  let begins = 0;
  while (begins < shorter && sameEvent(recorded[begins], now[begins])) begins++;
  let ends = 0;
  while (ends < shorter - begins && sameEvent(recorded[recorded.length - 1 - ends], now[now.length - 1 - ends])) ends++;
  const was = recorded.slice(begins, recorded.length - ends);
  const is = now.slice(begins, now.length - ends);
  for (let at = 0; at < Math.max(was.length, is.length); at++) {
    const about = was[at]?.type ?? is[at]?.type ?? "";
    found.push({ class: "event", about, recorded: was[at] ?? null, now: is[at] ?? null });
  }
}

/** Its place among outcomes is not compared: it moves with every operation that comes or goes before it. */
function sameEvent(recorded: GoldenEvent | undefined, now: GoldenEvent | undefined): boolean {
  return sameValue({ ...recorded, nth: null }, { ...now, nth: null });
}

function compareResults(recorded: GoldenResult, now: GoldenResult, found: Difference[]): void {
  if (recorded === now) return;
  if (!sameValue(recorded.context, now.context))
    found.push({ class: "context", about: "context at the end", recorded: recorded.context, now: now.context });
  const was = endOf(recorded);
  const is = endOf(now);
  if (recorded.status !== now.status) found.push({ class: "result", about: "status", recorded: was, now: is });
  else if (!sameValue(was, is)) found.push({ class: "result", about: recorded.status, recorded: was, now: is });
}

function endOf(result: GoldenResult): object {
  const { context: _, ...end } = result;
  return end.status === "failed" ? { ...end, failure: comparable(end.failure) } : end;
}
