import { FlujoError } from "../base/errors.ts";
import type { Json } from "../base/json.ts";
import { jsonSchemaMisfit } from "../base/json-schema-misfit.ts";
import { nextTurn } from "../base/system.ts";
import type { JournalStore } from "../journal/port.ts";
import { runHasEnded } from "../journal/refusals.ts";
import type { Entry } from "../model/entry.ts";
import type { Letter, NewLetter } from "../model/letter.ts";
import type { RunRecord } from "../model/run-record.ts";
import type { Pause } from "../model/run-result.ts";
import { isTerminal } from "../model/run-result.ts";
import { viewOf } from "../model/run-view.ts";
import type { LiveRun } from "./live-run.ts";
import type { SignalReceipt } from "./options.ts";
import { refuseUnknownPause, schemasFor } from "./pause-names.ts";
import { openPausesOf, readRecorded } from "./recorded-run.ts";
import type { Runs } from "./runs.ts";
import { isFor, isNamed } from "./signal-desk.ts";

/** How long whoever calls a run of this process off waits until it has ended, in milliseconds. */
const PATIENCE_MS = 1_000;

/** Tells runs from outside to end, and what they wait for: those of this process, those at rest, and those of other processes. */
export class RunControl {
  readonly #runs: Runs;

  constructor(runs: Runs) {
    this.#runs = runs;
  }

  /** The record as it is then: `cancelled`, or `running` where it has still to end. */
  async cancel(runId: string, reason: string): Promise<RunRecord> {
    const { clock, live } = this.#runs;
    if (typeof reason !== "string")
      throw new FlujoError("usage_invalid", "The reason of a cancel is no text.", { remedy: "Say why in words, or leave it out." });
    const store = await this.#runs.open();
    await this.#runs.begun(); // a run that was started right before is there then
    const waiting = this.#runs.places?.callOff(runId, reason) ?? null;
    await waiting;
    const ended = waiting === null ? null : await store.findRun(runId);
    if (ended?.status === "cancelled") return ended;
    const known = await this.#runs.recordOf(runId);
    if (isTerminal(known.status)) return this.#cancelHeir(known, reason);
    // The letter first: should this process or the run's die before the run has ended, whoever goes on with it finds it.
    await store.post({ runId, kind: "cancel", name: reason, value: null, atMs: clock.now() });
    for (;;) {
      await this.#settleIn(store, runId);
      const here = live.get(runId);
      if (here !== undefined && !(await this.#restsSoon(here))) return this.#runs.recordOf(runId);
      const record = await this.#runs.recordOf(runId);
      if (record.status === "cancelled") return record;
      if (isTerminal(record.status)) return this.#cancelHeir(record, reason);
      if (this.#runs.isRunning(record)) {
        if (!live.has(runId)) return record;
        continue; // it has come to rest, and gone on
      }
      if (await this.#end(store, runId, reason)) return await this.#runs.recordOf(runId);
    }
  }

  /** A run that goes on as another one is called off there. @throws {FlujoError} `usage_invalid` where it has ended for good. */
  async #cancelHeir({ runId, status }: RunRecord, reason: string): Promise<RunRecord> {
    const store = await this.#runs.open();
    const end = (await store.openEntries(runId)).find((entry) => entry.type === "run-finished")?.end;
    if (end?.status !== "succeeded" || end.continuedAs === undefined) throw runHasEnded(runId, status);
    return this.cancel(end.continuedAs, reason);
  }

  /** What it does may take its time to stop; and where a step of the run itself asks, it waits for the step, and must not wait for it. */
  #restsSoon(live: LiveRun): Promise<boolean> {
    const { clock } = this.#runs;
    return new Promise((resolve) => {
      const giveUp = clock.after(PATIENCE_MS, () => resolve(false));
      const rests = (): void => {
        giveUp();
        resolve(true);
      };
      live.result.then(rests, rests); // why it could not go on is told to whoever started it
    });
  }

  /** Leaves a signal for a run. The record as it is then, and whether the run waited for it. */
  async signal(runId: string, name: string, value: unknown): Promise<SignalReceipt> {
    const { clock, live } = this.#runs;
    const atMs = clock.now();
    if (typeof name !== "string" || name === "")
      throw new FlujoError("usage_invalid", "A signal has a name.", { remedy: "Give the name of what the run waits for." });
    const store = await this.#runs.open();
    await this.#runs.begun(); // a run that was started right before is there then
    const record = await this.#runs.recordOf(runId);
    if (isTerminal(record.status)) throw runHasEnded(runId, record.status);
    const plan = await store.planOf(runId);
    refuseUnknownPause(plan, runId, name);
    await this.#settleIn(store, runId);
    const here = live.get(runId);
    const recorded = await readRecorded(store, runId);
    const named = (here?.pauses ?? openPausesOf(recorded)).filter((pause) => isNamed(name, pause));
    const pauses = named.filter((pause) => isFor({ name, atMs }, pause));
    const [pause] = pauses;
    if (pause === undefined) refuseEarlyMisfit(schemasFor(plan, name), { runId, name, value });
    else if (here === undefined) refuseMisfit(pause, value);
    else await here.checkSignal(pause, value);
    const before = untaken(await store.letters(runId, 0), recorded.entries).filter((letter) => pauses.some((each) => isFor(letter, each)));
    await store.post({ runId, kind: "signal", name, value, atMs });
    await this.#settleIn(store, runId);
    const overAtMs = pause === undefined ? (named[0]?.wakeAtMs ?? null) : null;
    return { ...(await this.#runs.recordOf(runId)), isAwaited: pauses.length > before.length, overAtMs };
  }

  /** Until the run is live here, where it is about to be, and has its letters. */
  async #settleIn(store: JournalStore, runId: string): Promise<void> {
    const { claiming, live, mailbox } = this.#runs;
    await this.#runs.begun();
    while (claiming.has(runId) && !live.has(runId)) await nextTurn();
    await mailbox.look(store, runId);
  }

  /** Ends a run that nobody works on. False where somebody took it up at the same moment. */
  async #end(store: JournalStore, runId: string, reason: string): Promise<boolean> {
    const { clock, owner, claiming } = this.#runs;
    if (claiming.has(runId)) return false;
    claiming.add(runId);
    try {
      const lease = await store.claimRun({ runId, owner, atMs: clock.now(), isAlive: (other) => this.#runs.isAlive(other, runId) });
      const entries = await store.entries({ runId });
      const [first, last] = [entries[0], entries.at(-1)];
      if (first === undefined || last === undefined)
        throw new FlujoError("state_unreadable", `The journal of run ${runId} has lost its first entry.`);
      const { usage, cost } = viewOf(entries, runId);
      const atMs = clock.now();
      const end = reason === "" ? ({ status: "cancelled" } as const) : ({ status: "cancelled", reason } as const);
      const finished = store.record({ type: "run-finished", seq: last.seq + 1, atMs, key: first.key, end, usage, cost });
      await store.commit({
        lease,
        rows: [finished],
        rest: { status: "cancelled", pauses: [], wakeAtMs: null, lastLetter: null, usage, cost, atMs },
      });
      return true;
    } catch (error) {
      if (FlujoError.is(error, "run_owned") || FlujoError.is(error, "lease_lost")) return false;
      throw error;
    } finally {
      claiming.delete(runId);
    }
  }
}

/** What is known to be wrong is refused here; the rest is for the code that waits for it. */
function refuseMisfit({ id, name, answerSchema }: Pause, value: unknown): void {
  const wrong = jsonSchemaMisfit(answerSchema, value);
  if (wrong !== null) throw new FlujoError("answer_invalid", `The signal "${name}" does not fit what is waited for at ${id}: ${wrong}.`);
}

/** The same before anything waits for it: what fits nowhere under that name will never be taken. */
function refuseEarlyMisfit(schemas: readonly Json[] | null, { runId, name, value }: Pick<NewLetter, "runId" | "name" | "value">): void {
  const wrong = (schemas ?? []).map((schema) => jsonSchemaMisfit(schema, value));
  const [first] = wrong;
  if (first === undefined || first === null || wrong.includes(null)) return;
  throw new FlujoError("answer_invalid", `The signal "${name}" does not fit what run ${runId} will wait for: ${first}.`);
}

/** The signals that nobody has taken yet. */
function untaken(letters: readonly Letter[], entries: readonly Entry[]): readonly Letter[] {
  const taken = new Set(entries.flatMap((entry) => (entry.type === "signal-taken" ? [entry.letter] : [])));
  return letters.filter(({ kind, id }) => kind === "signal" && !taken.has(id));
}
