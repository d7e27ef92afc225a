import type { Ask } from "./found.ts";
import { profileOf } from "./profile.ts";
import type { Schema } from "./schema.ts";
import type { Source } from "./source.ts";

/** What stays the same while one schema is filled from one text. */
export interface Frame {
  /** The whole schema, for `$ref`. */
  readonly document: Schema;
  readonly source: Source;
  /** What the prompt asks for, beside its text. */
  readonly instructions: string;
  /** Names of the properties above. */
  readonly parents: readonly string[];
  readonly depth: number;
  /** The source is one entry of a list, not a document. */
  readonly entry: boolean;
}

/** One schema to fill, under one name. */
export interface Task {
  readonly schema: Schema;
  readonly name: string;
  /** The names beside it, itself included. */
  readonly siblings: readonly string[];
  readonly frame: Frame;
}

/** The task as the rules for single values want it. */
export function askOf(task: Task): Ask {
  const { frame, schema } = task;
  const profile = profileOf(schema, { name: task.name, parents: frame.parents, siblings: task.siblings });
  return { schema, profile, source: frame.source, instructions: frame.instructions };
}

/** Deeper than this a schema is filled with the least it allows, so that recursion ends. */
export const DEEPEST = 8;
