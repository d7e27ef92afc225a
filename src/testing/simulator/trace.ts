/** One thing that happened. Its words are made when somebody reads them: most histories are read by nobody. */
interface Line {
  readonly atMs: number;
  readonly who: string;
  readonly what: string | (() => string);
}

/** What happened in a history, in its order. */
export class Trace {
  readonly #now: () => number;
  readonly #startMs: number;
  readonly #lines: Line[] = [];

  constructor(now: () => number) {
    this.#now = now;
    this.#startMs = now();
  }

  add(who: string, what: string | (() => string)): void {
    this.#lines.push({ atMs: this.#now(), who, what });
  }

  toString(): string {
    return this.#lines
      .map(
        ({ atMs, who, what }) =>
          `${`+${atMs - this.#startMs}`.padStart(9)} ms  ${who.padEnd(9)}  ${typeof what === "string" ? what : what()}`,
      )
      .join("\n");
  }
}
