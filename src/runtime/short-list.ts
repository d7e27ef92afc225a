/** Stays empty: what a list is before it has anything. */
export const NOTHING: never[] = [];

/** The list with one more. Most lists of a turn have one, and a list that grew from none would have room for seventeen. */
export function having<T>(list: T[], added: T): T[] {
  if (list.length === 0) return [added];
  list.push(added);
  return list;
}
