import type { Json } from "../../base/json.ts";
import type { Place } from "./places.ts";
import { isFieldStandIn } from "./placeholder-forms.ts";
import type { Search, TextRedactor } from "./text-redactor.ts";

/** The first moment of the year 2000, which is what every date becomes. */
const NO_MOMENT = Date.UTC(2000, 0, 1);
/** What a field held is looked for elsewhere from this length on: shorter ones are parts of anything. */
const SHORTEST_WORD = 4;
const SHORTEST_NUMBER = 5;

/** What stands for what sensitive fields hold. */
export class SensitiveLeaves {
  readonly #texts: TextRedactor;
  readonly #learn: Search["learn"];

  constructor(texts: TextRedactor, learn: Search["learn"]) {
    this.#texts = texts;
    this.#learn = learn;
  }

  text(text: string, place: Place): string {
    const choice = choicesOf(place).find((each) => typeof each === "string");
    if (choice !== undefined) return choice;
    if (text === "" || this.#texts.isPlaceholder(text) || isFieldStandIn(text)) return text;
    if (text.length >= SHORTEST_WORD) this.#learn({ text, isWord: true, origin: { isField: true } });
    return this.#texts.placeholderOf(text);
  }

  /** The number nearest to 0 that the schema takes. */
  number(number: number, place: Place): number {
    const choice = choicesOf(place).find((each) => typeof each === "number");
    const instead = choice ?? nearestToZero(place);
    if (String(number).length >= SHORTEST_NUMBER && number !== instead) {
      this.#learn({ text: String(number), isWord: true, instead: String(instead) });
    }
    return Number.isNaN(number) ? number : instead;
  }

  bigint(number: bigint): bigint {
    if (String(number).length >= SHORTEST_NUMBER) this.#learn({ text: String(number), isWord: true, instead: "0" });
    return 0n;
  }

  boolean(place: Place): boolean {
    return choicesOf(place).find((each) => typeof each === "boolean") ?? false;
  }

  date(date: Date): Date {
    if (Number.isNaN(date.getTime()) || date.getTime() === NO_MOMENT) return date;
    const instead = new Date(NO_MOMENT);
    this.#learn({ text: date.toISOString(), isWord: true, instead: instead.toISOString() });
    return instead;
  }
}

/** The only values that fit, where there are not many. */
function choicesOf({ schemas }: Place): readonly Json[] {
  return schemas.flatMap(({ enum: choices, const: only }) => {
    if (only !== undefined) return [only];
    return Array.isArray(choices) ? (choices as readonly Json[]) : [];
  });
}

function nearestToZero({ schemas }: Place): number {
  let nearest = 0;
  for (const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } of schemas) {
    if (typeof minimum === "number" && nearest < minimum) nearest = minimum;
    if (typeof exclusiveMinimum === "number" && nearest <= exclusiveMinimum) nearest = Math.floor(exclusiveMinimum) + 1;
    if (typeof maximum === "number" && nearest > maximum) nearest = maximum;
    if (typeof exclusiveMaximum === "number" && nearest >= exclusiveMaximum) nearest = Math.ceil(exclusiveMaximum) - 1;
  }
  return nearest;
}
