/** Something a run is told from outside: by another process, or by whoever does not drive it. */
export interface Letter {
  /** Goes up with every letter, whichever run it is for. */
  readonly id: number;
  readonly runId: string;
  /** `cancel`: the run is called off. `signal`: something it may wait for has happened. */
  readonly kind: "cancel" | "signal";
  /** Of the signal; of a cancel, who or what called the run off. May be empty. */
  readonly name: string;
  /** What comes with it. */
  readonly value: unknown;
  /** When it was posted, in milliseconds since 1970. */
  readonly atMs: number;
}

/** A letter before it is posted. */
export type NewLetter = Omit<Letter, "id">;
