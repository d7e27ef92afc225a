import type { Clock } from "../../base/clock.ts";
import { FlujoError } from "../../base/errors.ts";
import type { Op, Outcome } from "../../core/program.ts";
import { FREE } from "../../model/cost.ts";
import type { Entry, Recorded, RunFinished, RunStarted } from "../../model/entry.ts";
import type { Plan, PlanNode } from "../../model/node.ts";
import { nodesIn } from "../../model/node.ts";
import { NO_PATCHES } from "../../model/patch.ts";
import type { InstancePath, NodePath } from "../../model/path.ts";
import type { RunRecord } from "../../model/run-record.ts";
import { NO_USAGE } from "../../model/usage.ts";
import { driveReading } from "../../runner/fork-drive.ts";
import type { Recall } from "../../runtime/replay.ts";
import { Replay } from "../../runtime/replay.ts";
import type { Golden, GoldenAgent, GoldenEvent, GoldenOperation, GoldenRequest, GoldenResponse, GoldenResult } from "../golden.ts";
import { inCanonicalOrder } from "./canonical-order.ts";
import type { Bindings } from "../../plan/bindings.ts";
import { asAsked } from "./as-asked.ts";
import { agentOf, requestOf } from "./request-of.ts";
import { timeless } from "./timeless.ts";
import { hasPlace, withoutPlaces } from "./without-places.ts";
import { WatchedCore } from "./watched-core.ts";

/** A run that is to be read. */
export interface RunToTrace {
  readonly runId: string;
  readonly plan: Plan;
  /** The code that asked; null where that is not there any more. */
  readonly bindings: Bindings | null;
  /** All of its journal. */
  readonly entries: readonly Entry[];
  /** What its record says it waits for. */
  readonly record: Pick<RunRecord, "status" | "pauses">;
  /** The context as it was when the run came to rest. */
  readonly context: unknown;
  readonly clock: Clock;
  readonly source: string | null;
  readonly startsAtMs: number;
  readonly seed: string;
}

interface Asked {
  readonly op: Op;
  readonly path: InstancePath;
  readonly seq: number;
  readonly outcome: Recorded | null;
  /** What a schema makes of what it asks; null where none does. */
  readonly asked: GoldenRequest | null;
}

/** Notes what is asked, and what is recorded for it. */
class NotedReplay extends Replay {
  readonly asked: Asked[] = [];

  override outcomeOf(op: Op): Recall<Outcome> | null {
    const recall = super.outcomeOf(op);
    this.asked.push({
      op,
      path: op.key,
      seq: recall?.seq ?? this.nextSeq + this.asked.length,
      outcome: recall?.value.outcome ?? null,
      asked: null,
    });
    return recall;
  }
}

/**
 * Reads a run's journal as a golden: its plan is driven over all that it has on record, and every question is noted with
 * what was answered. Nothing is performed.
 *
 * @throws {FlujoError} `journal_diverged`, `state_unreadable`
 */
export async function traceRun(run: RunToTrace): Promise<Golden> {
  const { runId, plan, bindings, entries, clock } = run;
  const [started] = entries;
  if (started?.type !== "run-started") throw new FlujoError("state_unreadable", `The journal of run ${runId} has lost its first entry.`);
  const replay = new NotedReplay(entries.filter(({ type }) => type !== "frame-done")); // what they cover is what is wanted
  const core = new WatchedCore();
  const { usage, cost } = await driveReading({ runId, plan, started, replay, core, clock });
  const isOver = entries.some(({ type }) => type === "run-finished");
  const noted = replay.asked.filter(({ op, outcome }) => outcome !== null || !(isOver || isDeadline(op)));
  const wanted =
    bindings === null || !noted.some(({ op }) => hasSchema(op))
      ? noted
      : await Promise.all(noted.map((each) => withSchemas(each, bindings)));
  const nodes = new Map(nodesIn(plan.root).map((node) => [node.path, node]));
  const toGolden = operations({ nodes, races: core.races, isCalledOff: entries.some(({ type }) => type === "cancel-requested") });
  const clean = wanted.some(({ outcome }) => outcome?.status === "failed" && hasPlace(outcome.failure)) ? withoutPlaces : asItIs;
  return {
    ...headOf(run, started),
    agents: agentsOf(wanted),
    ...numbered(clean(inCanonicalOrder(wanted, plan.root).map(toGolden)), eventsOf(entries)),
    result: clean(resultOf(run)),
    usage: usage ?? NO_USAGE,
    cost: cost ?? FREE,
  };
}

function hasSchema({ kind }: Op): boolean {
  return kind === "model" || kind === "tool";
}

async function withSchemas(asked: Asked, bindings: Bindings): Promise<Asked> {
  const made = hasSchema(asked.op) ? await asAsked(asked.op, bindings) : null;
  return made === null ? asked : { ...asked, asked: made };
}

function asItIs<T>(value: T): T {
  return value;
}

function headOf({ plan, source, startsAtMs, seed }: RunToTrace, { input, context, model, thread }: RunStarted) {
  return { pipeline: plan.name, version: plan.version, plan: plan.hash, source, startsAtMs, seed, input, context, model, thread };
}

function isDeadline(op: Op): boolean {
  return "waitsFor" in op && op.waitsFor === "deadline";
}

function agentsOf(asked: readonly Asked[]): Readonly<Record<NodePath, GoldenAgent>> {
  const agents: Record<NodePath, GoldenAgent> = {};
  for (const { op } of asked) if (op.kind === "model") agents[op.node.path] ??= agentOf(op);
  return agents;
}

interface Reading {
  readonly nodes: ReadonlyMap<NodePath, PlanNode>;
  readonly races: ReadonlySet<string>;
  readonly isCalledOff: boolean;
}

function operations({ nodes, races, isCalledOff }: Reading): (asked: Asked) => GoldenOperation {
  return ({ op, path, seq, outcome, asked }) => ({
    path,
    kind: op.kind,
    about: op.kind === "decide" ? op.about : null,
    waitsFor: "waitsFor" in op ? op.waitsFor : null,
    name: op.name,
    request: asked === null ? requestOf(op, nodes) : { ...requestOf(op, nodes), ...asked },
    response: outcome === null ? null : responseOf(outcome),
    nth: outcome !== null && (isCalledOff || isBelow(path, races)) ? seq : null,
  });
}

/** With places counted from 0 on: those of the journal have gaps, which depend on what else was going on. */
function numbered(operations: readonly GoldenOperation[], events: readonly GoldenEvent[]): Pick<Golden, "operations" | "events"> {
  const seqs = [...operations, ...events].flatMap((each) => ("nth" in each && each.nth !== null ? [each.nth] : []));
  if (seqs.length === 0) return { operations, events };
  const places = new Map(seqs.toSorted((a, b) => a - b).map((seq, nth) => [seq, nth]));
  const placed = <T extends { readonly nth: number | null }>(each: T): T => ({
    ...each,
    nth: each.nth === null ? null : places.get(each.nth),
  });
  return {
    operations: operations.map(placed),
    events: events.map((event) => (event.type === "cancel-requested" ? placed(event) : event)),
  };
}

function isBelow(path: InstancePath, places: ReadonlySet<string>): boolean {
  if (places.size === 0) return false;
  if (places.has("")) return true;
  for (let end = path.length; end > 0; end--) {
    const next = path.charAt(end);
    if ((end === path.length || next === "/" || next === "[" || next === "#") && places.has(path.slice(0, end))) return true;
  }
  return false;
}

function responseOf(outcome: Recorded): GoldenResponse {
  const { usage, cost } = outcome;
  const spent = { ...(usage === undefined ? {} : { usage }), ...(cost === undefined ? {} : { cost }) };
  if (outcome.status === "failed") return { status: "failed", failure: timeless(outcome.failure), ...spent };
  return { status: "succeeded", value: outcome.value, writes: outcome.writes ?? NO_PATCHES, ...spent };
}

function eventsOf(entries: readonly Entry[]): readonly GoldenEvent[] {
  return entries.flatMap((entry): readonly GoldenEvent[] => {
    if (entry.type === "cancel-requested") return [{ type: "cancel-requested", reason: entry.reason, nth: entry.seq }];
    if (entry.type !== "signal-taken" || entry.problem === null) return [];
    return [{ type: "signal-dropped", name: entry.name, path: entry.pause, problem: entry.problem }];
  });
}

function resultOf({ entries, record, context }: RunToTrace): GoldenResult {
  const finished = entries.find((entry): entry is RunFinished => entry.type === "run-finished");
  if (finished === undefined) {
    const waitsAt = record.pauses.map(({ id }) => id);
    return record.status === "paused" || waitsAt.length > 0 ? { status: "paused", waitsAt, context } : { status: "stopped", context };
  }
  const { end } = finished;
  if (end.status === "succeeded") return { status: "succeeded", output: end.output, context, continued: end.continuedAs !== undefined };
  if (end.status === "failed") return { status: "failed", failure: timeless(end.failure), context };
  return { status: "cancelled", reason: end.reason ?? null, context };
}
