// The numbers that are still to be used in a Game of 24, and what can be done with two of them. Exact: a third is "1/3".
import { z } from "zod";

export const Op = z.enum(["+", "-", "*", "/"]);
export type Op = z.infer<typeof Op>;

export const Move = z.object({
  a: z.string().describe("The first of two numbers that are there, as it is written"),
  op: Op,
  b: z.string().describe("The second of the two"),
});
export type Move = z.infer<typeof Move>;

/** The numbers that are left, and the move that led there; null at the beginning. */
export interface Hand {
  readonly numbers: readonly string[];
  readonly move: Move | null;
}

/** What a move gives; null where it divides by nothing, or what is written is no number. */
export function resultOf({ a, op, b }: Move): string | null {
  const [p, q] = fraction(a);
  const [r, s] = fraction(b);
  if (op === "+") return written(p * s + r * q, q * s);
  if (op === "-") return written(p * s - r * q, q * s);
  return op === "*" ? written(p * r, q * s) : written(p * s, q * r);
}

/** The hand after a move: the two numbers are gone, what they give is there. */
export function after(numbers: readonly string[], move: Move): Hand {
  const left = [...numbers];
  for (const used of [move.a, move.b]) if (left.includes(used)) left.splice(left.indexOf(used), 1);
  return { numbers: [...left, resultOf(move) ?? "nothing"], move };
}

/** Every move that there is. */
export function movesOf(numbers: readonly string[]): readonly Move[] {
  return numbers.flatMap((a, at) =>
    numbers.flatMap((b, other) =>
      at === other ? [] : Op.options.flatMap((op) => (at > other && (op === "+" || op === "*") ? [] : [{ a, op, b }])),
    ),
  );
}

/** Whether both numbers of a move are there, the same one not twice. */
export function isThere(numbers: readonly string[], { a, b }: Move): boolean {
  const left = [...numbers];
  if (!left.includes(a)) return false;
  left.splice(left.indexOf(a), 1);
  return left.includes(b);
}

/** How far a hand of two or one is from 24 at best. */
export function distance(numbers: readonly string[]): number {
  const [only = "0"] = numbers;
  const ends = numbers.length === 1 ? [only] : movesOf(numbers).flatMap((move) => resultOf(move) ?? []);
  return Math.min(...ends.map((end) => Math.abs(24 - valueOf(end))));
}

/** `13 - 9 = 4` */
export function told(move: Move): string {
  return `${move.a} ${move.op} ${move.b} = ${resultOf(move) ?? "nothing"}`;
}

function valueOf(number: string): number {
  const [top, bottom] = fraction(number);
  return top / bottom;
}

function fraction(number: string): readonly [top: number, bottom: number] {
  const [top = Number.NaN, bottom = 1] = number.split("/").map(Number);
  return [top, bottom];
}

function written(top: number, bottom: number): string | null {
  if (!Number.isFinite(top) || !Number.isFinite(bottom) || bottom === 0) return null;
  const shared = divisor(Math.abs(top), Math.abs(bottom)) * Math.sign(bottom);
  return bottom === shared ? String(top / shared) : `${top / shared}/${bottom / shared}`;
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
