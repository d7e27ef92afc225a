import { FlujoError } from "../base/errors.ts";
import type { Flujo, RunRecord } from "../index.ts";
import type { Desk } from "./desk.ts";
import { partsOfShortId, shortId } from "./hints.ts";
import { hasState, stateOf } from "./state.ts";

const MOST_CANDIDATES = 8;

/**
 * The run of this id, or the only one whose id begins so, or the one that this is the short id of. From here on the desk is about it.
 *
 * @throws {FlujoError} `run_not_found`, naming the runs that may have been meant.
 */
export async function findRun(desk: Desk, flujo: Flujo, wanted: string): Promise<RunRecord> {
  const record = await lookUp(desk, flujo, wanted);
  desk.run = { id: record.runId, where: record.source === null ? ["--file", "FILE#export"] : [] };
  return record;
}

async function lookUp(desk: Desk, flujo: Flujo, wanted: string): Promise<RunRecord> {
  if (!hasState(desk)) {
    throw new FlujoError("run_not_found", `There is no run "${wanted}": there is no state at ${stateOf(desk)} yet.`, {
      remedy: "Go to the folder the run was started in, or name its state with --state.",
    });
  }
  const exact = (await flujo.find(wanted)) ?? (await ofLine(flujo, wanted));
  if (exact !== null) return exact;
  const found = wanted === "" ? [] : await flujo.list({ prefix: wanted, limit: MOST_CANDIDATES + 1 });
  const [only, second] = found;
  if (only !== undefined && second === undefined) return only;
  const first = firstOfLine(found) ?? (await beginningOf(flujo, wanted, found));
  if (first !== null) return first;
  if (only !== undefined) throw ambiguous(wanted, found);
  const newest = await flujo.list({ limit: 3 });
  const there = newest.length === 0 ? "There are no runs yet." : `The newest: ${newest.map(describe).join(", ")}.`;
  throw new FlujoError("run_not_found", `No run begins with "${wanted}". ${there}`, {
    details: { wanted, candidates: newest.map(({ runId }) => runId) },
  });
}

/** The one run that all others go on from, or were forked of: their ids begin with its own. Null where there is none. */
function firstOfLine(found: readonly RunRecord[]): RunRecord | null {
  const [first, ...others] = found.toSorted((a, b) => a.runId.length - b.runId.length);
  if (first === undefined || found.length > MOST_CANDIDATES) return null;
  return others.every(({ lineage, runId }) => lineage !== null && runId.startsWith(first.runId)) ? first : null;
}

/** The run that `01a1fe87-3a6a.17` is short for; null where it is short for none, or for several. */
async function ofLine(flujo: Flujo, wanted: string): Promise<RunRecord | null> {
  const parts = partsOfShortId(wanted);
  if (parts === null) return null;
  const root = onlyRoot(await flujo.list({ prefix: parts.line, limit: MOST_CANDIDATES + 1 }));
  return root === null ? null : flujo.find(root + parts.which);
}

/** Where a line has more runs than are looked at, its first, as long as what is wanted is as much of it as we say ourselves. */
async function beginningOf(flujo: Flujo, wanted: string, found: readonly RunRecord[]): Promise<RunRecord | null> {
  const root = onlyRoot(found);
  return root === null || shortId(root) === root || !wanted.startsWith(shortId(root)) ? null : flujo.find(root);
}

/** The id of the first run of the one line that all of these are of. */
function onlyRoot(found: readonly RunRecord[]): string | null {
  const roots = new Set(found.map(({ runId, lineage }) => lineage?.root ?? runId));
  const [only] = roots;
  return only !== undefined && roots.size === 1 ? only : null;
}

function ambiguous(wanted: string, found: readonly RunRecord[]): FlujoError {
  const shown = found.slice(0, MOST_CANDIDATES);
  const more = found.length > shown.length ? " and more" : "";
  return new FlujoError("run_not_found", `"${wanted}" is not one run: ${shown.map(describe).join(", ")}${more} begin with it.`, {
    details: { wanted, candidates: shown.map(({ runId }) => runId) },
    remedy: "Give more of the id.",
  });
}

function describe({ runId, pipeline }: RunRecord): string {
  return `${runId} (${pipeline})`;
}
