import { FlujoError } from "../index.ts";

/** One clear refusal of a recipe's options: where, what is wrong, what to do instead. */
export function invalid(at: string, what: string, remedy: string): FlujoError<"pipeline_invalid"> {
  return new FlujoError("pipeline_invalid", `${at}: ${what}.`, { details: { path: at }, remedy });
}

/** A value as a refusal shows it: short, on one line. */
export function shown(value: unknown): string {
  if (typeof value === "string") return value.length > 40 ? `${JSON.stringify(value.slice(0, 40))}…` : JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  return String(value);
}

/** One line for each option there is. */
export type AllOf<Options> = { readonly [Name in keyof Required<Options>]: true };

/**
 * The options themselves, where they are an object that has no others than those there are.
 *
 * @throws {FlujoError} `pipeline_invalid`
 */
export function checkOptions<Options extends object>(at: string, given: Options, known: AllOf<Options>): Options {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw invalid(at, `its options are ${shown(given)}`, "Give them as an object.");
  const entries: readonly (readonly [string, unknown])[] = Object.entries(given);
  const stranger = entries.find(([name, value]) => value !== undefined && !Object.hasOwn(known, name));
  if (stranger === undefined) return given;
  throw invalid(at, `there is no option ${shown(stranger[0])}`, `Those there are: ${Object.keys(known).join(", ")}.`);
}

/** Bounds of a number that is given as an option. */
export interface NumberBounds {
  readonly least: number;
  readonly most?: number;
}

/**
 * A whole number that is given as an option.
 *
 * @throws {FlujoError} `pipeline_invalid`
 */
export function wholeNumber(at: string, value: number, { least, most = Number.MAX_SAFE_INTEGER }: NumberBounds): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const upTo = most === Number.MAX_SAFE_INTEGER ? "" : ` to ${most}`;
  throw invalid(at, `it is ${shown(value)}`, `Give a whole number from ${least}${upTo}.`);
}
