import { FlujoError } from "../../index.ts";

/** What was compared, and how close it is. */
export interface Scored<Piece> {
  readonly piece: Piece;
  readonly score: number;
}

/** Keeps the closest of all that it is shown. */
export class Closest<Piece> {
  readonly #limit: number;
  readonly #minScore: number;
  readonly #isBefore: (one: Piece, other: Piece) => boolean;
  /** The closest first. */
  readonly #kept: Scored<Piece>[] = [];

  constructor(
    { limit, minScore = -1 }: { readonly limit: number; readonly minScore?: number },
    isBefore: (one: Piece, other: Piece) => boolean,
  ) {
    this.#limit = limit;
    this.#minScore = minScore;
    this.#isBefore = isBefore;
  }

  /** Whether a piece with this score may be among them: what it is need not be known yet. */
  wants(score: number): boolean {
    if (score < this.#minScore) return false;
    const last = this.#kept.at(-1);
    return this.#kept.length < this.#limit || last === undefined || score >= last.score;
  }

  add(piece: Piece, score: number): void {
    if (!this.wants(score) || this.#limit === 0) return;
    let at = this.#kept.length;
    while (at > 0) {
      const before = this.#kept[at - 1];
      if (before === undefined || before.score > score || (before.score === score && !this.#isBefore(piece, before.piece))) break;
      at -= 1;
    }
    this.#kept.splice(at, 0, { piece, score });
    if (this.#kept.length > this.#limit) this.#kept.pop();
  }

  all(): readonly Scored<Piece>[] {
    return this.#kept;
  }
}

/** The cosine of the angle between a vector and others of its length; 0 where one of the two is nothing but zeros. */
export function cosineTo(vector: Float32Array): (other: Float32Array) => number {
  const length = Math.sqrt(dot(vector, vector));
  return (other) => {
    const along = dot(vector, other);
    return along === 0 ? 0 : along / (length * Math.sqrt(dot(other, other)));
  };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0); // the inner loop of every search: nothing else in it
  return sum;
}

/**
 * Whether a vector may stand beside others of its model.
 *
 * @throws {FlujoError} `value_unstorable`
 */
export function checkLength(model: string, length: number, wanted: number | null): void {
  if (wanted === null || length === wanted) return;
  throw new FlujoError("value_unstorable", `A vector of ${model} has ${length} numbers, and those that are stored have ${wanted}.`, {
    remedy: "Give models that make vectors of other lengths names of their own.",
  });
}
