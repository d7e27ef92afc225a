// How an answer is marked: one point per property of the expected value, half or nothing for nobody.
import { isDeepStrictEqual } from "node:util";

/** Points won, and points there were. */
export interface Mark {
  readonly right: number;
  readonly of: number;
}

const plain = (text: string): string => text.normalize("NFKC").toLowerCase().replaceAll(/\s+/g, " ").trim();

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Is the value right? Texts are compared without case and spaces, numbers to a cent, `urgency` may be one off, lists share half. */
export function isRight(expected: unknown, got: unknown, name = ""): boolean {
  if (expected === null || expected === undefined) return got === null || got === undefined;
  if (typeof expected === "string") return typeof got === "string" && plain(expected) === plain(got);
  if (typeof expected === "number") return typeof got === "number" && Math.abs(expected - got) <= (/urgency/i.test(name) ? 1 : 0.005);
  if (Array.isArray(expected)) return Array.isArray(got) && listsAgree(expected as readonly unknown[], got as readonly unknown[]);
  if (isRecord(expected)) {
    const { right, of } = mark(expected, got);
    return right >= of / 2;
  }
  return isDeepStrictEqual(expected, got);
}

/** The entries both lists have are at least half of the longer one. */
function listsAgree(expected: readonly unknown[], got: readonly unknown[]): boolean {
  if (expected.length === 0) return got.length === 0;
  const left = [...got];
  let shared = 0;
  for (const item of expected) {
    const at = left.findIndex((other) => isRight(item, other));
    if (at < 0) continue;
    left.splice(at, 1);
    shared++;
  }
  return shared >= Math.max(expected.length, got.length) / 2;
}

/** The points of one answer. Objects inside count property by property. */
export function mark(expected: unknown, got: unknown): Mark {
  let right = 0;
  let of = 0;
  for (const [name, value] of Object.entries(isRecord(expected) ? expected : {})) {
    const other = isRecord(got) ? got[name] : undefined;
    if (isRecord(value)) {
      const inner = mark(value, other);
      right += inner.right;
      of += inner.of;
    } else {
      right += isRight(value, other, name) ? 1 : 0;
      of++;
    }
  }
  return { right, of };
}
