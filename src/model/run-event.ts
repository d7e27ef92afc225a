import type { Entry, OpKind } from "./entry.ts";
import type { InstancePath } from "./path.ts";

/** Something that was committed to the journal. Can be read again at any time, from any seq. */
export interface EntryEvent {
  readonly family: "entry";
  readonly runId: string;
  readonly entry: Entry;
}

/** What an operation under way tells of itself. */
export type Progress =
  /** It was handed to whoever performs it. */
  | { readonly type: "operation-started"; readonly op: OpKind }
  /** The next piece of a model's text. */
  | { readonly type: "text-delta"; readonly delta: string }
  /** The next piece of what a model shows of its reasoning. */
  | { readonly type: "reasoning-delta"; readonly delta: string }
  /** The next piece of the arguments of a tool call. */
  | { readonly type: "tool-input-delta"; readonly callId: string; readonly tool: string; readonly delta: string }
  /** What a step or a tool said with `report`. */
  | { readonly type: "work-reported"; readonly value: unknown };

/**
 * Something that is going on. Never stored; void as soon as the entry for the same path arrives, with the outcome or with
 * the failure of its attempt. `foldProgress` keeps what is not void.
 *
 * A reader that is slow gets the unread pieces of one text as one; what it has of a text is always its beginning, without
 * holes. Of an operation whose beginning it could not be told it is told nothing before its entry.
 */
export type ProgressEvent = ProgressAbout & Progress;

interface ProgressAbout {
  readonly family: "progress";
  readonly runId: string;
  readonly path: InstancePath;
  /** The name of the node or tool. */
  readonly name: string;
  readonly attempt: number;
  readonly atMs: number;
  /** Of the owner whose progress this is: what an owner before it has said is void. */
  readonly epoch: number;
  /** Counts the progress of this epoch from 0. Goes up from event to event of one path; of joined pieces it is the last one's. */
  readonly n: number;
}

/** What watchers of a run are told. */
export type RunEvent = EntryEvent | ProgressEvent;
