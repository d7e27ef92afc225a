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
  /** What the descriptions above say. */
  readonly about: string;
  readonly depth: number;
  /** The objects that are being filled around this one, by their properties: a schema inside itself would say the same again. */
  readonly trail: readonly unknown[];
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
  const profile = profileOf(schema, { name: task.name, parents: frame.parents, siblings: task.siblings, about: frame.about });
  return { schema, profile, source: frame.source, instructions: frame.instructions };
}

/** Is this object schema being filled already, from the same text? */
export function isInside(schema: Schema, frame: Frame): boolean {
  return schema["properties"] !== undefined && frame.trail.includes(schema["properties"]);
}

/** Deeper than this a schema is filled with the least it allows, so that recursion ends. */
export const DEEPEST = 8;

/** A schema that requires itself without end has no value at all; here its filling stops. */
export const BOTTOM = 24;
