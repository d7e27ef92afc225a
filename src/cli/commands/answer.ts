import { FlujoError } from "../../base/errors.ts";
import { type Flujo, type Pause, type RunRecord, systemClock } from "../../index.ts";
import { isApproval } from "../../model/approval.ts";
import { isLate, tooLate } from "../../model/in-time.ts";
import { askApproval } from "../ask/ask-approval.ts";
import { askValue } from "../ask/ask-value.ts";
import type { Asker } from "../ask/asker.ts";
import { AskingCancelled } from "../ask/asker.ts";
import { terminalAsker } from "../ask/terminal-asker.ts";
import type { Conduct } from "../conduct.ts";
import type { Desk } from "../desk.ts";
import { INTERRUPTED, PAUSED } from "../desk.ts";
import { entriesOfRun } from "../entries-of-run.ts";
import { findRun } from "../find-run.ts";
import { goOn } from "../go-on.ts";
import { command, goOnCommand, shortId } from "../hints.ts";
import type { LoadedProgram } from "../load-program.ts";
import { stepsFrom } from "../next-steps.ts";
import { isForPeople, openPauses } from "../open-pauses.ts";
import { programOfRun } from "../program-of-run.ts";
import { type AnswerGiven, answerable, givenAnswer, wayOf } from "../given-answer.ts";
import { withGiven } from "../read-value.ts";
import { pauseLines } from "../report-run.ts";
import { shown } from "../shown-path.ts";
import { openFlujo } from "../state.ts";
import { callText, isApprovalRequest } from "../terminal/call-text.ts";
import { printable, printableLine } from "../terminal/printable.ts";
import { waitsText } from "../terminal/wait-text.ts";
import { stateWord } from "./list.ts";

/** What `flujo answer` can be told. */
export interface AnswerFlags extends AnswerGiven {
  readonly pause?: string;
  readonly file?: string;
}

interface Answering {
  readonly flujo: Flujo;
  readonly record: RunRecord;
  readonly loaded: LoadedProgram;
}

/** Answers what a run waits for, with a value, or by asking the person at the terminal; then goes on with the run. */
export async function answer(desk: Desk, wanted: string, flags: AnswerFlags): Promise<number> {
  const way = wayOf(flags);
  await using flujo = openFlujo(desk);
  const record = await findRun(desk, flujo, wanted);
  const waits = openPauses(await entriesOfRun(desk, { flujo, record }, flags.file));
  const open = waits.filter(isForPeople);
  if (waits.length === 0) throw waitsForNothing(desk, flujo, record);
  if (open.length === 0) throw waitsForNobody(desk, record, waits);
  const pauses = answerable(stillInTime(record, pausesMeant(record, open, flags.pause)), way);
  if (way === null && !canAsk(desk)) throw nobodyToAsk(desk, record, pauses);
  const [only, second] = pauses;
  if (way !== null && second !== undefined) throw severalPauses(record, pauses);
  const loaded = await programOfRun(desk, record, flags.file);
  const answering: Answering = { flujo, record, loaded };
  if (way === null || only === undefined) return await askAndAnswer(desk, answering, flags.pause);
  const given = await givenAnswer(desk, flags, way);
  const { exitCode } = await withGiven(given, "answer_invalid", (value) => giveAnswer(desk, answering, { pause: only.id, value }));
  return exitCode;
}

function waitsForNothing(desk: Desk, flujo: Flujo, record: RunRecord): FlujoError {
  const { runId, status } = record;
  const stands = `Run ${runId} (${stateWord(flujo, record)})`;
  if ((status !== "running" || flujo.isRunning(record)) && status !== "stopped")
    return new FlujoError("pause_not_found", `${stands} waits for nothing.`, {
      remedy: `\`${command(desk, "show", shortId(runId))}\` shows what came of it.`,
    });
  const why = status === "stopped" ? "was parked" : "was interrupted";
  return new FlujoError("pause_not_found", `Run ${runId} ${why} and waits for nothing yet.`, {
    remedy: `Resume it first: ${goOnCommand(desk, "resume", shortId(runId))}`,
  });
}

/** What it waits for is not asked of people: a signal is sent, and a moment comes. */
function waitsForNobody(desk: Desk, record: RunRecord, waits: readonly Pause[]): FlujoError {
  const { runId, wakeAtMs, source } = record;
  const nowMs = systemClock.now();
  const what = waitsText({ pauses: waits, wakeAtMs }, { nowMs });
  const file = source === null ? null : `${shown(source.file)}#${source.exportName}`;
  const steps = stepsFrom(desk, { id: shortId(runId), pauses: waits, wakeAtMs: wakeAtMs ?? firstOf(waits), file });
  return new FlujoError("pause_not_found", `Run ${runId} ${what}; nobody is asked.`, {
    details: { pauses: waits.map(({ id }) => id) },
    remedy: steps.map(([step, why]) => `${step} (${why})`).join(", or "),
  });
}

function firstOf(waits: readonly Pause[]): number | null {
  const moments = waits.flatMap(({ wakeAtMs }) => (wakeAtMs === null ? [] : [wakeAtMs]));
  return moments.length === 0 ? null : Math.min(...moments);
}

/** Says what else it waits for, which is nobody's to answer here. */
function noteOthers(desk: Desk, runId: string, waits: readonly Pause[]): void {
  const nowMs = systemClock.now();
  for (const wait of waits.filter((each) => !isForPeople(each))) {
    for (const line of pauseLines(desk, wait, nowMs)) desk.output.note(line);
    if (wait.waitsFor === "signal")
      desk.output.note(
        desk.output.notePaint.faint(`  It comes as a signal: ${command(desk, "signal", shortId(runId), wait.name, "--value", "…")}`),
      );
  }
}

function canAsk({ output }: Desk): boolean {
  return !output.isJson && process.stdin.isTTY && process.stderr.isTTY;
}

/** @throws {FlujoError} `pause_not_found` */
function pausesMeant(record: RunRecord, pauses: readonly Pause[], wanted: string | undefined): readonly Pause[] {
  if (wanted === undefined) return pauses;
  const exact = pauses.filter((pause) => pause.id === wanted);
  const meant = exact.length > 0 ? exact : pauses.filter((pause) => pause.name === wanted);
  if (meant.length > 0) return meant;
  const ids = pauses.map(({ id }) => id);
  throw new FlujoError(
    "pause_not_found",
    `Run ${record.runId} does not wait for "${wanted}"; it waits for ${ids.slice(0, 8).join(", ")}.`,
    { details: { pauses: ids }, remedy: "Name one of them with --pause." },
  );
}

/** Those whose time is not over. @throws {FlujoError} `pause_not_found` where there are none */
function stillInTime({ runId }: RunRecord, pauses: readonly Pause[]): readonly Pause[] {
  const nowMs = systemClock.now();
  const open = pauses.filter((pause) => !isLate(nowMs, pause));
  const [over] = pauses;
  if (open.length === 0 && over !== undefined) throw tooLate(runId, { key: over.id, wakeAtMs: over.wakeAtMs });
  return open;
}

function severalPauses(record: RunRecord, pauses: readonly Pause[]): FlujoError {
  const ids = pauses.map(({ id }) => id);
  const named = pauses.slice(0, 8).map((pause) => (pause.waitsFor === "approval" ? `${pause.id} (${calledIn(pause)})` : pause.id));
  return new FlujoError("pause_not_found", `Run ${record.runId} waits in ${ids.length} places: ${named.join(", ")}.`, {
    details: { pauses: ids },
    remedy: "Name one of them with --pause.",
  });
}

/** The call a pause is about: `refund(usd: 249)`. */
function calledIn({ name, show }: Pause): string {
  return callText(name, isApprovalRequest(show) ? show.input : undefined, 48);
}

function nobodyToAsk(desk: Desk, record: RunRecord, pauses: readonly Pause[]): FlujoError {
  const id = shortId(record.runId);
  const [first, second] = pauses;
  const words = first === undefined || second === undefined ? ["answer", id] : ["answer", id, "--pause", first.id];
  const answering = goOnCommand(desk, ...words);
  if (first?.waitsFor === "approval") {
    return new FlujoError("usage_invalid", `There is no terminal to ask at, and nothing says what is to become of ${calledIn(first)}.`, {
      remedy: `Say it: ${answering} --approve, or --reject 'WHY', or --edit 'JSON of all its arguments'.`,
    });
  }
  return new FlujoError("usage_invalid", "There is no terminal to ask at, and no --value.", {
    remedy: `Give the answer: ${answering} --value '…' (its shape: ${command(desk, "show", id, "--json")}).`,
  });
}

function giveAnswer(
  desk: Desk,
  { flujo, record, loaded }: Answering,
  { pause, value }: { readonly pause: string; readonly value: unknown },
): Promise<Conduct> {
  const { runId } = record;
  return goOn(desk, {
    flujo,
    record,
    loaded,
    go: (onEvent) => flujo.answer(loaded.program, runId, { pause, value, options: { onEvent } }),
  });
}

/** Asks until the run waits for nothing more, or the person has had enough. */
async function askAndAnswer(desk: Desk, answering: Answering, wanted: string | undefined): Promise<number> {
  const { flujo, record } = answering;
  const asker = await terminalAsker();
  for (let exitCode = PAUSED, isReported = false; ; isReported = true) {
    const waits = openPauses(await flujo.entries(record.runId));
    const nowMs = systemClock.now();
    const open = waits.filter((each) => isForPeople(each) && !isLate(nowMs, each));
    const pauses = open.filter(({ id, name }) => wanted === undefined || id === wanted || name === wanted);
    if (pauses.length === 0) return exitCode;
    if (!isReported) noteOthers(desk, record.runId, waits);
    try {
      const pause = await choosePause(asker, pauses);
      // What the run waits for now was told when it came to rest, a moment ago.
      if (!isReported || pauses.length > 1) for (const line of pauseLines(desk, pause, systemClock.now())) desk.output.note(line);
      exitCode = await askOne(desk, answering, { asker, pause });
      if (exitCode !== PAUSED) return exitCode;
    } catch (error) {
      if (!(error instanceof AskingCancelled)) throw error;
      desk.output.note(
        `Nothing was answered; run ${shortId(record.runId)} goes on waiting. Answer later: ${goOnCommand(desk, "answer", shortId(record.runId))}`,
      );
      return INTERRUPTED;
    }
  }
}

async function choosePause(asker: Asker, pauses: readonly Pause[]): Promise<Pause> {
  const [first, second] = pauses;
  if (first !== undefined && second === undefined) return first;
  const chosen = await asker.choose(
    "Which one?",
    pauses.map((pause) => ({ label: pause.waitsFor === "approval" ? calledIn(pause) : printableLine(pause.id), value: pause.id })),
  );
  const pause = pauses.find(({ id }) => id === chosen);
  if (pause === undefined) throw new AskingCancelled("Nothing was chosen.");
  return pause;
}

/** An answer that does not fit is refused by the run's own schema; then the person is told why, and asked again. */
async function askOne(
  desk: Desk,
  answering: Answering,
  { asker, pause }: { readonly asker: Asker; readonly pause: Pause },
): Promise<number> {
  for (let present: unknown; ; ) {
    const value = await askFor(asker, pause, present);
    try {
      return (await giveAnswer(desk, answering, { pause: pause.id, value })).exitCode;
    } catch (error) {
      if (!FlujoError.is(error, "answer_invalid")) throw error;
      desk.output.warn(printable(error.summary));
      if (isApproval(value) && value.decision === "edit") present = value.input;
    }
  }
}

function askFor(asker: Asker, pause: Pause, present: unknown): Promise<unknown> {
  if (pause.waitsFor === "approval") return askApproval(asker, pause, present);
  return askValue(asker, { schema: pause.answerSchema, title: printableLine(pause.name) });
}
