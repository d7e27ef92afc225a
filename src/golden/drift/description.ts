/** What a line of a description is, for whoever gives it a colour or a sign. */
export type LineKind = "where" | "same" | "recorded" | "now" | "left-out" | "field" | "follows" | "remedy";

/** One line of a description, without a sign in front and without a line break. */
export interface Line {
  readonly kind: LineKind;
  readonly text: string;
}

/** A cause in words. */
export interface Description {
  /** One sentence: what has changed. */
  readonly headline: string;
  /** Where, what differs, what follows from it, and what to do, in this order. */
  readonly lines: readonly Line[];
}

const SIGNS: Readonly<Record<LineKind, string>> = {
  where: "  ",
  same: "      ",
  recorded: "    - ",
  now: "    + ",
  "left-out": "      ",
  field: "    ",
  follows: "  ",
  remedy: "  ",
};

/** What stands before a line of this kind. */
export function signOf(kind: LineKind): string {
  return SIGNS[kind];
}

/** A description as plain text: `-` before what was recorded, `+` before what is now. */
export function plainText({ headline, lines }: Description): string {
  return [headline, ...lines.map(({ kind, text }) => (SIGNS[kind] + text).trimEnd())].join("\n");
}
