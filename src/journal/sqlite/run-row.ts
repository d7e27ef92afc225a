import type { Cost } from "../../model/cost.ts";
import type { Lineage, NewRun, Owner, RunRecord, RunRest, RunSource } from "../../model/run-record.ts";
import type { Pause, RunStatus } from "../../model/run-result.ts";
import type { Usage } from "../../model/usage.ts";
import { decode, encode } from "../../serialize/codec.ts";
import type { PayloadSink, PayloadSource } from "../../serialize/envelope.ts";
import type { SqlValue } from "./driver.ts";

/** Pauses as text: in an object, which the codec says in JSON where it can. */
function pausesText(list: readonly Pause[], runId: string, payloads: PayloadSink): string {
  return encode({ list }, runId, payloads);
}

/** A pause in the file; before layout 3 none ended by itself, and none says so. */
type StoredPause = Omit<Pause, "wakeAtMs"> & Partial<Pick<Pause, "wakeAtMs">>;

function pausesOf(text: string, payloads: PayloadSource): readonly Pause[] {
  const { list } = decode(text, payloads, "keep") as { readonly list: readonly StoredPause[] };
  return list.map((pause) => ({ ...pause, wakeAtMs: pause.wakeAtMs ?? null }));
}

/** A run as the `run` table has it, with the time of its last entry. */
export interface RunRow {
  readonly run_no: number;
  readonly run_id: string;
  readonly pipeline: string;
  readonly version: string;
  readonly status: RunStatus;
  readonly plan_hash: string;
  readonly source: string | null;
  readonly owner: string | null;
  readonly epoch: number;
  readonly pauses: string;
  readonly wake_ms: number | null;
  readonly lineage: string | null;
  readonly usage: string;
  readonly cost: string;
  readonly created_ms: number;
  readonly updated_ms: number;
  readonly last_ms: number | null;
}

/** @throws {FlujoError} `state_unreadable` when a column is none that this file can have written. */
export function toRecord(row: RunRow, payloads: PayloadSource): RunRecord {
  return {
    runId: row.run_id,
    pipeline: row.pipeline,
    version: row.version,
    status: row.status,
    planHash: row.plan_hash,
    source: row.source === null ? null : (decode(row.source) as RunSource),
    owner: ownerOf(row),
    epoch: row.epoch,
    pauses: pausesOf(row.pauses, payloads),
    wakeAtMs: row.wake_ms,
    lineage: row.lineage === null ? null : (decode(row.lineage) as Lineage),
    usage: decode(row.usage) as Usage,
    cost: decode(row.cost) as Cost,
    createdAtMs: row.created_ms,
    updatedAtMs: Math.max(row.updated_ms, row.last_ms ?? 0), // a commit leaves this row alone, so that it costs no more than its entries
  };
}

/** Who runs it now; null where nobody does. */
export function ownerOf(row: Pick<RunRow, "owner">): Owner | null {
  return row.owner === null ? null : (decode(row.owner) as Owner);
}

/** An owner as text: equal owners have equal text. */
export function ownerText({ host, bootId, pid, processStart, instance }: Owner): string {
  return JSON.stringify({ host, bootId, pid, processStart, instance });
}

/** The values of a new run, in the order of the statement that inserts it. */
export function newRunValues(run: NewRun, sums: { readonly usage: Usage; readonly cost: Cost }): readonly SqlValue[] {
  const source = run.source === null ? null : encode(run.source, run.runId);
  const lineage = run.lineage === null ? null : encode(run.lineage, run.runId);
  const { name, version, hash } = run.plan;
  const sumsText = [encode(sums.usage, run.runId), encode(sums.cost, run.runId)];
  return [
    run.runId,
    name,
    version,
    hash,
    source,
    lineage,
    ownerText(run.owner),
    pausesText([], run.runId, new Map()),
    ...sumsText,
    run.createdAtMs,
    run.createdAtMs,
  ];
}

/** What changes when a run comes to rest: the values in the order of the statement that updates it, and what its pauses show of files. */
export function restValues(runId: string, rest: RunRest): { readonly values: readonly SqlValue[]; readonly payloads: PayloadSink } {
  const payloads: PayloadSink = new Map();
  const pauses = pausesText(rest.pauses, runId, payloads);
  const { status, wakeAtMs, lastLetter, usage, cost, atMs } = rest;
  return { values: [status, pauses, wakeAtMs, lastLetter, encode(usage, runId), encode(cost, runId), atMs], payloads };
}
