import type { Entry, OpKind } from "./entry.ts";
import type { InstancePath } from "./path.ts";
import type { ProgressEvent, RunEvent } from "./run-event.ts";

/** The arguments of one tool call, as far as the model has written them. */
export interface LiveToolInput {
  readonly callId: string;
  readonly tool: string;
  /** A beginning of JSON text. */
  readonly text: string;
}

/** An operation under way, and all that it has told of itself so far. Void as a whole as soon as it is over. */
export interface LiveOperation {
  readonly path: InstancePath;
  /** The name of the node or tool. */
  readonly name: string;
  readonly op: OpKind;
  readonly attempt: number;
  readonly startedAtMs: number;
  /** When it was last heard of. */
  readonly lastAtMs: number;
  /** The number of the last progress that is in here. */
  readonly n: number;
  readonly text: string;
  readonly reasoning: string;
  readonly toolInputs: readonly LiveToolInput[];
  /** What a step or a tool said last with `report`; undefined where it has said nothing. */
  readonly reported: unknown;
}

/** What is going on in a run at this moment, as far as progress has told. */
export interface LiveProgress {
  /** Of the owner whose progress this is; 0 before anything was heard. */
  readonly epoch: number;
  /** What is under way, by path, in the order in which it began. */
  readonly operations: ReadonlyMap<InstancePath, LiveOperation>;
}

/** Nothing was heard yet. */
export const NO_PROGRESS: LiveProgress = Object.freeze({ epoch: 0, operations: new Map() });

/**
 * What is going on after one more event of a run: text, reasoning and tool input grow piece by piece, and all that an
 * operation has told is dropped when its entry arrives (with its outcome, or the failure of its attempt), when it starts
 * anew, and when another owner has taken the run over. Pure: what is given is not changed.
 *
 * It wants the events of one stream, in their order. For many events in a row a {@link ProgressFold} does the same
 * without copying.
 *
 * @example
 * ```ts
 * import { Flujo, foldProgress, NO_PROGRESS, step } from "flujo";
 *
 * const count = step("count", async (upTo: number, { report }) => {
 *   for (let n = 1; n <= upTo; n++) report(n);
 *   return upTo;
 * });
 * const flujo = new Flujo();
 * let live = NO_PROGRESS;
 * for await (const event of flujo.stream(count, 3)) {
 *   live = foldProgress(live, event);
 *   for (const { name, reported } of live.operations.values()) console.log(name, reported);
 * }
 * await flujo.close();
 * ```
 */
export function foldProgress(progress: LiveProgress, event: RunEvent): LiveProgress {
  return new ProgressFold(progress).apply(event).progress;
}

type Draft = { -readonly [Key in Exclude<keyof LiveOperation, "toolInputs">]: LiveOperation[Key] } & {
  toolInputs: { -readonly [Key in keyof LiveToolInput]: LiveToolInput[Key] }[];
};

/**
 * {@link foldProgress} for whoever keeps only the last state: what this fold has made itself it changes in place, so that
 * a token costs no copy. `progress` is therefore good until the next event.
 */
export class ProgressFold {
  #epoch: number;
  readonly #operations: Map<InstancePath, LiveOperation>;
  readonly #own = new WeakSet<LiveOperation>();

  constructor(progress: LiveProgress = NO_PROGRESS) {
    this.#epoch = progress.epoch;
    this.#operations = new Map(progress.operations);
  }

  get progress(): LiveProgress {
    return { epoch: this.#epoch, operations: this.#operations };
  }

  apply(event: RunEvent): this {
    if (event.family === "entry") this.applyEntry(event.entry);
    else this.#take(event);
    return this;
  }

  /** {@link apply} for an entry without its event. */
  applyEntry(entry: Entry): this {
    if (entry.type === "operation-finished") this.#operations.delete(entry.key);
    else if (entry.type === "run-finished") this.#operations.clear();
    return this;
  }

  #take(event: ProgressEvent): void {
    if (event.epoch < this.#epoch) return; // of somebody who has lost the run
    if (event.epoch > this.#epoch) {
      this.#operations.clear();
      this.#epoch = event.epoch;
    }
    if (event.type === "operation-started") {
      if (event.op !== "decide") this.#begin(event, event.op);
      return;
    }
    const draft = this.#draftOf(event);
    draft.lastAtMs = event.atMs;
    draft.n = event.n;
    switch (event.type) {
      case "text-delta":
        draft.text += event.delta;
        return;
      case "reasoning-delta":
        draft.reasoning += event.delta;
        return;
      case "tool-input-delta": {
        const known = draft.toolInputs.find(({ callId }) => callId === event.callId);
        if (known === undefined) draft.toolInputs.push({ callId: event.callId, tool: event.tool, text: event.delta });
        else known.text += event.delta;
        return;
      }
      case "work-reported":
        draft.reported = event.value;
    }
  }

  #draftOf(event: ProgressEvent): Draft {
    const known = this.#operations.get(event.path);
    if (known !== undefined && this.#own.has(known)) return known as Draft; // made below, and nobody else's
    const shown = known ?? this.#begin(event, event.type === "work-reported" ? "step" : "model");
    const copy: Draft = { ...shown, toolInputs: shown.toolInputs.map((input) => ({ ...input })) };
    this.#own.add(copy);
    this.#operations.set(copy.path, copy);
    return copy;
  }

  /** What begins is nobody's draft yet: most operations tell nothing more, and are not worth remembering as our own. */
  #begin({ path, name, attempt, atMs, n }: ProgressEvent, op: OpKind): LiveOperation {
    this.#operations.delete(path); // what begins anew is the latest
    const begun: LiveOperation = {
      path,
      name,
      op,
      attempt,
      startedAtMs: atMs,
      lastAtMs: atMs,
      n,
      text: "",
      reasoning: "",
      toolInputs: NO_INPUTS,
      reported: undefined,
    };
    this.#operations.set(path, begun);
    return begun;
  }
}

const NO_INPUTS: readonly LiveToolInput[] = Object.freeze([]);

/**
 * Says it again to somebody who comes late: events that make a fold of their own what this one is. Each operation comes
 * as its start, and what it has told as one piece of each kind.
 */
export function retellProgress({ epoch, operations }: LiveProgress, runId: string): readonly ProgressEvent[] {
  return [...operations.values()].flatMap((operation): readonly ProgressEvent[] => {
    const { path, name, op, attempt, startedAtMs, lastAtMs, n, text, reasoning, toolInputs, reported } = operation;
    const about = { family: "progress", runId, path, name, attempt, atMs: lastAtMs, epoch, n } as const;
    return [
      { ...about, atMs: startedAtMs, type: "operation-started", op },
      ...(reasoning === "" ? [] : [{ ...about, type: "reasoning-delta", delta: reasoning } as const]),
      ...(text === "" ? [] : [{ ...about, type: "text-delta", delta: text } as const]),
      ...toolInputs.map((input) => ({ ...about, type: "tool-input-delta", ...inputDelta(input) }) as const),
      ...(reported === undefined ? [] : [{ ...about, type: "work-reported", value: reported } as const]),
    ];
  });
}

function inputDelta({ callId, tool, text }: LiveToolInput) {
  return { callId, tool, delta: text };
}
