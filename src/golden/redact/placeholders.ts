import { digitsOf, isCardNumber } from "./card-numbers.ts";
import { foldedText } from "./needles.ts";
import { type Form, formOf, type Origin } from "./placeholder-forms.ts";

interface Given {
  readonly form: Form;
  readonly number: number;
  /** The value as it was first seen, or as it is known. */
  readonly first: string;
}

/** Gives each value its placeholder: the same to the same, numbered by when they are first asked for. */
export class Placeholders {
  readonly #given = new Map<string, Given>();
  readonly #last = new Map<string, number>();
  readonly #taken: ReadonlySet<string>;

  /** @param taken - What stands somewhere already, as `family:number`: no value is given that. */
  constructor(taken: ReadonlySet<string>) {
    this.#taken = taken;
  }

  /**
   * What stands in the place of a text.
   *
   * @param known - The value that the text is another spelling of.
   */
  of(text: string, origin: Origin, known = text): string {
    const key = isCardNumber(known) ? digitsOf(known) : foldedText(known);
    let given = this.#given.get(key);
    if (given === undefined) {
      const form = formOf(known, origin);
      given = { form, number: this.#nextOf(form.family), first: known };
      this.#given.set(key, given);
    }
    const written = given.form.write(text, given.number);
    const isUpper = text !== given.first && text === given.first.toUpperCase();
    return isUpper ? written.toUpperCase() : written;
  }

  #nextOf(family: string): number {
    let number = (this.#last.get(family) ?? 0) + 1;
    while (this.#taken.has(`${family}:${number}`)) number++;
    this.#last.set(family, number);
    return number;
  }
}
