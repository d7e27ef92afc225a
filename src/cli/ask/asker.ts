/** One thing that can be chosen. */
export interface Choice {
  readonly label: string;
  readonly value: unknown;
}

/** What a text must be like; a sentence where it is not, null where it is. */
export type TextCheck = (text: string) => string | null;

/** Asks a person one thing at a time. Every text it is given must be printable. */
export interface Asker {
  confirm(question: string): Promise<boolean>;
  choose(question: string, choices: readonly Choice[]): Promise<unknown>;
  /** Several of them, or none. */
  chooseSome(question: string, choices: readonly Choice[]): Promise<readonly unknown[]>;
  text(question: string, check: TextCheck): Promise<string>;
}

/** The person would rather not answer now. */
export class AskingCancelled extends Error {
  override readonly name = "AskingCancelled";
}
