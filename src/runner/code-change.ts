import { FlujoError } from "../base/errors.ts";
import type { JournalStore, RunLease } from "../journal/port.ts";
import { runOwned } from "../journal/refusals.ts";
import type { CodeAccepted, Entry } from "../model/entry.ts";
import type { Plan } from "../model/node.ts";
import { NODE_KINDS } from "../model/node-kinds.ts";
import { agentsIn } from "../model/plan-nodes.ts";
import type { NodePath } from "../model/path.ts";
import type { Owner, RunRecord } from "../model/run-record.ts";
import type { Bindings } from "../plan/bindings.ts";
import type { BindingChange, Standing } from "../plan/compare-bindings.ts";
import { bindingChanges } from "../plan/compare-bindings.ts";
import type { Compiled } from "../plan/compile.ts";
import { withCode } from "../plan/compile.ts";
import { standingsOf } from "./code-change-standing.ts";
import { forkOf } from "./fork.ts";
import type { Launch, Machinery } from "./launch.ts";
import { listenerOf } from "./listeners.ts";
import type { OnCodeChange } from "./options.ts";
import { planChanged } from "./plan-changed.ts";
import type { RecordedRun } from "./recorded-run.ts";

/** What {@link CodeChange} works with. */
export interface CodeChangeParts {
  readonly machinery: Machinery;
  readonly owner: Owner;
  readonly open: () => Promise<JournalStore>;
  readonly recordOf: (runId: string) => Promise<RunRecord>;
  readonly isRunning: (record: RunRecord) => boolean;
  /** Runs that are made here for somebody who goes on with them. */
  readonly heirs: Set<string>;
  /** What happens where the resume itself does not say. */
  readonly onCodeChange: OnCodeChange;
}

/** What somebody wants to go on with, and with which code. */
export type Wanted = Pick<Launch, "compiled" | "answers" | "options"> & { readonly runId: string };

/** The same, settled: the run's own plan, bound to that code. */
export interface Going extends Wanted {
  /** Changes that have to be put on record before anything is done; null where there are none. */
  readonly accepts: Acceptance | null;
}

type Acceptance = Pick<CodeAccepted, "changes" | "code">;

/**
 * A run is driven by the plan it began with, and by the functions and schemas of the code now loaded. Here it is decided
 * whether these are still those that it is bound to, and what becomes of it where they are not.
 */
export class CodeChange {
  readonly #parts: CodeChangeParts;

  constructor(parts: CodeChangeParts) {
    this.#parts = parts;
  }

  /**
   * Settles it before the run is claimed, so that a run that is refused is not touched. Gives another run's id where that
   * one, a fork, is to be gone on with in its place.
   *
   * @throws {FlujoError} `plan_changed`, `state_newer`; of a fork all that a start throws, too.
   */
  async before(wanted: Wanted): Promise<Going> {
    const { runId, compiled } = wanted;
    const record = await this.#parts.recordOf(runId);
    const wish = this.#wishOf(wanted);
    const isSame = record.planHash === compiled.plan.hash;
    if (isSame && wish !== "fork") return { ...wanted, accepts: null };
    const store = await this.#parts.open();
    const stored = isSame ? compiled.plan : await store.planOf(runId);
    refuseUnknownKinds(stored, runId);
    const entries = await store.entries({ runId });
    const asked = { record, stored, entries, current: compiled };
    const found = await this.#look(asked);
    if (wish !== "fork" || found.changes.length === 0) return { ...wanted, ...settle(asked, found, wish) };
    const { machinery, owner, isRunning, heirs } = this.#parts;
    if (isRunning(record) && record.owner !== null) throw runOwned(runId, record.owner);
    const forked = await forkOf({ ...asked, stored: found.known, store, machinery, owner, heirs, answers: wanted.answers });
    return { ...wanted, runId: forked, accepts: null };
  }

  #wishOf({ options }: Wanted): OnCodeChange {
    return options.onCodeChange ?? this.#parts.onCodeChange;
  }

  /**
   * What the claimed run has on record, with what was accepted. Code that is as the run began, but not as it was accepted
   * later, is found here: who resumes with the code of the beginning does not read the journal twice for that.
   *
   * @throws {FlujoError} `plan_changed`
   */
  async onRecord(going: Going, lease: RunLease, recorded: RecordedRun): Promise<RecordedRun> {
    let { accepts } = going;
    if (accepts === null && isOther(going.compiled.plan, codeAccepted(recorded.entries))) {
      const record = await this.#parts.recordOf(lease.runId);
      const wish = this.#wishOf(going);
      const asked = { record, stored: going.compiled.plan, entries: recorded.entries, current: going.compiled };
      accepts = settle(asked, await this.#look(asked), wish).accepts;
    }
    if (accepts === null) return recorded;
    const { clock } = this.#parts.machinery;
    const seq = recorded.entries.reduce((last, entry) => Math.max(last, entry.seq), 0) + 1;
    const { key } = recorded.started;
    const entry: CodeAccepted = { type: "code-accepted", seq, atMs: clock.now(), key, ...accepts };
    const store = await this.#parts.open();
    await store.commit({ lease, rows: [store.record(entry)] });
    listenerOf(going.options, lease.runId)?.({ family: "entry", runId: lease.runId, entry });
    return { ...recorded, entries: [...recorded.entries, entry] };
  }

  async #look(asked: Asked): Promise<Found> {
    const { stored, entries, current } = asked;
    const known = withCode(stored, codeAccepted(entries));
    if (entries.some(({ type }) => type === "cancel-requested")) return { known, changes: [] }; // it only ends: nothing is called any more
    const standingOf = standingsOf(stored.root, entries);
    const changes = bindingChanges(known, current.plan, standingOf);
    return { known, changes: [...changes, ...(await this.#modelsMissing(asked, standingOf))] };
  }

  /** A model that the plan names and the code now loaded does not give is asked by its name, unless that is none. */
  async #modelsMissing({ stored, entries, current }: Asked, standingOf: ReturnType<typeof standingsOf>): Promise<readonly BindingChange[]> {
    if (entries[0]?.type === "run-started" && entries[0].model !== null) return [];
    const now = modelsOf(current.plan);
    const missing: BindingChange[] = [];
    for (const node of agentsIn(stored.root)) {
      const { path, model } = node;
      const standing: Standing = standingOf(node);
      if (standing !== "ahead" || !now.has(path) || now.get(path) === model) continue;
      if (await this.#isModel(model)) continue;
      const says = `its model ${model}, which was given in code, is gone`;
      missing.push({ path, kind: "removed", says, isMissing: true, code: {} });
    }
    return missing;
  }

  async #isModel(name: string): Promise<boolean> {
    try {
      await this.#parts.machinery.models.check(name);
      return true;
    } catch (error) {
      return !FlujoError.is(error, "model_unknown"); // that a key is missing, say, is for the call to tell
    }
  }
}

interface Asked {
  readonly record: RunRecord;
  readonly stored: Plan;
  readonly entries: readonly Entry[];
  readonly current: Compiled;
}

interface Found {
  /** The run's plan, its code as it was accepted last. */
  readonly known: Plan;
  readonly changes: readonly BindingChange[];
}

/** @throws {FlujoError} `plan_changed` */
function settle({ record, stored, current }: Asked, { known, changes }: Found, wish: OnCodeChange): Pick<Going, "compiled" | "accepts"> {
  if (changes.some(({ isMissing }) => isMissing) || (changes.length > 0 && wish !== "continue"))
    throw planChanged(record, { stored: known, current: current.plan, changes });
  const code = Object.assign({}, ...changes.map((change) => change.code)) as Record<string, string>;
  const plan = withCode(known, code);
  const accepts = changes.length === 0 ? null : { changes: changes.map(({ path, says }) => `${path}: ${says}`), code };
  return { compiled: { plan, bindings: boundTo(stored, current) }, accepts };
}

/** The versions of the code that was accepted, the last word on each. */
export function codeAccepted(entries: readonly Entry[]): Readonly<Record<string, string>> {
  const accepted = entries.filter((entry) => entry.type === "code-accepted");
  return Object.assign({}, ...accepted.map(({ code }) => code)) as Record<string, string>;
}

function isOther({ code }: Plan, accepted: Readonly<Record<string, string>>): boolean {
  return Object.entries(accepted).some(([key, version]) => (code[key] ?? "") !== version);
}

/** By the paths of a plan's agents, what each calls its model. */
function modelsOf({ root }: Plan): ReadonlyMap<NodePath, string> {
  return new Map(agentsIn(root).map(({ path, model }) => [path, model]));
}

/** The functions and schemas of the code now loaded; a model that the plan calls otherwise is asked by its name. */
function boundTo(stored: Plan, { plan, bindings }: Compiled): Bindings {
  const now = modelsOf(plan);
  const agents = new Map(bindings.agents);
  for (const { path, model } of agentsIn(stored.root)) {
    const agent = agents.get(path);
    if (agent !== undefined && now.get(path) !== model) agents.set(path, { ...agent, model });
  }
  return { ...bindings, agents };
}

/** @throws {FlujoError} `state_newer` for a plan with a kind of node that a later version has brought. */
export function refuseUnknownKinds({ root }: Plan, runId: string): void {
  const open: unknown[] = [root];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (typeof at !== "object" || at === null) continue;
    if ("kind" in at && "path" in at && "fingerprint" in at && typeof at.kind === "string" && !Object.hasOwn(NODE_KINDS, at.kind)) {
      const summary = `Run ${runId} has a node of the kind "${at.kind}" at ${String(at.path)}, which this version does not know.`;
      throw new FlujoError("state_newer", summary, { remedy: "Update flujo, or resume it with the version that started it." });
    }
    for (const inner of Object.values(at) as readonly unknown[]) open.push(inner); // where its nodes stand, only a version that knows the kind can say
  }
}
