import { type OpenNode, type RunSnapshot, systemClock } from "../../index.ts";
import type { Desk } from "../desk.ts";
import { DONE } from "../desk.ts";
import { findRun } from "../find-run.ts";
import { command, noteNext, shortId } from "../hints.ts";
import { openFlujo } from "../state.ts";
import { duration, money, plural, tokensOf } from "../terminal/numbers.ts";
import { printableLine } from "../terminal/printable.ts";
import { table } from "../terminal/table.ts";
import { SHORT, valueLines } from "../terminal/value-text.ts";
import { stateWord } from "./list.ts";

/** Shows how a run stands now, from its journal alone; nothing is asked of whoever runs it. */
export async function query(desk: Desk, wanted: string): Promise<number> {
  const { output } = desk;
  await using flujo = openFlujo(desk);
  const { runId } = await findRun(desk, flujo, wanted);
  const now = await flujo.query(runId);
  output.document(now);
  const { record, usage, cost, steps } = now;
  const used =
    usage.modelCalls === 0 ? "" : `${tokensOf(usage)} in ${plural(usage.modelCalls, "model call", "model calls")} · ${money(cost)}`;
  const facts: readonly (readonly [string, string])[] = [
    ["run", record.runId],
    ["pipeline", `${printableLine(record.pipeline)} ${printableLine(record.version)}`],
    ["status", stateWord(flujo, record)],
    ["done", plural(steps.length, "step", "steps")],
    ["used", used],
  ];
  output.printAll(facts.filter(([, value]) => value !== "").map(([name, value]) => `${output.paint.faint(name.padEnd(8))}  ${value}`));
  output.printAll(frontierLines(desk, now));
  output.printAll(contextLines(desk, now));
  const id = shortId(runId);
  noteNext(desk, [
    [command(desk, "show", id), "what it has done, and how to go on"],
    [command(desk, "trace", id), "every step, token and cent"],
  ]);
  return DONE;
}

function frontierLines({ output }: Desk, { frontier, isRunning }: RunSnapshot): readonly string[] {
  if (frontier.length === 0) return [];
  const nowMs = systemClock.now();
  const rows = frontier.map((node) => [
    node.kind,
    printableLine(node.path),
    duration(Math.max(0, nowMs - node.sinceMs)),
    attemptWords(node),
  ]);
  const columns = [{ title: "KIND" }, { title: "WHERE", isFlexible: true }, { title: "FOR", align: "right" as const }, { title: "" }];
  const width = process.stdout.isTTY ? { width: process.stdout.columns } : {};
  return [
    "",
    output.paint.strong(isRunning ? "Stands at" : "Goes on at"),
    ...table(rows, { columns, ...width, paintTitle: output.paint.faint }),
  ];
}

function attemptWords({ attempt }: OpenNode): string {
  return attempt === 1 ? "" : `attempt ${attempt}`;
}

function contextLines({ output }: Desk, { context }: RunSnapshot): readonly string[] {
  if (typeof context !== "object" || context === null || Object.keys(context).length === 0) return [];
  return ["", output.paint.strong("Context"), ...valueLines(context, SHORT).map((line) => `  ${line}`)];
}
