import type { Clock } from "../base/clock.ts";
import { FlujoError, messageOf } from "../base/errors.ts";
import { fingerprintOf } from "../base/hash.ts";
import type { JournalStore } from "../journal/port.ts";
import { nextTurn } from "../base/system.ts";
import { FREE } from "../model/cost.ts";
import type { RunStarted } from "../model/entry.ts";
import type { InstancePath } from "../model/path.ts";
import { rootPath, withoutAttempts } from "../model/path.ts";
import type { Owner, RunRecord } from "../model/run-record.ts";
import { NO_USAGE } from "../model/usage.ts";
import type { Compiled } from "../plan/compile.ts";
import type { Spawning } from "../runtime/spawn-port.ts";
import { checkStart } from "./start-run.ts";

/** A run that one starts in the background. */
export interface Spawn extends Spawning {
  /** The run that starts it. */
  readonly parent: string;
  /** The model every agent of that run uses instead of its own, or null. */
  readonly model: string | null;
}

/** What makes it. */
export interface SpawnParts {
  readonly store: JournalStore;
  readonly owner: Owner;
  readonly clock: Clock;
  /** Those that wait for whoever made them to go on with them. */
  readonly heirs: Set<string>;
}

/** Why a run does not go on here that goes on elsewhere. */
const NOT_OURS = ["run_owned", "lease_lost", "flujo_closed"] as const;
const LONGEST_ID = 100;
/** How much of a parent's id and of a node's name is in the id of what they start, where all of it would be too long. */
const LONGEST_PARENT = 50;
const LONGEST_NAME = 30;

/**
 * The id of the run that a run starts at a place: the same in every attempt and every resume.
 */
function spawnedId(parent: string, key: InstancePath): string {
  const place = withoutAttempts(key).replace(/\/\?spawn$/, "");
  const name = (/([^/[\]]+)(?:\[\d+\])*$/.exec(place)?.[1] ?? "").replaceAll(/[^A-Za-z0-9_-]+/g, "-").slice(0, LONGEST_NAME);
  const id = `${parent}.${name}-${fingerprintOf(place)}`;
  if (id.length <= LONGEST_ID) return id;
  return `${parent.slice(0, LONGEST_PARENT)}.${name}-${fingerprintOf(`${parent} ${place}`)}`;
}

/**
 * Makes the run that one starts in the background, at rest, and gives its id. One that is there already is that one.
 *
 * @throws {FlujoError} `input_invalid`, `context_invalid`, `run_exists`, `value_unstorable`
 */
export async function makeSpawned({ compiled, key, input, parent, model }: Spawn, parts: SpawnParts): Promise<string> {
  const { store, owner, clock, heirs } = parts;
  const runId = spawnedId(parent, key);
  if (await isThere(store, runId, parent)) return runId;
  const { plan } = compiled;
  const checked = await checkStart(compiled, input, undefined);
  const atMs = clock.now();
  const from = await store.findRun(parent);
  const entry: RunStarted = { type: "run-started", seq: 0, atMs, key: rootPath(plan.root.segment), ...checked, model, thread: null };
  const lineage = { root: from?.lineage?.root ?? parent, parent, how: "spawned" } as const;
  heirs.add(runId);
  try {
    const made = { runId, plan, source: from?.source ?? null, owner, createdAtMs: atMs, lineage };
    const lease = await store.createRun(made, [store.record(entry)]);
    const usage = { usage: NO_USAGE, cost: FREE };
    await store.commit({ lease, rows: [], rest: { status: "stopped", pauses: [], wakeAtMs: null, lastLetter: null, ...usage, atMs } });
  } catch (error) {
    heirs.delete(runId);
    if (!FlujoError.is(error, "run_exists") || !(await isThere(store, runId, parent))) throw error;
  }
  return runId;
}

/** @throws {FlujoError} `run_exists` where it is somebody else's. */
async function isThere(store: JournalStore, runId: string, parent: string): Promise<boolean> {
  const there = await store.findRun(runId);
  if (there === null) return false;
  if (there.lineage?.how === "spawned" && there.lineage.parent === parent) return true;
  throw new FlujoError("run_exists", `There is a run ${runId} already, and run ${parent} did not start it.`);
}

/** The program of a run: the one given, or one that it starts in the background, at whatever depth. */
export function programOf(compiled: Compiled, { pipeline, planHash, lineage }: RunRecord): Compiled {
  if (lineage === null || compiled.plan.name === pipeline) return compiled;
  const all = startedBy(compiled).filter(({ plan }) => plan.name === pipeline);
  return all.find(({ plan }) => plan.hash === planHash) ?? all[0] ?? compiled;
}

/** All programs that a program starts in the background, and that those start. */
export function startedBy(compiled: Compiled): readonly Compiled[] {
  const found: Compiled[] = [compiled];
  for (const each of found) for (const started of each.bindings.background.values()) if (!found.includes(started)) found.push(started);
  return found.slice(1);
}

/** The runs that a Flujo has started in the background of others, until they are at rest. */
export class SpawnedRuns {
  readonly #going = new Set<Promise<void>>();

  /** One of them goes on here. What keeps it from that is nobody's to catch: it is told as a warning of the process. */
  goesOn({ parent, key }: Spawn, until: Promise<unknown>): void {
    const going = until
      .catch((error: unknown) => {
        if (NOT_OURS.some((code) => FlujoError.is(error, code))) return; // somebody goes on with it, or will
        process.emitWarning(`Run ${spawnedId(parent, key)}, started by run ${parent}, cannot go on: ${messageOf(error)}`, "FlujoWarning");
      })
      .then(() => {
        this.#going.delete(going);
      });
    this.#going.add(going);
  }

  /** Whether any of them is not at rest. If so, only after the event loop has had its turn. */
  async goOn(): Promise<boolean> {
    if (this.#going.size === 0) return false;
    await Promise.race([...this.#going, nextTurn()]);
    return true;
  }
}
