/** One small mistake that could have been made: a write dropped, a check skipped, an order swapped. */
export interface Mutant {
  /** Names it: the kind it is about, then what is wrong. */
  readonly id: string;
  /** The file it is made in, from the root of the project. */
  readonly file: string;
  /** What stands there now, exactly once in the file. */
  readonly find: string;
  /** What stands there instead. */
  readonly replace: string;
  /** What is wrong then, for people. */
  readonly says: string;
  /** Prefixes of the sentences that should notice: their tests are run first, all others only where these do not. */
  readonly prefixes: readonly string[];
}

/**
 * The source text with the mistake in it.
 *
 * @throws {Error} Where the place is not there, or there more than once: the code has moved on, and the mutant must follow.
 */
export function mutated(source: string, { id, file, find, replace }: Mutant): string {
  const places = find === "" ? 0 : source.split(find).length - 1;
  if (places !== 1)
    throw new Error(`Mutant ${id}: what it replaces stands ${places} times in ${file}, and must stand there once:\n${find}`);
  if (find === replace) throw new Error(`Mutant ${id} changes nothing in ${file}.`);
  return source.replace(find, () => replace);
}
