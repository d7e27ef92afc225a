import { ERRORS } from "../base/errors.ts";
import { type Failure, type Pause, type RunResult, systemClock } from "../index.ts";
import type { RunView } from "../model/run-view.ts";
import type { Desk } from "./desk.ts";
import { DONE, INTERRUPTED, PAUSED } from "./desk.ts";
import { command, goOnCommand, noteNext, remedyHere, shortId } from "./hints.ts";
import { stepsFrom } from "./next-steps.ts";
import { isForPeople } from "./open-pauses.ts";
import { shown } from "./shown-path.ts";
import { duration, money, plural, tokens, printable, printableLine } from "./terminal/index.ts";
import type { Paint } from "./terminal/paint.ts";
import { isApprovalRequest } from "./terminal/call-text.ts";
import { fieldLines } from "./terminal/field-lines.ts";
import { momentText } from "./terminal/moments.ts";
import { SHORT, valueLines, WHOLE } from "./terminal/value-text.ts";
import { waitsText, waitText } from "./terminal/wait-text.ts";

/** What a report may need beside the result. */
export interface Reported {
  readonly view: RunView;
  /** Where its program is; null where that is not known. */
  readonly file: string | null;
}

/** Says how a run came to rest and what can be done next. Gives the exit code for it. */
export function reportRun(desk: Desk, result: RunResult<unknown>, reported: Reported): number {
  const { view } = reported;
  desk.output.document(result);
  switch (result.status) {
    case "succeeded":
      return reportOutput(desk, result, view);
    case "failed":
      return reportFailure(desk, result, view);
    case "paused":
      return reportPauses(desk, result, reported);
    case "stopped":
      return reportStop(desk, result, view);
    case "cancelled":
      desk.output.note(cancelledLine(shortId(result.runId), result.reason));
      return INTERRUPTED;
  }
}

/** That a run was called off, and why, where anybody said it. */
export function cancelledLine(id: string, reason: string | null): string {
  return `Run ${id} was cancelled${reason === null ? "" : `: ${printableLine(reason)}`}.`;
}

type Ended<S extends RunResult<unknown>["status"]> = Extract<RunResult<unknown>, { readonly status: S }>;

function reportOutput(desk: Desk, result: Ended<"succeeded">, view: RunView): number {
  const { output } = desk;
  if (result.continuedAs !== undefined) return reportHeir(desk, result, result.continuedAs);
  const lines = valueLines(result.output, WHOLE);
  const isCut = process.stdout.isTTY && lines.length > SHORT.lines && !output.isQuiet;
  output.printAll(isCut ? valueLines(result.output, SHORT) : lines);
  noteUsage(desk, result, view);
  const id = shortId(result.runId);
  const more = isCut ? [[command(desk, "show", id, "--all"), "the whole result"] as const] : [];
  noteNext(desk, [...more, [command(desk, "trace", id), "every step, token and cent"]]);
  return DONE;
}

/** Somebody else goes on with the run in its place, or nobody does: that one has the output. */
function reportHeir(desk: Desk, { runId }: Ended<"succeeded">, heir: string): number {
  desk.output.print(heirLine(shortId(runId), heir));
  noteNext(desk, [[command(desk, "show", shortId(heir)), "how it stands"]]);
  return DONE;
}

/** That another run goes on in the place of one. */
export function heirLine(id: string, heir: string): string {
  return `Run ${id} went on as run ${printableLine(shortId(heir))}.`;
}

/** Configuration that turned out wrong stays configuration, and a limit a limit; everything else is a run that failed. */
function exitOfFailure(code: keyof typeof ERRORS): number {
  const { exit } = ERRORS[code];
  return exit === 2 || exit === 5 ? exit : 1;
}

function reportFailure(desk: Desk, result: Ended<"failed">, view: RunView): number {
  const { output } = desk;
  const { code } = result.failure;
  if (!output.isJson) process.stderr.write(`${failureLines(desk, result.failure, output.notePaint).join("\n")}\n`);
  noteUsage(desk, result, view);
  const doctor = [command(desk, "doctor", "--ping"), "whether the provider answers, and takes the key"] as const;
  const retries = desk.state === "memory" ? [] : [retryStep(desk, result.runId)];
  noteNext(desk, [
    [command(desk, "trace", shortId(result.runId)), "every step up to there"],
    ...retries,
    ...(ABOUT_PROVIDERS.has(code) ? [doctor] : []),
  ]);
  return exitOfFailure(code);
}

/** How a run that failed is tried again. */
export function retryStep(desk: Desk, runId: string): readonly [what: string, why: string] {
  return [goOnCommand(desk, "retry", shortId(runId)), "try it again from what failed"];
}

/** What a run fails with whose provider would not, or could not be reached. */
const ABOUT_PROVIDERS: ReadonlySet<Failure["code"]> = new Set([
  "api_key_refused",
  "quota_exceeded",
  "region_unsupported",
  "model_call_failed",
]);

/** Why a run failed, for people: what and where, the line of theirs that threw, and what to do. */
export function failureLines(
  desk: Desk,
  { code, message, thrownAt, remedy = ERRORS[code].remedy }: Failure,
  paint: Paint,
): readonly string[] {
  const place = thrownAt === undefined ? [] : [`  ${paint.faint(printableLine(`at ${shown(thrownAt)}`))}`];
  return [`${paint.bad("✖")} ${printable(message)}`, ...place, `  ${paint.faint(`${printable(remedyHere(desk, remedy))}  [${code}]`)}`];
}

function reportPauses(desk: Desk, result: Ended<"paused">, { view, file }: Reported): number {
  const { output, state } = desk;
  const id = shortId(result.runId);
  const nowMs = systemClock.now();
  output.print(`Run ${id} ${waitsText(result, { nowMs, columns: 100 })}.`);
  for (const pause of result.pauses) output.printAll(pauseLines(desk, pause, nowMs));
  noteUsage(desk, result, view);
  if (state === "memory")
    output.note("Its state was in memory and ends with this command; a run that waits needs a state that lasts (--state sqlite:FILE).");
  noteNext(desk, stepsFrom(desk, { id, file, ...result }));
  return PAUSED;
}

/** What is waited for, for people: what a person is asked, a signal's name, a moment. */
export function pauseLines({ output }: Desk, pause: Pause, nowMs: number): readonly string[] {
  const { paint } = output;
  const mark = paint.asks("⏸");
  if (pause.waitsFor === "approval" && isApprovalRequest(pause.show)) {
    const { agent, tool, description, input } = pause.show;
    const words = `${printableLine(agent)} wants to call ${paint.strong(printableLine(tool))}`;
    const about = description === "" ? [] : [`  ${paint.faint(printableLine(description))}`];
    return [
      `${mark} ${words}${paint.faint(endOf(pause, nowMs))}  ${paint.faint(printableLine(pause.id))}`,
      ...about,
      ...fieldLines(input, paint).map((line) => `  ${line}`),
    ];
  }
  const id = printableLine(pause.id);
  if (!isForPeople(pause)) return [`${mark} ${id}  ${paint.faint(waitText(pause, { nowMs }))}`];
  const shown = pause.show === undefined || pause.show === null ? [] : valueLines(pause.show).map((line) => `  ${line}`);
  return [`${mark} ${id}${paint.faint(endOf(pause, nowMs))}`, ...shown];
}

function endOf({ wakeAtMs }: Pause, nowMs: number): string {
  return wakeAtMs === null ? "" : `  until ${momentText(wakeAtMs, nowMs)}`;
}

function reportStop(desk: Desk, result: Ended<"stopped">, view: RunView): number {
  const id = shortId(result.runId);
  noteUsage(desk, result, view);
  desk.output.note(`Run ${id} is parked. What is recorded is kept and will not be done again.`);
  noteNext(desk, [[goOnCommand(desk, "resume", id), "go on from there"]]);
  return INTERRUPTED;
}

function noteUsage(desk: Desk, { usage, cost }: RunResult<unknown>, view: RunView): void {
  const { inputTokens, outputTokens, modelCalls } = usage;
  const time = view.startedAtMs === null ? "" : duration(view.lastAtMs - view.startedAtMs);
  const calls = `${tokens(inputTokens + outputTokens)} in ${plural(modelCalls, "model call", "model calls")}`;
  const parts = modelCalls === 0 ? [] : [calls, money(cost)];
  const line = [...parts, plural(view.recorded, "operation recorded", "operations recorded"), time]
    .filter((part) => part !== "")
    .join(" · ");
  desk.output.note(desk.output.notePaint.faint(line));
}
