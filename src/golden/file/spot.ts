import { FlujoError } from "../../base/errors.ts";
import type { Json } from "../../base/json.ts";
import { didYouMean } from "../../base/near-names.ts";

/** A value as it stands in a file: what it is, and where it begins. */
export interface Spot {
  /** Characters from the beginning of the file. */
  readonly offset: number;
  readonly is: null | boolean | number | string | readonly Spot[] | SpotMap;
}

/** The fields of an object in a file, in their order. */
export type SpotMap = ReadonlyMap<string, SpotField>;

/** A field in a file. */
export interface SpotField {
  /** Where its key begins. */
  readonly keyOffset: number;
  readonly spot: Spot;
}

/** A file that is being read. */
export class Sheet {
  readonly file: string;
  readonly text: string;

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
  }

  /** The error of a place in it: file, line and column, what is wrong. */
  fault(offset: number, what: string, more?: Behind): FlujoError<"golden_unreadable"> {
    return unreadable({ file: this.file, ...placeIn(this.text, offset) }, what, more);
  }

  /** A text. @throws {FlujoError} `golden_unreadable` */
  textAt({ offset, is }: Spot, name: string): string {
    if (typeof is === "string") return is;
    throw this.fault(offset, `\`${name}\` should be a text, but is ${spoken(is)}.`);
  }

  /** A number. @throws {FlujoError} `golden_unreadable` */
  wholeAt({ offset, is }: Spot, name: string): number {
    if (typeof is === "number" && Number.isSafeInteger(is) && is >= 0) return is;
    throw this.fault(offset, `\`${name}\` should be a whole number from 0 on, but is ${spoken(is)}.`);
  }

  /** True or false. @throws {FlujoError} `golden_unreadable` */
  flagAt({ offset, is }: Spot, name: string): boolean {
    if (typeof is === "boolean") return is;
    throw this.fault(offset, `\`${name}\` should be true or false, but is ${spoken(is)}.`);
  }

  /** One of some words. @throws {FlujoError} `golden_unreadable` */
  wordAt<W extends string>(spot: Spot, name: string, words: readonly W[]): W {
    const found = words.find((word) => word === spot.is);
    if (found !== undefined) return found;
    const meant = typeof spot.is === "string" ? didYouMean(spot.is, words) : "";
    throw this.fault(
      spot.offset,
      `\`${name}\` is ${spoken(spot.is)}, which it cannot be.${meant === "" ? ` It can be ${words.join(", ")}.` : meant}`,
    );
  }

  /** A list. @throws {FlujoError} `golden_unreadable` */
  listAt({ offset, is }: Spot, name: string): readonly Spot[] {
    if (Array.isArray(is)) return is as readonly Spot[]; // `isArray` knows no readonly ones
    throw this.fault(offset, `\`${name}\` should be a list, but is ${spoken(is)}.`);
  }

  /** An object with fields of any name. @throws {FlujoError} `golden_unreadable` */
  mapAt({ offset, is }: Spot, name: string): SpotMap {
    if (is instanceof Map) return is;
    throw this.fault(offset, `\`${name}\` should be an object with fields, but is ${spoken(is)}.`);
  }

  /** An object with no other fields than these. @throws {FlujoError} `golden_unreadable` */
  fieldsAt(spot: Spot, name: string, known: readonly string[]): Fields {
    const fields = this.mapAt(spot, name);
    for (const [key, { keyOffset }] of fields) {
      if (known.includes(key)) continue;
      const meant = didYouMean(
        key,
        known.filter((one) => !fields.has(one)),
      );
      throw this.fault(keyOffset, `\`${name}\` has no field "${shown(key)}".${meant === "" ? ` It can have ${known.join(", ")}.` : meant}`);
    }
    return new Fields(this, { spot, name, fields });
  }
}

/** The fields of an object whose names are known. */
export class Fields {
  readonly spot: Spot;
  readonly name: string;
  readonly #sheet: Sheet;
  readonly #fields: SpotMap;

  constructor(sheet: Sheet, object: { readonly spot: Spot; readonly name: string; readonly fields: SpotMap }) {
    this.#sheet = sheet;
    this.spot = object.spot;
    this.name = object.name;
    this.#fields = object.fields;
  }

  /** What a field holds; null where it is not there. */
  get(key: string): Spot | null {
    return this.#fields.get(key)?.spot ?? null;
  }

  /** What a field holds that must be there. @throws {FlujoError} `golden_unreadable` */
  need(key: string): Spot {
    const spot = this.get(key);
    if (spot !== null) return spot;
    throw this.#sheet.fault(this.spot.offset, `\`${this.name}\` has no \`${key}\`, which it must have.`);
  }

  /** A text that must be there. @throws {FlujoError} `golden_unreadable` */
  text(key: string): string {
    return this.#sheet.textAt(this.need(key), key);
  }

  /** A text, or null where it is not there. @throws {FlujoError} `golden_unreadable` */
  textOrNull(key: string): string | null {
    const spot = this.get(key);
    return spot === null ? null : this.#sheet.textAt(spot, key);
  }

  /** True or false; false where it is not there. @throws {FlujoError} `golden_unreadable` */
  flag(key: string): boolean {
    const spot = this.get(key);
    return spot !== null && this.#sheet.flagAt(spot, key);
  }

  /** A list; empty where it is not there. @throws {FlujoError} `golden_unreadable` */
  list(key: string): readonly Spot[] {
    const spot = this.get(key);
    return spot === null ? [] : this.#sheet.listAt(spot, key);
  }
}

/** What stands there, as a tree of JSON. */
export function jsonOf({ is }: Spot): Json {
  if (typeof is !== "object" || is === null) return is;
  if (Array.isArray(is)) return (is as readonly Spot[]).map(jsonOf);
  return Object.fromEntries([...(is as SpotMap)].map(([key, { spot }]) => [key, jsonOf(spot)]));
}

/** The innermost place on a way of keys and indices. */
export function spotOn(spot: Spot, path: readonly (string | number)[]): Spot {
  let here = spot;
  for (const step of path) {
    const inner: Spot | undefined = Array.isArray(here.is)
      ? (here.is as readonly Spot[])[Number(step)]
      : here.is instanceof Map
        ? (here.is as SpotMap).get(String(step))?.spot
        : undefined;
    if (inner === undefined) break;
    here = inner;
  }
  return here;
}

/** What is behind an error, and what to do about it where that is more than to mend the file. */
export interface Behind {
  readonly cause?: unknown;
  readonly remedy?: string | null;
}

/** The error of a golden that cannot be read. */
export function unreadable(at: FilePlace, what: string, { cause, remedy }: Behind = {}): FlujoError<"golden_unreadable"> {
  const place = at.line === undefined ? at.file : `${at.file}:${at.line}:${at.column ?? 1}`;
  const details = { ...at, what };
  return new FlujoError("golden_unreadable", `${place}: ${what}`, { details, cause, ...(typeof remedy === "string" ? { remedy } : {}) });
}

/** A file, and perhaps a place in it, both numbers from 1. */
export interface FilePlace {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** Line and column of a place in a text, both from 1. */
export function placeIn(text: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let begins = 0;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) {
    line++;
    begins = at + 1;
  }
  return { line, column: Math.min(offset, text.length) - begins + 1 };
}

/** What stands there, in a word or two. */
export function spoken(is: Spot["is"]): string {
  if (is === null) return "null";
  if (typeof is === "string") return is === "" ? "an empty text" : `"${shown(is)}"`;
  if (Array.isArray(is)) return "a list";
  return typeof is === "object" ? "an object" : String(is);
}

/** The beginning of a text from a file, on one line. */
export function shown(text: string): string {
  const line = JSON.stringify(text.slice(0, 60)).slice(1, -1);
  return text.length > 60 ? `${line}…` : line;
}
