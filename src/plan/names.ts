import { isSegment } from "../model/path.ts";
import { invalid, shown } from "./invalid.ts";

export const WHAT_A_NAME_IS =
  "A name has 1 to 100 characters, none of / [ ] # ?, no line breaks or other control characters, and no space at its ends.";

/** `a step`, `an agent`. */
export function aKind(kind: string): string {
  return `${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind}`;
}

/** @throws {FlujoError} `pipeline_invalid`, unless the name can be a segment of a path. */
export function checkName(at: string, what: string, name: unknown): asserts name is string {
  if (typeof name === "string" && isSegment(name)) return;
  throw invalid(at, name === "" || name === undefined ? `${what} has no name` : `${what} is called ${shown(name)}`, WHAT_A_NAME_IS);
}

/**
 * @throws {FlujoError} `pipeline_invalid`, unless the key of a branch can be a segment of a path. `__proto__` cannot be:
 * outputs are objects with these keys, and that one is not a key like others.
 */
export function checkKey(at: string, key: string): void {
  if (!isSegment(key)) throw invalid(at, `a branch has the key ${shown(key)}`, WHAT_A_NAME_IS);
  if (key === "__proto__") throw invalid(at, 'a branch has the key "__proto__"', "Choose another key.");
}

/** A member of a sequence as far as its name goes. */
interface Member {
  readonly kind: string;
  /** Of a policy: what it is around, which it is called after. */
  readonly program?: Member;
  readonly name: string | null;
}

/**
 * The names of a sequence's members. Those that have none are called after their kind (`branch`, then `branch-2` …),
 * around the names that authors chose.
 *
 * @throws {FlujoError} `pipeline_invalid` when two of them chose the same, naming both places.
 */
export function nameMembers(at: string, members: readonly Member[]): readonly string[] {
  const chosen = new Map<string, number>();
  members.forEach((member, index) => {
    if (member.name === null) return;
    checkName(`${at}, member ${index + 1}`, aKind(member.kind), member.name);
    const before = chosen.get(member.name);
    if (before !== undefined) throw twice(at, member.name, [before, index]);
    chosen.set(member.name, index);
  });
  const counts = new Map<string, number>();
  return members.map((member) => member.name ?? freeName(wordFor(kindOf(member)), chosen, counts));
}

function twice(at: string, name: string, [first, second]: readonly [number, number]): Error {
  const what = `two members are called "${name}": member ${first + 1} and member ${second + 1} would both be ${at}/${name}`;
  return invalid(at, what, "Give one of them another name.");
}

/** The first of `word`, `word-2`, `word-3` … that nobody has. The count is kept, so that many unnamed members stay linear. */
function freeName(word: string, taken: ReadonlyMap<string, unknown>, counts: Map<string, number>): string {
  let n = counts.get(word) ?? 0;
  let name: string;
  do {
    n += 1;
    name = n === 1 ? word : `${word}-${n}`;
  } while (taken.has(name));
  counts.set(word, n);
  return name;
}

function kindOf(member: Member): string {
  let inner = member;
  while (inner.kind === "policy" && inner.program !== undefined) inner = inner.program;
  return inner.kind;
}

/** What an unnamed node of this kind is called. */
export function wordFor(kind: string): string {
  return kind === "sequence" || kind === "nested" ? "pipeline" : kind;
}
