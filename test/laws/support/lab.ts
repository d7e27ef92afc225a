import type { FlujoOptions } from "../../../src/index.ts";
import { Flujo } from "../../../src/index.ts";
import { memoryStore } from "../../../src/journal/memory/memory-store.ts";
import type { CommitRequest, JournalStore } from "../../../src/journal/port.ts";
import type { Entry } from "../../../src/model/entry.ts";
import { outcomesOf } from "./comparable.ts";
import { crashingStore } from "./crashing-store.ts";

export const RUN = { runId: "run-1" } as const;

/** Where one run is made, looked at, crashed and resumed. */
export class Lab {
  readonly inner: JournalStore = memoryStore();
  /** The entries of each commit, in order; what was done in between is noted with {@link note}. */
  readonly log: string[] = [];

  /** A Flujo of a new process. */
  flujo(options: Omit<FlujoOptions, "state"> = {}): Flujo {
    return new Flujo({ ...options, state: this.#watched(crashingStore(this.inner, null).store) });
  }

  /** One whose process dies when this commit has got there. */
  doomed(lastCommit: number, options: Omit<FlujoOptions, "state"> = {}): { readonly flujo: Flujo; readonly crashed: Promise<"crashed"> } {
    const { store, crashed } = crashingStore(this.inner, lastCommit);
    return { flujo: new Flujo({ ...options, state: this.#watched(store) }), crashed };
  }

  note(what: string): void {
    this.log.push(what);
  }

  #watched(store: JournalStore): JournalStore {
    const entryOf = new WeakMap<object, Entry>();
    const commit = (request: CommitRequest): void | Promise<void> => {
      const said = request.rows.map((row) => labelOf(entryOf.get(row)));
      if (request.rest !== undefined) said.push(`rest ${request.rest.status}`);
      this.log.push(`commit ${said.join(", ")}`);
      return store.commit(request);
    };
    const record = (entry: Entry): ReturnType<JournalStore["record"]> => {
      const row = store.record(entry);
      entryOf.set(row, entry);
      return row;
    };
    return { ...store, record, commit };
  }

  async journal(): Promise<readonly Entry[]> {
    return this.inner.entries(RUN);
  }

  /** The keys of what has an outcome. */
  async keys(): Promise<readonly string[]> {
    return outcomesOf(await this.journal()).map(({ key }) => String(key));
  }

  async intents(): Promise<readonly string[]> {
    return (await this.journal()).filter(({ type }) => type === "operation-intended").map(({ key }) => String(key));
  }
}

function labelOf(entry: Entry | undefined): string {
  if (entry === undefined) return "?";
  const short: Readonly<Record<Entry["type"], string>> = {
    "run-started": "started",
    "operation-intended": "intent",
    "operation-finished": "outcome",
    "decisions-made": "decisions",
    "wait-opened": "wait",
    "signal-taken": "signal",
    "cancel-requested": "cancel",
    "code-accepted": "code",
    "frame-done": "done",
    "run-finished": "finished",
  };
  const keys = entry.type === "decisions-made" ? entry.decisions.map(({ key }) => key).join("+") : entry.key;
  return `${short[entry.type]} ${keys}`;
}
