import { sameValue } from "./same-value.ts";

/** A stretch of two lists: what both have, or what one has in the place of what the other has. */
export interface Stretch<T> {
  readonly isSame: boolean;
  readonly recorded: readonly T[];
  readonly now: readonly T[];
}

/** Which items of two lists are the same, in their order; null where they are too different for that to say anything. */
export type Differ = <T>(recorded: readonly T[], now: readonly T[]) => readonly Stretch<T>[] | null;

/** More insertions and removals than this are not looked for: it takes long, and nobody reads them. */
const MOST_EDITS = 200;

/** Loads what finds differences, when it is first needed. */
export async function loadDiffer(): Promise<Differ> {
  const { diffArrays } = await import("diff");
  return <T>(recorded: readonly T[], now: readonly T[]) => {
    const options = { comparator: (one: T, other: T) => sameValue(one, other), maxEditLength: MOST_EDITS };
    const changes = diffArrays([...recorded], [...now], options);
    if (changes === undefined) return null;
    const stretches: Stretch<T>[] = [];
    for (const { added, removed, value } of changes) {
      const last = stretches.at(-1);
      if (!added && !removed) stretches.push({ isSame: true, recorded: value, now: value });
      else if (last === undefined || last.isSame)
        stretches.push({ isSame: false, recorded: removed ? value : [], now: added ? value : [] });
      else stretches[stretches.length - 1] = { isSame: false, recorded: removed ? value : last.recorded, now: added ? value : last.now };
    }
    return stretches;
  };
}
