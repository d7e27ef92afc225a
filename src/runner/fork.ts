import { FlujoError } from "../base/errors.ts";
import type { JournalStore } from "../journal/port.ts";
import type { Decision, Entry, RunStarted } from "../model/entry.ts";
import type { Letter } from "../model/letter.ts";
import type { Plan } from "../model/node.ts";
import type { InstancePath } from "../model/path.ts";
import { rootPath } from "../model/path.ts";
import type { Lineage, NewRun, Owner, RunRecord } from "../model/run-record.ts";
import type { Compiled } from "../plan/compile.ts";
import { failsInDoubt } from "../runtime/aborted-outcomes.ts";
import { ForkReplay, QuestionLog } from "../runtime/fork-replay.ts";
import { sameCode, sameReducers } from "./fork-code.ts";
import { driveReading } from "./fork-drive.ts";
import type { Machinery } from "./launch.ts";
import { checkContext, checkInput, checkRunId } from "./start-run.ts";

/** What a fork is made of. */
export interface Forking {
  readonly store: JournalStore;
  readonly record: RunRecord;
  /** The run's plan; its `code` as it was accepted last. */
  readonly stored: Plan;
  /** All that the run has recorded. */
  readonly entries: readonly Entry[];
  readonly current: Compiled;
  readonly machinery: Pick<Machinery, "core" | "clock">;
  readonly owner: Owner;
  /** Takes the fork's id before it is there: whoever looks for runs that nobody goes on with leaves it to who makes it. */
  readonly heirs: Set<string>;
  /** Answers that somebody gives to what the run waits for. */
  readonly answers: ReadonlyMap<InstancePath, unknown>;
}

/**
 * Makes a run of the program now loaded out of one that began with another, at rest, and gives its id. It keeps every outcome
 * that does not depend on what changed. The run it is made of stays as it is; asked again, it has one fork by this program.
 *
 * @throws {FlujoError} `plan_changed` where an answer is for what depends on what changed; `input_invalid`, `context_invalid`
 * where the program now loaded does not take what the run began with.
 */
export async function forkOf(forking: Forking): Promise<string> {
  const { store, record, current, owner, machinery } = forking;
  for (let number = 2; ; number++) {
    const runId = madeId(record.runId, "fork", number);
    const there = await store.findRun(runId);
    if (there !== null) {
      if (there.planHash === current.plan.hash && isForkOf(there, record)) return runId;
      continue;
    }
    const kept = await keep(forking);
    const createdAtMs = machinery.clock.now();
    const { plan } = current;
    const made: NewRun = { runId, plan, source: record.source, owner, createdAtMs, lineage: lineageOf(record) };
    if (await makeOf(kept, { ...forking, made })) return runId;
  }
}

/** Makes a run, at rest, of what it keeps of another. False where somebody else was faster. */
export async function makeOf(
  kept: Kept,
  { store, heirs, made }: Pick<Forking, "store" | "heirs"> & { readonly made: NewRun },
): Promise<boolean> {
  const { runId, createdAtMs: atMs } = made;
  heirs.add(runId);
  try {
    const lease = await store.createRun(
      made,
      kept.entries.map((entry) => store.record(entry)),
    );
    for (const { kind, name, value, atMs: postedAtMs } of kept.letters) await store.post({ runId, kind, name, value, atMs: postedAtMs });
    const { usage, cost } = kept;
    await store.commit({ lease, rows: [], rest: { status: "stopped", pauses: [], wakeAtMs: null, lastLetter: 0, usage, cost, atMs } });
  } catch (error) {
    heirs.delete(runId);
    if (FlujoError.is(error, "run_exists")) return false;
    throw error;
  }
  return true;
}

/** The id of a run that is made of another: `orders-7-fork-2`, `orders-7-retry-2`. What is made of such a run goes on counting. */
export function madeId(runId: string, how: "fork" | "retry", number: number): string {
  const id = `${runId.replace(new RegExp(`-${how}-\\d+$`), "")}-${how}-${number}`;
  return id.length <= 100 ? id : checkRunId(`${id.slice(0, 80)}-${how}-${number}`);
}

/** Whether it was made of the run as it is now. */
function isForkOf({ lineage, createdAtMs }: RunRecord, { runId, updatedAtMs }: RunRecord): boolean {
  return lineage?.how === "forked" && lineage.parent === runId && createdAtMs >= updatedAtMs;
}

function lineageOf({ runId, lineage }: RunRecord): Lineage {
  return { root: lineage?.root ?? runId, parent: runId, how: "forked" };
}

/** What a run that is made of another begins with. */
export interface Kept extends Pick<RunRecord, "usage" | "cost"> {
  readonly entries: readonly Entry[];
  readonly letters: readonly Letter[];
}

/** First the run's own plan is driven, to learn what each outcome was an answer to; then the new one, to see what it asks alike. */
async function keep(forking: Forking): Promise<Kept> {
  const { store, record, stored, current, machinery, answers } = forking;
  const { runId } = record;
  const { entries, started } = withoutFrames(runId, forking.entries);
  const log = new QuestionLog(entries);
  await driveReading({ runId, plan: stored, started, replay: log, ...machinery });
  const begun = await beginning(forking, started);
  const replay = new ForkReplay({
    entries,
    asked: log.asked,
    isUnchanged: sameCode(stored, current.plan),
    isReducedAlike: sameReducers(stored, current.plan),
  });
  const { usage, cost } = await driveReading({ runId, plan: current.plan, started: begun, replay, ...machinery });
  for (const key of answers.keys()) {
    if (replay.open.has(key)) continue;
    const remedy = 'Fork the run first (`--fork`, `onCodeChange: "fork"`); the fork asks anew, and can be answered.';
    throw new FlujoError("plan_changed", `What run ${runId} asks at ${key} depends on code that changed.`, {
      remedy,
      details: { path: key },
    });
  }
  const letters = await store.letters(runId, 0);
  const kept = entriesKept(entries.slice(1), replay);
  return { entries: [begun, ...kept], letters: lettersKept(letters, entries, kept), usage, cost };
}

/** What is on record but for what frames came to, which is worked out anew from what is in them. */
export function withoutFrames(runId: string, all: readonly Entry[]): { readonly entries: readonly Entry[]; readonly started: RunStarted } {
  const entries = all.filter(({ type }) => type !== "frame-done");
  const started = entries[0];
  if (started?.type !== "run-started") throw new FlujoError("state_unreadable", `The journal of run ${runId} has lost its first entry.`);
  return { entries, started };
}

/** What the run began with, as the program now loaded takes it. What its schemas say alike was checked when it began. */
export async function beginning({ stored, current }: Pick<Forking, "stored" | "current">, first: RunStarted): Promise<RunStarted> {
  const { retried: _, ...started } = first; // what is made of it has keys of its own
  const { plan, bindings } = current;
  const isSame = (what: string): boolean => stored.code[`${stored.root.path}:${what}`] === plan.code[`${plan.root.path}:${what}`];
  const input = isSame("?input") ? started.input : await checkInput(plan, bindings.input, started.input);
  const schema = bindings.context?.schema ?? null;
  const context = isSame("?context") ? started.context : await checkContext(plan, schema, schema === null ? undefined : started.context);
  return { ...started, key: rootPath(plan.root.segment), input, context };
}

/** The entries that hold; `open`: what is asked as it was, without an outcome. */
export function entriesKept(entries: readonly Entry[], { held, open }: Pick<ForkReplay, "held" | "open">): readonly Entry[] {
  const keys = new Set<InstancePath>();
  for (const entry of entries) if (entry.type === "operation-finished" && held.has(entry.seq)) keys.add(entry.key);
  return entries.flatMap((entry): readonly Entry[] => {
    switch (entry.type) {
      case "operation-finished":
        return held.has(entry.seq) ? [entry] : [];
      case "decisions-made":
        return withDecisions(
          entry,
          entry.decisions.filter(({ seq }) => held.has(seq)),
        );
      case "wait-opened":
        return keys.has(entry.key) || open.has(entry.key) ? [entry] : [];
      case "operation-intended": {
        const asked = open.get(entry.key);
        return keys.has(entry.key) || (asked !== undefined && failsInDoubt(asked)) ? [entry] : [];
      }
      case "signal-taken":
        return entry.problem === null && keys.has(entry.pause) ? [entry] : [];
      case "run-started":
      case "cancel-requested":
      case "code-accepted":
      case "frame-done":
      case "run-finished":
        return [];
    }
  });
}

function withDecisions(entry: Extract<Entry, { type: "decisions-made" }>, decisions: readonly Decision[]): readonly Entry[] {
  const [first, last] = [decisions[0], decisions.at(-1)];
  if (first === undefined || last === undefined) return [];
  return [{ ...entry, seq: last.seq, atMs: last.atMs, key: first.key, decisions }];
}

/** Signals that the run has not taken, and those that it had taken for a wait that begins anew: nobody sends them again. */
export function lettersKept(letters: readonly Letter[], entries: readonly Entry[], kept: readonly Entry[]): readonly Letter[] {
  const signals = new Set(entries.flatMap((entry) => (entry.type === "wait-opened" && entry.waitsFor === "signal" ? [entry.key] : [])));
  const gone = new Set<number>();
  for (const entry of entries)
    if (entry.type === "signal-taken" && (entry.problem !== null || !signals.has(entry.pause))) gone.add(entry.letter);
  for (const entry of kept) if (entry.type === "signal-taken") gone.add(entry.letter);
  return letters.filter(({ kind, id }) => kind === "signal" && !gone.has(id));
}
