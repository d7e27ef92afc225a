import { ERRORS } from "../base/errors.ts";
import type { Failure, Pause, RunResult } from "../index.ts";
import type { RunView } from "../model/run-view.ts";
import type { Desk } from "./desk.ts";
import { DONE, INTERRUPTED, PAUSED } from "./desk.ts";
import { command, goOnCommand, noteNext, remedyHere, shortId } from "./hints.ts";
import { shown } from "./shown-path.ts";
import { count, duration, money, plural, tokens, printable, printableLine } from "./terminal/index.ts";
import type { Paint } from "./terminal/paint.ts";
import { callText, isApprovalRequest, waitsText } from "./terminal/call-text.ts";
import { fieldLines } from "./terminal/field-lines.ts";
import { SHORT, valueLines, WHOLE } from "./terminal/value-text.ts";

/** Says how a run came to rest and what can be done next. Gives the exit code for it. */
export function reportRun(desk: Desk, result: RunResult<unknown>, view: RunView): number {
  desk.output.document(result);
  switch (result.status) {
    case "succeeded":
      return reportOutput(desk, result, view);
    case "failed":
      return reportFailure(desk, result, view);
    case "paused":
      return reportPauses(desk, result, view);
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
  const lines = valueLines(result.output, WHOLE);
  const isCut = process.stdout.isTTY && lines.length > SHORT.lines && !output.isQuiet;
  output.printAll(isCut ? valueLines(result.output, SHORT) : lines);
  noteUsage(desk, result, view);
  const id = shortId(result.runId);
  const more = isCut ? [[command(desk, "show", id, "--all"), "the whole result"] as const] : [];
  noteNext(desk, [...more, [command(desk, "trace", id), "every step, token and cent"]]);
  return DONE;
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
  noteNext(desk, [
    [command(desk, "trace", shortId(result.runId)), "every step up to there"],
    ...(ABOUT_PROVIDERS.has(code) ? [doctor] : []),
  ]);
  return exitOfFailure(code);
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

function reportPauses(desk: Desk, result: Ended<"paused">, view: RunView): number {
  const { output, state } = desk;
  const id = shortId(result.runId);
  output.print(`Run ${id} ${waitsText(result.pauses, 100)}.`);
  for (const pause of result.pauses) output.printAll(pauseLines(desk, pause));
  noteUsage(desk, result, view);
  if (state === "memory")
    output.note("Its state was in memory and ends with this command; a run that waits needs a state that lasts (--state sqlite:FILE).");
  noteNext(desk, answersTo(desk, id, result.pauses));
  return PAUSED;
}

/** What a person is asked, for people. */
export function pauseLines({ output }: Desk, pause: Pause): readonly string[] {
  const { paint } = output;
  const mark = paint.asks("⏸");
  if (pause.waitsFor === "approval" && isApprovalRequest(pause.show)) {
    const { agent, tool, description, input } = pause.show;
    const words = `${printableLine(agent)} wants to call ${paint.strong(printableLine(tool))}`;
    const about = description === "" ? [] : [`  ${paint.faint(printableLine(description))}`];
    return [`${mark} ${words}  ${paint.faint(printableLine(pause.id))}`, ...about, ...fieldLines(input, paint).map((line) => `  ${line}`)];
  }
  const shown = pause.show === undefined || pause.show === null ? [] : valueLines(pause.show).map((line) => `  ${line}`);
  return [`${mark} ${printableLine(pause.id)}`, ...shown];
}

const MOST_ANSWERS = 3;

/** The commands that answer what a run waits for. */
export function answersTo(desk: Desk, id: string, pauses: readonly Pause[]): readonly (readonly [string, string])[] {
  const [only, second] = pauses;
  if (only === undefined) return [];
  if (second === undefined) return answersToOne(desk, id, only);
  const shown = pauses
    .slice(0, MOST_ANSWERS)
    .map((pause) => [goOnCommand(desk, "answer", id, "--pause", pause.id), answerWords(pause)] as const);
  return pauses.length > MOST_ANSWERS ? [...shown, [command(desk, "show", id), `all ${count(pauses.length)} it waits for`]] : shown;
}

function answersToOne(desk: Desk, id: string, pause: Pause): readonly (readonly [string, string])[] {
  if (pause.waitsFor !== "approval") return [[goOnCommand(desk, "answer", id), "answer it"]];
  return [
    [goOnCommand(desk, "answer", id), "look at the call, then approve, change or reject it"],
    [goOnCommand(desk, "answer", id, "--approve"), "let it run"],
    [goOnCommand(desk, "answer", id, "--reject", "WHY"), "do not let it run; the model reads why"],
  ];
}

function answerWords(pause: Pause): string {
  if (pause.waitsFor !== "approval") return `answer ${printableLine(pause.name)}`;
  const input = isApprovalRequest(pause.show) ? pause.show.input : undefined;
  return `approve, change or reject ${callText(pause.name, input, 48)}`;
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
