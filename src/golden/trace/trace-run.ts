import type { Clock } from "../../base/clock.ts";
import { FlujoError } from "../../base/errors.ts";
import { ExecutorCore } from "../../core/executor-core.ts";
import type { Op } from "../../core/program.ts";
import type { Cost } from "../../model/cost.ts";
import type { Entry, Recorded, RunFinished, RunStarted } from "../../model/entry.ts";
import type { Plan, PlanNode } from "../../model/node.ts";
import { nodesIn } from "../../model/plan-nodes.ts";
import { NO_PATCHES } from "../../model/patch.ts";
import type { InstancePath, NodePath } from "../../model/path.ts";
import type { RunRecord } from "../../model/run-record.ts";
import type { Usage } from "../../model/usage.ts";
import { driveReading } from "../../runner/fork-drive.ts";
import { Replay } from "../../runtime/replay.ts";
import type { Golden, GoldenAgent, GoldenEvent, GoldenOperation, GoldenRequest, GoldenResponse, GoldenResult } from "../golden.ts";
import { inCanonicalOrder } from "./canonical-order.ts";
import type { Bindings } from "../../plan/bindings.ts";
import { asAsked } from "./as-asked.ts";
import { Questions } from "./questions.ts";
import { agentOf, requestOf } from "./request-of.ts";
import { timeless } from "./timeless.ts";
import { hasPlace, withoutPlaces } from "./without-places.ts";

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

/** What is known of a run that was driven to its end. */
export interface Driven {
  readonly questions: Questions;
  /** What the outcomes that were delivered have used. */
  readonly usage: Usage;
  readonly cost: Cost;
}

/**
 * Reads a run's journal as a golden: its plan is driven over all that it has on record, and every question is noted with
 * what was answered. Nothing is performed.
 *
 * @throws {FlujoError} `journal_diverged`, `state_unreadable`
 */
export async function traceRun(run: RunToTrace): Promise<Golden> {
  const { runId, plan, entries, clock } = run;
  const replay = new Replay(entries.filter(({ type }) => type !== "frame-done")); // what they cover is what is wanted
  const questions = new Questions();
  const { usage, cost } = await driveReading({
    runId,
    plan,
    started: startOf(run),
    replay,
    core: new ExecutorCore(),
    clock,
    log: questions,
  });
  return traced(run, { questions, usage, cost });
}

/** {@link traceRun} of a run of which it is known what it asked. */
export async function traced(run: RunToTrace, { questions, usage, cost }: Driven): Promise<Golden> {
  const { ops, races } = questions;
  const { plan, bindings, entries } = run;
  const answered = answersIn(entries);
  const { isCalledOff } = answered;
  let noted = notedOf(ops, answered);
  if (bindings !== null && noted.some(({ op }) => hasSchema(op)))
    noted = await Promise.all(noted.map((each) => withSchemas(each, bindings)));
  const all = nodesIn(plan.root);
  const nodes = noted.some(({ op }) => isWait(op)) ? new Map(all.map((node) => [node.path, node])) : NO_NODES;
  const toGolden = operations({ nodes, races, isCalledOff });
  const clean = noted.some(({ outcome }) => outcome?.status === "failed" && hasPlace(outcome.failure)) ? withoutPlaces : asItIs;
  return {
    ...headOf(run, startOf(run)),
    agents: agentsOf(noted),
    ...numbered(clean(inCanonicalOrder(noted, all).map(toGolden)), eventsOf(entries)),
    result: clean(resultOf(run)),
    usage,
    cost,
  };
}

/** @throws {FlujoError} `state_unreadable` */
function startOf({ runId, entries: [started] }: RunToTrace): RunStarted {
  if (started?.type === "run-started") return started;
  throw new FlujoError("state_unreadable", `The journal of run ${runId} has lost its first entry.`);
}

/** What a journal has as outcomes, by key, and whether its run has ended, or was called off. */
interface Answered {
  readonly outcomes: ReadonlyMap<InstancePath, { readonly seq: number; readonly outcome: Recorded }>;
  readonly lastSeq: number;
  readonly isOver: boolean;
  readonly isCalledOff: boolean;
}

function answersIn(entries: readonly Entry[]): Answered {
  const outcomes = new Map<InstancePath, { readonly seq: number; readonly outcome: Recorded }>();
  const seen = new Set<Entry["type"]>();
  for (const entry of entries) {
    if (entry.type === "operation-finished") outcomes.set(entry.key, entry);
    else if (entry.type === "decisions-made") for (const decision of entry.decisions) outcomes.set(decision.key, decision);
    else seen.add(entry.type);
  }
  const lastSeq = entries.reduce((last, { seq }) => Math.max(last, seq), -1);
  return { outcomes, lastSeq, isOver: seen.has("run-finished"), isCalledOff: seen.has("cancel-requested") };
}

/** What a run that is over never answered, nobody waits for any more. */
function notedOf(ops: ReadonlyMap<InstancePath, Op>, { outcomes, lastSeq, isOver }: Answered): readonly Asked[] {
  const noted: Asked[] = [];
  let next = lastSeq;
  for (const [path, op] of ops) {
    next++;
    const found = outcomes.get(path);
    if (found !== undefined) noted.push({ op, path, seq: found.seq, outcome: found.outcome, asked: null });
    else if (!isOver && !isDeadline(op)) noted.push({ op, path, seq: next, outcome: null, asked: null });
  }
  return noted;
}

const NO_NODES: ReadonlyMap<NodePath, PlanNode> = new Map();

/** Whether it is told by its node how long it may take. */
function isWait({ kind }: Op): boolean {
  return kind === "human" || kind === "signal" || kind === "sleep";
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
  const seqs: number[] = [];
  for (const { nth } of operations) if (nth !== null) seqs.push(nth);
  for (const event of events) if (event.type === "cancel-requested") seqs.push(event.nth);
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
