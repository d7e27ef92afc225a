/** One thing that can be chosen. */
export interface Choice {
  readonly label: string;
  readonly value: unknown;
}

/** What a text must be like; a sentence where it is not, null where it is. */
export type TextCheck = (text: string) => string | null;

/** Asks a person one thing at a time. Every text it is given must be printable. */
export interface Asker {
  /** @param present - What is chosen where the person only presses Enter. */
  confirm(question: string, present?: boolean): Promise<boolean>;
  /** @param present - The position of the choice that is chosen to begin with. */
  choose(question: string, choices: readonly Choice[], present?: number): Promise<unknown>;
  /**
   * Several of them, or none.
   *
   * @param present - The positions of those that are chosen to begin with.
   */
  chooseSome(question: string, choices: readonly Choice[], present?: readonly number[]): Promise<readonly unknown[]>;
  /** @param present - What stands there to begin with, and can be changed. */
  text(question: string, check: TextCheck, present?: string): Promise<string>;
}

/** The person would rather not answer now. */
export class AskingCancelled extends Error {
  override readonly name = "AskingCancelled";
}
