import { FlujoError } from "../../base/errors.ts";
import { type Flujo, type RunRecord, type RunStatus, systemClock } from "../../index.ts";
import type { Desk } from "../desk.ts";
import { DONE } from "../desk.ts";
import { findRun } from "../find-run.ts";
import { command, noteNext, shortId } from "../hints.ts";
import { hasState, openFlujo, stateOf } from "../state.ts";
import { ago, money, tokensOf } from "../terminal/numbers.ts";
import { clockTime, span } from "../terminal/moments.ts";
import type { Paint } from "../terminal/paint.ts";
import { type Column, table } from "../terminal/table.ts";
import { waitsText } from "../terminal/wait-text.ts";

/** What `flujo list` can be told. */
export interface ListFlags {
  readonly status?: string;
  readonly pipeline?: string;
  /** The run that they come of. */
  readonly parent?: string;
  readonly limit?: string;
}

const DEFAULT_LIMIT = 20;
const MOST_LOOKED_AT = 10_000;

/** A run that is `running` on record although nobody runs it any more was interrupted. */
type ListedStatus = RunStatus | "interrupted";

const STATUSES: readonly ListedStatus[] = ["running", "interrupted", "paused", "stopped", "succeeded", "failed", "cancelled"];

/** What a table calls a run that was stopped and can be gone on with. */
const PARKED = "parked";

/** Lists runs, newest first. */
export async function list(desk: Desk, flags: ListFlags): Promise<number> {
  const limit = limitOf(flags);
  const status = statusOf(flags);
  const { output } = desk;
  if (!hasState(desk)) {
    output.document({ state: stateOf(desk), runs: [] });
    output.print(`No runs yet: there is no state at ${stateOf(desk)}.`);
    return DONE;
  }
  await using flujo = openFlujo(desk);
  const parent = flags.parent === undefined ? null : (await findRun(desk, flujo, flags.parent)).runId;
  const runs = await runsMeant(flujo, { status, pipeline: flags.pipeline, parent, most: limit + 1 });
  const shown = runs.slice(0, limit);
  output.document({ state: stateOf(desk), runs: shown.map((record) => ({ ...record, isRunning: flujo.isRunning(record) })) });
  if (shown.length === 0) output.print("No runs.");
  else output.printAll(tableOf(desk, flujo, shown));
  const [newest] = shown;
  if (runs.length > shown.length) output.note(`There are more: ${command(desk, "list", ...wordsOf(flags), "--limit", String(limit * 5))}`);
  if (newest !== undefined) noteNext(desk, [[command(desk, "show", shortId(newest.runId)), "what came of it"]]);
  return DONE;
}

function limitOf({ limit }: ListFlags): number {
  if (limit === undefined) return DEFAULT_LIMIT;
  const asked = Number(limit);
  if (Number.isSafeInteger(asked) && asked > 0) return asked;
  throw new FlujoError("usage_invalid", `--limit is to be a number of runs, and "${limit}" is none.`, {
    remedy: "Write --limit 50, for example.",
  });
}

function wordsOf({ status, pipeline, parent }: ListFlags): readonly string[] {
  return Object.entries({ status, pipeline, parent }).flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}`, value]));
}

interface Meant {
  readonly status: ListedStatus | null;
  readonly pipeline: string | undefined;
  readonly parent: string | null;
  readonly most: number;
}

/** The store knows of statuses only: whether a run's process is still there, and which pipeline it is of, is looked at here. */
async function runsMeant(flujo: Flujo, { status, pipeline, parent, most }: Meant): Promise<readonly RunRecord[]> {
  const isOnRecord = status !== "interrupted" && status !== "running" && pipeline === undefined;
  const onRecord: RunStatus | null = status === "interrupted" ? "running" : status;
  const limit = isOnRecord ? most : MOST_LOOKED_AT;
  const runs = await flujo.list({ ...(onRecord === null ? {} : { status: onRecord }), ...(parent === null ? {} : { parent }), limit });
  return runs.filter((record) => isMeant(flujo, record, { status, pipeline })).slice(0, most);
}

function isMeant(flujo: Flujo, record: RunRecord, { status, pipeline }: Pick<Meant, "status" | "pipeline">): boolean {
  if (pipeline !== undefined && record.pipeline !== pipeline) return false;
  if (status === "interrupted") return !flujo.isRunning(record);
  return status !== "running" || flujo.isRunning(record);
}

function statusOf({ status }: ListFlags): ListedStatus | null {
  if (status === undefined) return null;
  const known = status === PARKED ? "stopped" : STATUSES.find((each) => each === status);
  if (known !== undefined) return known;
  const words = STATUSES.map((each) => (each === "stopped" ? PARKED : each));
  throw new FlujoError("usage_invalid", `A run is never "${status}".`, { remedy: `Ask for one of ${words.join(", ")}.` });
}

interface ListColumn extends Column {
  readonly of: (record: RunRecord) => string;
}

function tableOf({ output }: Desk, flujo: Flujo, runs: readonly RunRecord[]): readonly string[] {
  const nowMs = systemClock.now();
  const status: ListColumn = { title: "STATUS", isFlexible: true, of: (record) => statusWord(flujo, record, nowMs) };
  const wakes: ListColumn = { title: "WAKES", of: ({ wakeAtMs }) => (wakeAtMs === null ? "" : wakeWord(wakeAtMs, nowMs)) };
  const columns: readonly ListColumn[] = [
    { title: "RUN", of: ({ runId }) => shortId(runId) },
    { title: "PIPELINE", isFlexible: true, of: ({ pipeline }) => pipeline },
    status,
    ...(runs.some(({ wakeAtMs }) => wakeAtMs !== null) ? [wakes] : []),
    { title: "TOKENS", align: "right", of: ({ usage }) => tokensOf(usage) },
    { title: "COST", align: "right", of: ({ usage, cost }) => (usage.modelCalls === 0 ? "" : money(cost)) },
    { title: "STARTED", align: "right", of: ({ createdAtMs }) => ago(nowMs - createdAtMs) },
  ];
  return table(
    runs.map((record) => columns.map(({ of }) => of(record))),
    {
      columns,
      ...(process.stdout.isTTY ? { width: process.stdout.columns } : {}),
      paintTitle: output.paint.faint,
      paint: (text, { row, column }) => (columns[column] === status ? toneOf(runs[row]?.status, output.paint)(text) : text),
    },
  );
}

/** What it waits for, without until when: that has a column of its own. */
function statusWord(flujo: Flujo, record: RunRecord, nowMs: number): string {
  if (record.status !== "paused") return stateWord(flujo, record);
  return waitsText({ pauses: record.pauses.map((pause) => ({ ...pause, wakeAtMs: null })), wakeAtMs: null }, { nowMs });
}

const ROOMY = 100;

/** When it goes on by itself, where somebody works; where there is little room, in how long. */
function wakeWord(wakeAtMs: number, nowMs: number): string {
  if (wakeAtMs <= nowMs) return "due";
  return process.stdout.isTTY && process.stdout.columns < ROOMY ? `in ${span(wakeAtMs - nowMs)}` : clockTime(wakeAtMs, nowMs);
}

/** A run that nobody runs any more, and that has not come to rest, was interrupted. */
export function stateWord(flujo: Flujo, record: RunRecord): string {
  switch (record.status) {
    case "running":
      return flujo.isRunning(record) ? `running (process ${record.owner?.pid ?? "?"})` : "interrupted";
    case "stopped":
      return PARKED;
    case "paused":
      return waitsText(record, { nowMs: systemClock.now() });
    case "succeeded":
    case "failed":
    case "cancelled":
      return record.status;
  }
}

function toneOf(status: RunStatus | undefined, paint: Paint): (text: string) => string {
  switch (status) {
    case "succeeded":
      return paint.good;
    case "failed":
      return paint.bad;
    case "paused":
      return paint.asks;
    case "running":
      return paint.busy;
    case "stopped":
    case "cancelled":
    case undefined:
      return paint.faint;
  }
}
