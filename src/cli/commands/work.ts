import ms from "ms";
import { type ErrorCode, FlujoError, messageOf } from "../../base/errors.ts";
import { type ReadyBecause, type RunRecord, type RunResult, systemClock, type WorkEvent } from "../../index.ts";
import type { Desk } from "../desk.ts";
import { DONE, INTERRUPTED } from "../desk.ts";
import { shortId } from "../hints.ts";
import { Interrupts } from "../interrupts.ts";
import { type LoadedProgram, loadPrograms } from "../load-program.ts";
import type { Output } from "../output.ts";
import { openFlujo, stateOf } from "../state.ts";
import { count, duration } from "../terminal/numbers.ts";
import { printable, printableLine } from "../terminal/printable.ts";
import { waitsText } from "../terminal/wait-text.ts";

/** What `flujo work` can be told. */
export interface WorkFlags {
  readonly poll?: string;
  readonly once?: boolean;
}

/** Goes on with the runs of some files' programs, as they can go on, until it is told to stop. */
export async function work(desk: Desk, files: readonly string[], flags: WorkFlags): Promise<number> {
  const { output } = desk;
  const pollMs = flags.poll === undefined ? undefined : pollOf(flags.poll);
  if (stateOf(desk) === "memory")
    throw new FlujoError("usage_invalid", "Runs in memory end with their process: there is nothing to work on.", {
      remedy: "Name a state that lasts: --state sqlite:FILE.",
    });
  const programs = await loadAll(desk, files);
  await using flujo = openFlujo(desk);
  for (const { program } of programs) await flujo.check(program); // a run that fails for want of a key cannot be gone on with
  const interrupts = new Interrupts(flujo, output, (line) => output.note(line));
  interrupts.arm();
  const log = new WorkLog(output);
  const once = flags.once === true;
  if (!once)
    output.note(
      `Working on runs of ${programs.map(({ label }) => label).join(", ")} in ${stateOf(desk)}. Ctrl-C ends it, and parks what is live.`,
    );
  try {
    await flujo.work(
      programs.map(({ program }) => program),
      { once, onRun: (event) => log.tell(event), ...(pollMs === undefined ? {} : { pollMs }) },
    );
  } finally {
    await interrupts.settle();
  }
  output.note(log.summary);
  return interrupts.isAsked ? INTERRUPTED : DONE;
}

async function loadAll(desk: Desk, files: readonly string[]): Promise<readonly LoadedProgram[]> {
  const loaded: LoadedProgram[] = [];
  for (const where of files) {
    desk.busyWith = `the file ${where}, whose top-level await never comes to an end`;
    loaded.push(...(await loadPrograms(where, [])));
    desk.busyWith = null;
  }
  return loaded;
}

function pollOf(text: string): number {
  const told = /^\s*$/.test(text) ? undefined : (ms(text as ms.StringValue) as number | undefined);
  if (told !== undefined && told >= 1 && Number.isFinite(told)) return told;
  throw new FlujoError("usage_invalid", `--poll is to be a time, and "${text}" is none.`, { remedy: "Write --poll 1s, or --poll 500ms." });
}

/** Says what is taken up and how it came to rest: a line for each, or with `--json` a line of JSON. */
class WorkLog {
  readonly #output: Output;
  readonly #sinceMs = new Map<string, number>();
  #takenUp = 0;
  /** Why each run was left as it was, as it was last said. */
  readonly #leftAlone = new Map<string, string>();

  constructor(output: Output) {
    this.#output = output;
  }

  tell(event: WorkEvent): void {
    const { runId, pipeline } = event.record;
    const about = { type: event.type, runId, pipeline };
    switch (event.type) {
      case "taken-up":
        this.#takenUp++;
        this.#sinceMs.set(runId, systemClock.now());
        this.#output.documentLine({ ...about, because: event.because });
        this.#line("▸", event.record, BECAUSE[event.because]);
        break;
      case "at-rest":
        this.#output.documentLine({ ...about, result: event.result });
        this.#line(markOf(event.result), event.record, `${restWords(event.result)}${this.#took(runId)}`);
        break;
      case "left-alone":
        this.#sinceMs.delete(runId);
        this.#left(event.record, event.error);
        break;
    }
  }

  /** Why is said once: what changes about a run without helping it is no news. */
  #left(record: RunRecord, error: unknown): void {
    const { runId, pipeline } = record;
    const why = FlujoError.is(error) ? error.summary : messageOf(error);
    if (this.#leftAlone.get(runId) === why) return;
    this.#leftAlone.set(runId, why);
    this.#output.documentLine({ type: "left-alone", runId, pipeline, error: { code: codeOf(error), message: messageOf(error) } });
    this.#line("!", record, `left as it was: ${printableLine(why)}  [${codeOf(error)}]`);
  }

  get summary(): string {
    const { size } = this.#leftAlone;
    const left = size === 0 ? "" : `; ${size === 1 ? "one was left as it was" : `${count(size)} were left as they were`}`;
    return this.#takenUp === 0
      ? `No run could go on${left}.`
      : `Went on with ${count(this.#takenUp)} ${this.#takenUp === 1 ? "run" : "runs"}${left}.`;
  }

  #line(mark: string, { runId, pipeline }: RunRecord, words: string): void {
    this.#output.print(`${mark} ${shortId(runId)}  ${printableLine(pipeline)}  ${words}`);
  }

  #took(runId: string): string {
    const sinceMs = this.#sinceMs.get(runId);
    this.#sinceMs.delete(runId);
    return sinceMs === undefined ? "" : `  ${duration(systemClock.now() - sinceMs)}`;
  }
}

const BECAUSE: Readonly<Record<ReadyBecause, string>> = {
  due: "its time has come, or something was sent to it",
  parked: "it was parked",
  interrupted: "its process is gone",
};

function markOf({ status }: RunResult<unknown>): string {
  const marks: Readonly<Record<typeof status, string>> = { succeeded: "✔", failed: "✖", paused: "⏸", cancelled: "⊘", stopped: "⏸" };
  return marks[status];
}

function restWords(result: RunResult<unknown>): string {
  switch (result.status) {
    case "failed":
      return `failed: ${printable(result.failure.message)}  [${result.failure.code}]`;
    case "paused":
      return waitsText(result, { nowMs: systemClock.now() });
    case "cancelled":
      return `cancelled${result.reason === null ? "" : `: ${printableLine(result.reason)}`}`;
    case "stopped":
      return "parked";
    case "succeeded":
      return "succeeded";
  }
}

function codeOf(error: unknown): ErrorCode | "unexpected" {
  return FlujoError.is(error) ? error.code : "unexpected";
}
