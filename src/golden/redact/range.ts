/** A part of a text: from one index up to another, which is no part of it. */
export interface Range {
  readonly from: number;
  readonly to: number;
}
