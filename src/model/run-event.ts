import type { Entry, OpKind } from "./entry.ts";
import type { InstancePath } from "./path.ts";

/** Something that was committed to the journal. Can be read again at any time, from any seq. */
export interface EntryEvent {
  readonly family: "entry";
  readonly runId: string;
  readonly entry: Entry;
}

/** Something that is going on. Never stored; void as soon as the entry for the same path arrives. */
export interface ProgressEvent {
  readonly family: "progress";
  readonly runId: string;
  readonly type: "operation-started";
  readonly op: OpKind;
  readonly path: InstancePath;
  /** The name of the node or tool. */
  readonly name: string;
  readonly attempt: number;
  readonly atMs: number;
  /** Of the owner whose progress this is: what an owner before it has said is void. */
  readonly epoch: number;
  /** Counts the progress of this epoch from 0, so that a reader can tell what it missed. */
  readonly n: number;
}

/** What watchers of a run are told. */
export type RunEvent = EntryEvent | ProgressEvent;
