import type { Json } from "../../base/json.ts";
import type { Profile } from "./profile.ts";
import type { Schema } from "./schema.ts";
import type { Source } from "./source.ts";

/** A value for a property, how much speaks for it, and the place it was read from. */
export interface Found {
  readonly value: Json;
  /** 0: nothing in the text speaks for it, it only fits the schema. From {@link ENOUGH} on an optional property is filled. */
  readonly score: number;
  /** -1 where the value has no place of its own. */
  readonly start: number;
  readonly end: number;
}

/** One property to fill. */
export interface Ask {
  readonly schema: Schema;
  readonly profile: Profile;
  readonly source: Source;
  /** What the prompt asks for, beside its text. */
  readonly instructions: string;
}

/** From this score on a value is taken for said by the text. */
export const ENOUGH = 0.35;

/** A value without a place. */
export function found(value: Json, score: number): Found {
  return { value, score, start: -1, end: -1 };
}

/** The best first; of equals the one that stands first. */
export function byScore(a: Found, b: Found): number {
  return b.score - a.score || a.start - b.start;
}

/** The candidate's place with this value. */
export function at(candidate: Place, value: string): Found {
  return { value, score: candidate.score, start: candidate.start, end: candidate.end };
}

/** A scored place of the text. */
interface Place {
  readonly score: number;
  readonly start: number;
  readonly end: number;
}
