import { FlujoError } from "../base/errors.ts";
import { nextTurn } from "../base/system.ts";
import type { JournalStore } from "../journal/port.ts";
import type { Entry, SignalTaken, WaitOpened } from "../model/entry.ts";
import type { NewLetter } from "../model/letter.ts";
import type { RunEvent } from "../model/run-event.ts";
import type { RunRecord } from "../model/run-record.ts";
import type { RunResult } from "../model/run-result.ts";
import { isTerminal } from "../model/run-result.ts";
import type { Compiled } from "../plan/compile.ts";
import { checkAnswer } from "./check-answer.ts";
import { listenerOf } from "./listeners.ts";
import type { Answer, EventsOptions, ResumeOptions } from "./options.ts";
import { answeredMeanwhile, pauseOf, readRecorded, waitsNoMore } from "./recorded-run.ts";
import type { Runs } from "./runs.ts";
import { programOf } from "./spawned.ts";

/** What an answer to a run goes through. */
export interface Answering {
  readonly runs: Runs;
  readonly compiled: Compiled;
  readonly runId: string;
  readonly answer: Answer & { readonly options?: ResumeOptions };
  /** What happens in the run until it is at rest. */
  readonly events: (options: EventsOptions) => AsyncIterable<RunEvent, unknown>;
}

interface Given extends Answering {
  /** When it was given, in milliseconds since 1970: in time is in time, however long it takes until it is taken. */
  readonly atMs: number;
  readonly wait: WaitOpened;
  /** The answer, as the code now loaded takes it. */
  readonly checked: unknown;
}

/** Answers a pause of a run and goes on with it, or has whoever runs it do so; gives what came of it. */
export async function answerRun(answering: Answering): Promise<RunResult<unknown>> {
  const { runs, compiled, runId, answer } = answering;
  const atMs = runs.clock.now();
  const own = programOf(compiled, await runs.recordOf(runId));
  const wait = pauseOf(await readRecorded(await runs.open(), runId), { runId, wanted: answer.pause, atMs });
  const given: Given = { ...answering, atMs, wait, compiled: own, checked: await checkAnswer(own, wait, answer.value) };
  for (;;) {
    const result = await (runs.live.has(runId) ? answerHere(given) : answerThere(given));
    if (result !== null) return result;
    await nextTurn(); // it has changed hands just now
  }
}

/** Null where it is not live here any more. */
async function answerHere({ runs, runId, wait: { key }, checked }: Given): Promise<RunResult<unknown> | null> {
  const live = runs.live.get(runId);
  if (live?.isAtRest === true) await live.result;
  if (live === undefined || live.isAtRest) return null;
  if (!live.answer(key, checked)) throw await waitsNoMore(await runs.open(), runId, key);
  return live.result;
}

/** Null where somebody else took it up just now. */
async function answerThere(given: Given): Promise<RunResult<unknown> | null> {
  const { runs, compiled, runId, wait, checked, answer } = given;
  if (runs.isRunning(await runs.recordOf(runId))) return answerElsewhere(given);
  try {
    return await runs.resume({ compiled, runId, answers: new Map([[wait.key, checked]]), options: answer.options ?? {} });
  } catch (error) {
    if (FlujoError.is(error, "run_owned")) return null;
    throw error;
  }
}

/** Sends it as a signal to whoever runs the run, waits until it is at rest, and gives what came of it. */
async function answerElsewhere(given: Given): Promise<RunResult<unknown>> {
  const { runs, compiled, runId, wait, answer, atMs } = given;
  const store = await runs.open();
  // As it was given: whoever takes it has its schema look at it, which may change it.
  const letter = await posted(store, { runId, kind: "signal", name: wait.key, value: answer.value, atMs });
  await followed(given);
  const record = await runs.recordOf(runId);
  const recorded = await readRecorded(store, runId);
  const taken = takenIn(recorded.entries, letter);
  if (taken !== undefined) return resultOf(runs, { record, wait, problem: taken.problem });
  if (isTerminal(record.status) || answeredMeanwhile(recorded, [wait.key]) !== null) throw await waitsNoMore(store, runId, wait.key);
  return runs.resume({ compiled, runId, answers: new Map(), options: answer.options ?? {} }); // its process is gone; the letter is there
}

async function posted(store: JournalStore, letter: NewLetter): Promise<number> {
  try {
    return await store.post(letter);
  } catch (error) {
    if (!FlujoError.is(error, "usage_invalid")) throw error;
    throw new FlujoError("pause_not_found", `Run ${letter.runId} does not wait at ${letter.name} any more: it has ended.`);
  }
}

function takenIn(entries: readonly Entry[], letter: number): SignalTaken | undefined {
  return entries.find((entry): entry is SignalTaken => entry.type === "signal-taken" && entry.letter === letter);
}

interface Taken {
  readonly record: RunRecord;
  readonly wait: WaitOpened;
  readonly problem: string | null;
}

function resultOf(runs: Runs, { record, wait, problem }: Taken): Promise<RunResult<unknown>> {
  if (problem === null) return runs.read(record);
  throw new FlujoError("answer_invalid", `The process that runs ${record.runId} does not take the answer to ${wait.key}: ${problem}`);
}

/** Tells of what happens until the run is at rest, or has nobody who goes on with it. Aborting the signal calls the run off. */
async function followed({ runs, runId, answer, events }: Given): Promise<void> {
  const { options = {} } = answer;
  const { signal } = options;
  const store = await runs.open();
  const cancel = (): void => {
    const name = typeof signal?.reason === "string" ? signal.reason : "";
    Promise.resolve(store.post({ runId, kind: "cancel", name, value: null, atMs: runs.clock.now() })).catch(() => undefined); // it has ended before
  };
  if (signal?.aborted === true) cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  const listener = listenerOf(options, runId);
  try {
    const [last] = (await store.entries({ runId })).slice(-1);
    for await (const event of events({ fromSeq: (last?.seq ?? -1) + 1 })) listener?.(event);
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}
