import { FlujoError, type Json, type Schema } from "../index.ts";
import { shown } from "./invalid.ts";

/** What a value must look like, said once: to be told to a model, and to be checked when it comes. */
export interface Shape<T> {
  /** The same as JSON Schema. */
  readonly described: Readonly<Record<string, Json>>;
  /**
   * The value, as it is wanted.
   *
   * @throws {Misfit} Where it is something else.
   */
  read(value: unknown, place: Place): T;
}

/** Where a value stands, and what is asked of it. */
interface Place {
  readonly at: readonly PropertyKey[];
  /** Whether bounds count (no empty text, so many of a list): they are for models. A program is held to its types. */
  readonly isBounded: boolean;
}

/** What does not fit, and where. */
class Misfit extends Error {
  readonly at: readonly PropertyKey[];
  readonly wanted: string;
  readonly given: unknown;

  constructor({ at }: Place, wanted: string, given: unknown) {
    super(`It must be ${wanted}.`);
    this.at = at;
    this.wanted = wanted;
    this.given = given;
  }
}

const below = ({ at, isBounded }: Place, key: PropertyKey): Place => ({ at: [...at, key], isBounded });

/** A text that says something. */
export function text(description: string): Shape<string> {
  return {
    described: { type: "string", minLength: 1, description },
    read: (value, place) => {
      if (typeof value === "string" && (value.trim() !== "" || !place.isBounded)) return value;
      throw new Misfit(place, place.isBounded ? "a text that is not empty" : "a text", value);
    },
  };
}

/** A text that may be empty. */
export function anyText(description: string): Shape<string> {
  return {
    described: { type: "string", description },
    read: (value, place) => {
      if (typeof value === "string") return value;
      throw new Misfit(place, "a text", value);
    },
  };
}

/** A whole number, counted from 1. */
export function count(description: string): Shape<number> {
  return {
    described: { type: "integer", minimum: 1, description },
    read: (value, place) => {
      if (typeof value === "number" && (!place.isBounded || (Number.isSafeInteger(value) && value >= 1))) return value;
      throw new Misfit(place, "a whole number from 1", value);
    },
  };
}

/** Yes or no. */
export function flag(description: string): Shape<boolean> {
  return {
    described: { type: "boolean", description },
    read: (value, place) => {
      if (typeof value === "boolean") return value;
      throw new Misfit(place, "true or false", value);
    },
  };
}

/** One of a few texts. */
export function oneOf<Name extends string>(names: readonly Name[], description: string): Shape<Name> {
  return {
    described: { type: "string", enum: [...names], description },
    read: (value, place) => {
      const known = names.find((name) => name === value);
      if (known !== undefined) return known;
      throw new Misfit(place, `one of ${names.map((name) => JSON.stringify(name)).join(", ")}`, value);
    },
  };
}

/** What may be left open: null, or nothing said at all. */
export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  const { type, enum: known } = shape.described;
  const names = Array.isArray(known) ? { enum: [...(known as readonly Json[]), null] } : {};
  return {
    described: { ...shape.described, ...(type === undefined ? {} : { type: [type, "null"] }), ...names },
    read: (value, place) => (value === null || value === undefined || value === "" ? null : shape.read(value, place)),
  };
}

/** A list, of at least so many. */
export function list<T>(each: Shape<T>, { least = 0, description }: { readonly least?: number; readonly description: string }): Shape<T[]> {
  return {
    described: { type: "array", items: each.described, description, ...(least === 0 ? {} : { minItems: least }) },
    read: (value, place) => {
      const enough = place.isBounded ? least : 0;
      if (!Array.isArray(value) || value.length < enough)
        throw new Misfit(place, enough === 0 ? "a list" : `a list of at least ${enough}`, value);
      return value.map((item: unknown, index) => each.read(item, below(place, index)));
    },
  };
}

/** An object with these fields, and no others that count. */
export function fields<T>(shapes: { readonly [K in keyof T]: Shape<T[K]> }): Shape<T> {
  const entries = Object.entries(shapes) as readonly (readonly [string, Shape<unknown>])[];
  return {
    described: {
      type: "object",
      properties: Object.fromEntries(entries.map(([name, { described }]) => [name, described])),
      required: entries.map(([name]) => name),
      additionalProperties: false,
    },
    read: (value, place) => {
      if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Misfit(place, "an object", value);
      const given = value as Readonly<Record<string, unknown>>;
      return Object.fromEntries(entries.map(([name, shape]) => [name, shape.read(given[name], below(place, name))])) as T; // by the shapes of T's own fields
    },
  };
}

/** The shape as a schema that an agent, a step or a pipeline takes. */
export function schemaOf<T>(shape: Shape<T>): Schema<unknown, T> {
  const described = (): Json => shape.described;
  const validate = (value: unknown) => {
    try {
      return { value: shape.read(value, { at: [], isBounded: true }) };
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      return { issues: [{ message: error.message, path: error.at }] };
    }
  };
  const standard = { version: 1, vendor: "flujo", validate, jsonSchema: { input: described, output: described } } as const;
  return Object.freeze({ "~standard": standard });
}

/**
 * What a role has given. An agent is held to the shape by its schema; a program of the author's own may give anything at all, and is held to
 * the types here.
 *
 * @throws {FlujoError} `output_invalid`, where it is something else: which role, what it must give, and what it has given.
 */
export function takenFrom<T>(role: string, value: unknown, shape: Shape<T>): T {
  try {
    return shape.read(value, { at: [], isBounded: false });
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    const place = error.at.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
    const where = place === "" ? "" : ` at ${place}`;
    throw new FlujoError("output_invalid", `The role ${role} must give ${error.wanted}${where}, and has given ${shown(error.given)}.`, {
      details: { role },
      remedy: "Let the program that plays it give what the type of the role says.",
    });
  }
}
