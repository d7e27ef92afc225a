import { FlujoError } from "../base/errors.ts";
import type { Op } from "../core/program.ts";
import type { JournalStore } from "../journal/port.ts";
import type { Entry, Retried, RunStarted } from "../model/entry.ts";
import type { Plan } from "../model/node.ts";
import type { InstancePath } from "../model/path.ts";
import { nodePathOf, withoutAttempts } from "../model/path.ts";
import type { Owner, RunRecord } from "../model/run-record.ts";
import { changesBetween, describeChanges } from "../plan/compare.ts";
import type { Compiled } from "../plan/compile.ts";
import { withCode } from "../plan/compile.ts";
import { failsInDoubt } from "../runtime/aborted-outcomes.ts";
import { QuestionLog } from "../runtime/fork-replay.ts";
import { RetryReplay } from "../runtime/retry-replay.ts";
import { codeAccepted, refuseUnknownKinds } from "./code-change.ts";
import type { Kept } from "./fork.ts";
import { beginning, entriesKept, lettersKept, madeId, makeOf, withoutFrames } from "./fork.ts";
import { sameCode, sameReducers } from "./fork-code.ts";
import { driveReading } from "./fork-drive.ts";
import type { Machinery } from "./launch.ts";
import type { OnCodeChange } from "./options.ts";
import type { Ended } from "./retry-points.ts";
import { RetryPoints } from "./retry-points.ts";

/** What a retry is made of. */
export interface Retrying {
  readonly store: JournalStore;
  /** The run that failed, or was called off. */
  readonly record: RunRecord;
  readonly current: Compiled;
  readonly onCodeChange: OnCodeChange;
  readonly machinery: Pick<Machinery, "core" | "clock">;
  readonly owner: Owner;
  /** Takes the retry's id before it is there: whoever looks for runs that nobody goes on with leaves it to who makes it. */
  readonly heirs: Set<string>;
}

/**
 * Makes the run that tries another again, at rest, and gives its id. It keeps every outcome that does not depend on what
 * failed. The run itself stays as it is; it has one such run, which is the one that is given whenever it is asked for.
 *
 * @throws {FlujoError} `plan_changed` where what succeeded would not hold in the program now loaded; `usage_invalid` where a
 * saga has undone a part and could not undo the rest; `input_invalid`, `context_invalid`.
 */
export async function retryOf(retrying: Retrying): Promise<string> {
  const { store, record, current, owner, machinery } = retrying;
  const { runId: parent, source, lineage } = record;
  for (let number = 2; ; number++) {
    const runId = madeId(parent, "retry", number);
    const there = await store.findRun(runId);
    if (there !== null) {
      if (there.lineage?.how === "retried" && there.lineage.parent === parent) return runId;
      continue;
    }
    const kept = await keep(retrying);
    const from = { root: lineage?.root ?? parent, parent, how: "retried" } as const;
    const made = { runId, plan: current.plan, source, owner, createdAtMs: machinery.clock.now(), lineage: from };
    if (await makeOf(kept, { ...retrying, made })) return runId;
    number--; // somebody else was faster: it may be this very run
  }
}

async function keep(retrying: Retrying): Promise<Kept> {
  const { store, record, current, onCodeChange } = retrying;
  const { runId } = record;
  const wrote = await store.planOf(runId);
  refuseUnknownKinds(wrote, runId);
  const all = await store.entries({ runId });
  const stored = withCode(wrote, codeAccepted(all));
  refuseOther(record, current);
  const past = await pastOf(retrying, stored, all);
  const { started, points } = past;
  const ofItself = await reread(retrying, past, { plan: stored, started, isLike: null });
  const begun = await beginning({ stored, current }, started);
  const isLike =
    onCodeChange === "continue" ? null : { code: sameCode(stored, current.plan), reducers: sameReducers(stored, current.plan) };
  const isSame = stored.hash === current.plan.hash;
  const now = isSame
    ? ofItself
    : await reread(retrying, past, { plan: current.plan, started: begun, isLike, keepsFailures: onCodeChange !== "fork" });
  if (!isSame && onCodeChange !== "fork") refuseLoss(retrying, stored, lost(past, ofItself.replay, now.replay));
  refuseLeft(record, points, now.replay);
  const { replay, usage, cost } = now;
  const kept = entriesKept(past.entries.slice(1), { held: replay.held, open: inDoubt(replay, points) });
  const letters = lettersKept(await store.letters(runId, 0), past.entries, kept);
  const retried = { atMs: retrying.machinery.clock.now(), keys: keysOf(past, replay, runId) };
  return { entries: [{ ...begun, retried }, ...kept], letters, usage, cost };
}

/** What the run has done, and which of it is to be done again. */
interface Past {
  readonly entries: readonly Entry[];
  readonly started: RunStarted;
  readonly log: QuestionLog;
  readonly points: RetryPoints;
}

/** Its own plan is driven, to learn what each outcome was an answer to, and what became of each node. */
async function pastOf({ record, machinery }: Retrying, plan: Plan, all: readonly Entry[]): Promise<Past> {
  const { runId } = record;
  const { entries, started } = withoutFrames(runId, all);
  const frames: Ended[] = [];
  const log = new QuestionLog(entries);
  const listening = {
    asked: () => undefined,
    frameEnded: (key: InstancePath, result: Ended["result"]) => void frames.push({ key, result }),
  };
  await driveReading({ runId, plan, started, replay: log, ...machinery, log: listening });
  const end = entries.findLast((entry) => entry.type === "run-finished")?.end;
  const points = new RetryPoints({ root: plan.root, entries, frames }, end?.status === "failed" ? end.failure : null);
  return { entries, started, log, points };
}

interface Reading {
  readonly plan: Plan;
  readonly started: RunStarted;
  /** Null where it does not matter which code has answered. */
  readonly isLike: { readonly code: ReturnType<typeof sameCode>; readonly reducers: ReturnType<typeof sameReducers> } | null;
  readonly keepsFailures?: boolean;
}

/** Drives a plan over what is to be kept, again where that shows that a saga which has undone something would not hold. */
async function reread(
  { record, machinery }: Retrying,
  { entries, log, points }: Past,
  { plan, started, isLike, keepsFailures = true }: Reading,
) {
  for (;;) {
    const replay = new RetryReplay({
      entries,
      asked: log.asked,
      isAgain: points.isAgain,
      isUnchanged: isLike?.code ?? (() => true),
      isReducedAlike: isLike?.reducers ?? (() => true),
      keepsFailures,
    });
    const { usage, cost } = await driveReading({ runId: record.runId, plan, started, replay, ...machinery });
    if (!points.leaveUndone(replay.held)) return { replay, usage, cost };
  }
}

/** What may not be done again while nobody knows whether it was done: beside what failed, it is in doubt. */
function inDoubt({ alike }: RetryReplay, { isAgain }: RetryPoints): RetryReplay["alike"] {
  return new Map([...alike].filter(([key, op]) => failsInDoubt(op) && !isAgain(key)));
}

/** What was tried and has not succeeded may have had its effect: who is asked again is told by the same key. What was undone is done anew. */
function keysOf({ entries, started, points }: Past, { alike, held }: RetryReplay, runId: string): Retried["keys"] {
  const known = started.retried?.keys ?? {};
  const done = new Set<string>();
  const holding = new Set<string>();
  for (const entry of entries) {
    const outcomes = entry.type === "decisions-made" ? entry.decisions : entry.type === "operation-finished" ? [entry] : [];
    for (const { key, seq, outcome } of outcomes) {
      if (outcome.status === "succeeded") done.add(withoutAttempts(key));
      if (held.has(seq)) holding.add(key);
    }
  }
  const keys: [string, string][] = [];
  for (const [key, op] of alike) {
    const place = withoutAttempts(key);
    if (!isKeyed(op) || holding.has(key) || done.has(place) || points.isUndone(key)) continue;
    keys.push([place, Object.hasOwn(known, place) ? (known[place] ?? "") : `${runId}:${place}`]);
  }
  return Object.fromEntries(keys);
}

/** Whether it does something outside of the run: what that is known by is its key, and the id of a run that it starts. */
function isKeyed(op: Op): boolean {
  return op.kind === "step" || op.kind === "tool" || op.kind === "model" || (op.kind === "decide" && op.about === "spawn");
}

/** Where the outcomes are that the run's own program would keep, and the other does not. */
function lost({ entries }: Past, before: RetryReplay, now: RetryReplay): readonly InstancePath[] {
  return entries.flatMap((entry) => {
    if (entry.type === "decisions-made") return entry.decisions.flatMap(({ seq, key }) => (isLost(seq) ? [key] : []));
    return entry.type === "operation-finished" && isLost(entry.seq) ? [entry.key] : [];
  });
  function isLost(seq: number): boolean {
    return before.held.has(seq) && !now.held.has(seq);
  }
}

/** @throws {FlujoError} `plan_changed` */
function refuseLoss({ record, current, onCodeChange }: Retrying, stored: Plan, keys: readonly InstancePath[]): void {
  if (keys.length === 0) return;
  const places = [...new Set(keys.map((key) => nodePathOf(key).replace(/\/\?[^/]*$/, "")))];
  const shown = places.slice(0, 5).join(", ") + (places.length > 5 ? ` and ${places.length - 5} more` : "");
  const changes = changesBetween(stored, current.plan);
  const summary = `The program now loaded would do again what run ${record.runId} has done at ${shown}: ${describeChanges(changes)}.`;
  const keepIt = onCodeChange === "continue" ? "" : ' or keep what it has (`--accept-changes`, `onCodeChange: "continue"`),';
  throw new FlujoError("plan_changed", summary, {
    remedy: `Have that done again (\`--fork\`, \`onCodeChange: "fork"\`),${keepIt} or retry it with the code that it ran with.`,
    details: { changes: changes.map(({ path, kind, says }) => ({ path, kind, says })), again: places },
  });
}

/** @throws {FlujoError} `plan_changed` for a program of another name. */
function refuseOther({ runId, pipeline }: RunRecord, { plan }: Compiled): void {
  if (plan.name === pipeline) return;
  throw new FlujoError("plan_changed", `Run ${runId} is one of "${pipeline}", and the program given is "${plan.name}".`, {
    remedy: "Give the program that it is a run of.",
  });
}

/** @throws {FlujoError} `usage_invalid` where something would be done, or undone, twice. */
function refuseLeft({ runId }: RunRecord, points: RetryPoints, { held }: RetryReplay): void {
  const left = [...points.left];
  const undone = left.length > 0 ? [] : [...points.undoneTwice(held)];
  if (left.length + undone.length === 0) return;
  const why =
    left.length > 0
      ? `it has undone a part of what it did, and could not undo ${left.join(", ")}, which would be done twice`
      : `it has undone ${undone.join(", ")} after what could not be undone, and would undo that twice`;
  throw new FlujoError("usage_invalid", `Run ${runId} cannot be retried: ${why}.`, {
    remedy: "See to what could not be undone, and begin a new run.",
    details: { left, undone },
  });
}
