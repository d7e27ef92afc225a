import { type Flujo, type Pause, type RunRecord, systemClock } from "../../index.ts";
import { type RunView, viewOf } from "../../model/run-view.ts";
import type { Desk } from "../desk.ts";
import { DONE } from "../desk.ts";
import { entriesOfRun } from "../entries-of-run.ts";
import { findRun } from "../find-run.ts";
import { command, goOnCommand, noteNext, shortId } from "../hints.ts";
import { openPauses } from "../open-pauses.ts";
import { stepsFrom } from "../next-steps.ts";
import { cancelledLine, failureLines, heirLine, pauseLines, retryStep } from "../report-run.ts";
import { shown } from "../shown-path.ts";
import { openFlujo } from "../state.ts";
import { duration, money, plural, tokensOf } from "../terminal/numbers.ts";
import { momentText } from "../terminal/moments.ts";
import { PlanFacts } from "../terminal/plan-facts.ts";
import { printableLine } from "../terminal/printable.ts";
import { summaryRows } from "../terminal/summary-rows.ts";
import { drawRows, limitRows } from "../terminal/tree-rows.ts";
import { SHORT, valueLines, WHOLE } from "../terminal/value-text.ts";
import { stateWord } from "./list.ts";

interface Shown {
  readonly record: RunRecord;
  readonly view: RunView;
  readonly pauses: readonly Pause[];
}

const MOST_ROWS = 40;

/** Shows one run: how it stands, what it did, what came out, what it waits for. From its journal alone. */
export async function show(desk: Desk, wanted: string, flags: { readonly all?: boolean }): Promise<number> {
  await using flujo = openFlujo(desk);
  const record = await findRun(desk, flujo, wanted);
  const entries = await entriesOfRun(desk, { flujo, record });
  const run: Shown = { record, view: viewOf(entries, record.runId), pauses: openPauses(entries) };
  desk.output.document(documentOf(flujo, run));
  desk.output.printAll(head(desk, flujo, run));
  const all = flags.all === true;
  const readAtMs = systemClock.now();
  const plan = new PlanFacts(await flujo.planOf(record.runId));
  const rows = summaryRows(run.view, flujo.isRunning(record) ? readAtMs : run.view.lastAtMs, { readAtMs, plan });
  const width = process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY;
  desk.output.printAll(["", ...drawRows(all ? rows : limitRows(rows, MOST_ROWS), { paint: desk.output.paint, width })]);
  desk.output.printAll(outcome(desk, run, all));
  noteNext(desk, nextSteps(desk, flujo, run));
  return DONE;
}

function documentOf(flujo: Flujo, { record, view, pauses }: Shown): object {
  const end =
    view.end === null
      ? {}
      : view.end.status === "succeeded"
        ? { output: view.end.output, ...(view.end.continuedAs === undefined ? {} : { continuedAs: view.end.continuedAs }) }
        : view.end.status === "failed"
          ? { failure: view.end.failure }
          : { reason: view.end.reason ?? null };
  const { usage, cost } = view;
  return {
    ...record,
    isRunning: flujo.isRunning(record),
    usage,
    cost,
    pauses,
    input: view.input,
    model: view.model,
    thread: view.thread,
    ...end,
  };
}

function head({ output }: Desk, flujo: Flujo, { record, view }: Shown): readonly string[] {
  const { paint } = output;
  const facts: readonly (readonly [string, string])[] = [
    ["run", record.runId],
    ["pipeline", `${printableLine(record.pipeline)} ${printableLine(record.version)}`],
    ["from", record.source === null ? "" : printableLine(`${shown(record.source.file)}#${record.source.exportName}`)],
    ["status", stateWord(flujo, record)],
    ["comes of", record.lineage === null ? "" : `${record.lineage.how} from run ${shortId(record.lineage.parent)}`],
    ["model", view.model === null ? "" : `${printableLine(view.model)} for every agent`],
    ["thread", view.thread === null ? "" : printableLine(view.thread)],
    ["started", momentText(record.createdAtMs, systemClock.now())],
    ["took", view.startedAtMs === null ? "" : duration(view.lastAtMs - view.startedAtMs)],
    [
      "used",
      view.usage.modelCalls === 0
        ? ""
        : `${tokensOf(view.usage)} in ${plural(view.usage.modelCalls, "model call", "model calls")} · ${money(view.cost)}`,
    ],
  ];
  return facts.filter(([, value]) => value !== "").map(([name, value]) => `${paint.faint(name.padEnd(8))}  ${value}`);
}

function outcome(desk: Desk, { record, view, pauses }: Shown, all: boolean): readonly string[] {
  const { paint } = desk.output;
  const limits = all ? WHOLE : SHORT;
  const input = all ? ["", paint.strong("Input"), ...indented(valueLines(view.input, limits))] : [];
  if (view.end?.status === "succeeded" && view.end.continuedAs !== undefined)
    return [...input, "", heirLine(shortId(record.runId), view.end.continuedAs)];
  if (view.end?.status === "succeeded") return [...input, "", paint.strong("Result"), ...indented(valueLines(view.end.output, limits))];
  if (view.end?.status === "failed") return [...input, "", ...failureLines(desk, view.end.failure, paint)];
  if (view.end?.status === "cancelled") return [...input, "", cancelledLine(shortId(record.runId), view.end.reason ?? null)];
  return pauses.length === 0
    ? input
    : [...input, "", paint.strong("Waits for"), ...pauses.flatMap((pause) => pauseLines(desk, pause, systemClock.now()))];
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}

function nextSteps(desk: Desk, flujo: Flujo, { record, view, pauses }: Shown): readonly (readonly [string, string])[] {
  const id = shortId(record.runId);
  const trace = [command(desk, "trace", id), "every step, token and cent"] as const;
  const { wakeAtMs, source } = record;
  const file = source === null ? null : `${shown(source.file)}#${source.exportName}`;
  const isLeft = record.status === "stopped" || (record.status === "running" && !flujo.isRunning(record));
  if (pauses.length > 0 || wakeAtMs !== null) return [...stepsFrom(desk, { id, pauses, wakeAtMs, file, isLeft }), trace];
  if (view.end?.status === "succeeded" && view.end.continuedAs !== undefined)
    return [[command(desk, "show", view.end.continuedAs), "the run that went on in its place"], trace];
  if (view.end === null && !flujo.isRunning(record)) return [[goOnCommand(desk, "resume", id), "go on from there"], trace];
  const whole = [command(desk, "show", id, "--all"), "input and result in full"] as const;
  return record.status === "failed" ? [retryStep(desk, record.runId), trace, whole] : [trace, whole];
}
