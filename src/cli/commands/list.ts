import { FlujoError } from "../../base/errors.ts";
import { type Flujo, type RunRecord, type RunStatus, systemClock } from "../../index.ts";
import type { Desk } from "../desk.ts";
import { DONE } from "../desk.ts";
import { command, noteNext, shortId } from "../hints.ts";
import { hasState, openFlujo, stateOf } from "../state.ts";
import { ago, money, tokensOf } from "../terminal/numbers.ts";
import type { Paint } from "../terminal/paint.ts";
import { table } from "../terminal/table.ts";

/** What `flujo list` can be told. */
export interface ListFlags {
  readonly status?: string;
  readonly limit?: string;
}

const DEFAULT_LIMIT = 20;
const STATUSES: readonly RunStatus[] = ["running", "paused", "stopped", "succeeded", "failed", "cancelled"];

/** Lists runs, newest first. */
export async function list(desk: Desk, flags: ListFlags): Promise<number> {
  const query = { limit: limitOf(flags), ...statusOf(flags) };
  const { output } = desk;
  if (!hasState(desk)) {
    output.document({ state: stateOf(desk), runs: [] });
    output.print(`No runs yet: there is no state at ${stateOf(desk)}.`);
    return DONE;
  }
  await using flujo = openFlujo(desk);
  const runs = await flujo.list({ ...query, limit: query.limit + 1 });
  const shown = runs.slice(0, query.limit);
  output.document({ state: stateOf(desk), runs: shown.map((record) => ({ ...record, isRunning: flujo.isRunning(record) })) });
  if (shown.length === 0) output.print("No runs.");
  else output.printAll(tableOf(desk, flujo, shown));
  const [newest] = shown;
  if (runs.length > shown.length) output.note(`There are more: ${command(desk, "list", "--limit", String(query.limit * 5))}`);
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

function statusOf({ status }: ListFlags): { readonly status?: RunStatus } {
  if (status === undefined) return {};
  const known = STATUSES.find((each) => each === status);
  if (known !== undefined) return { status: known };
  throw new FlujoError("usage_invalid", `A run is never "${status}".`, { remedy: `Ask for one of ${STATUSES.join(", ")}.` });
}

function tableOf({ output }: Desk, flujo: Flujo, runs: readonly RunRecord[]): readonly string[] {
  const nowMs = systemClock.now();
  const rows = runs.map((record) => [
    shortId(record.runId),
    record.pipeline,
    stateWord(flujo, record),
    tokensOf(record.usage),
    record.usage.modelCalls === 0 ? "" : money(record.cost),
    ago(nowMs - record.createdAtMs),
  ]);
  return table(rows, {
    columns: [
      { title: "RUN" },
      { title: "PIPELINE", isFlexible: true },
      { title: "STATUS" },
      { title: "TOKENS", align: "right" },
      { title: "COST", align: "right" },
      { title: "STARTED", align: "right" },
    ],
    ...(process.stdout.isTTY ? { width: process.stdout.columns } : {}),
    paintTitle: output.paint.faint,
    paint: (text, { row, column }) => (column === 2 ? toneOf(runs[row]?.status, output.paint)(text) : text),
  });
}

/** A run that nobody runs any more, and that has not come to rest, was interrupted. */
export function stateWord(flujo: Flujo, record: RunRecord): string {
  switch (record.status) {
    case "running":
      return flujo.isRunning(record) ? `running (process ${record.owner?.pid ?? "?"})` : "interrupted";
    case "stopped":
      return "parked";
    case "paused":
      return record.pauses.length === 1 ? "waits for an answer" : `waits for ${record.pauses.length} answers`;
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
