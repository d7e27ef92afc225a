import type { Complaint } from "../../index.ts";

/** One thing that was looked at. */
export interface Finding {
  /** `note`: worth knowing, and nobody needs it to be otherwise. `problem`: something that is needed will not work. */
  readonly level: "ok" | "note" | "problem";
  /** What was looked at, in a word or two. */
  readonly about: string;
  /** What was found. */
  readonly found: string;
  /** What to do about it, in a sentence; null where there is nothing to do. */
  readonly remedy: string | null;
}

/** Findings that belong together, under a heading. */
export interface Section {
  readonly title: string;
  readonly findings: readonly Finding[];
}

/** All is well. */
export function ok(about: string, found: string): Finding {
  return { level: "ok", about, found, remedy: null };
}

/** Worth knowing. */
export function note(about: string, found: string, remedy: string | null = null): Finding {
  return { level: "note", about, found, remedy };
}

/** What somebody complained of. */
export function wrong(about: string, { message, remedy }: Complaint, level: "note" | "problem" = "problem"): Finding {
  return { level, about, found: message, remedy };
}
