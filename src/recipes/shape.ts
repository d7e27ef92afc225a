import type { Json, Schema } from "../index.ts";

/** What a value must look like, said once: to be told to a model, and to be checked when it comes. */
export interface Shape<T> {
  /** The same as JSON Schema. */
  readonly described: Readonly<Record<string, Json>>;
  /**
   * The value, as it is wanted.
   *
   * @throws {Misfit} Where it is something else.
   */
  read(value: unknown, at: readonly PropertyKey[]): T;
}

/** What does not fit, and where. */
class Misfit extends Error {
  readonly at: readonly PropertyKey[];

  constructor(at: readonly PropertyKey[], wanted: string) {
    super(`It must be ${wanted}.`);
    this.at = at;
  }
}

/** A text that says something. */
export function text(description: string): Shape<string> {
  return {
    described: { type: "string", minLength: 1, description },
    read: (value, at) => {
      if (typeof value === "string" && value.trim() !== "") return value;
      throw new Misfit(at, "a text that is not empty");
    },
  };
}

/** A text that may be empty. */
export function anyText(description: string): Shape<string> {
  return {
    described: { type: "string", description },
    read: (value, at) => {
      if (typeof value === "string") return value;
      throw new Misfit(at, "a text");
    },
  };
}

/** A whole number, counted from 1. */
export function count(description: string): Shape<number> {
  return {
    described: { type: "integer", minimum: 1, description },
    read: (value, at) => {
      if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1) return value;
      throw new Misfit(at, "a whole number from 1");
    },
  };
}

/** Yes or no. */
export function flag(description: string): Shape<boolean> {
  return {
    described: { type: "boolean", description },
    read: (value, at) => {
      if (typeof value === "boolean") return value;
      throw new Misfit(at, "true or false");
    },
  };
}

/** One of a few texts. */
export function oneOf<Name extends string>(names: readonly Name[], description: string): Shape<Name> {
  return {
    described: { type: "string", enum: [...names], description },
    read: (value, at) => {
      const known = names.find((name) => name === value);
      if (known !== undefined) return known;
      throw new Misfit(at, `one of ${names.map((name) => JSON.stringify(name)).join(", ")}`);
    },
  };
}

/** What may be left open: null, or nothing said at all. */
export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  const { type, enum: known } = shape.described;
  const names = Array.isArray(known) ? { enum: [...(known as readonly Json[]), null] } : {};
  return {
    described: { ...shape.described, ...(type === undefined ? {} : { type: [type, "null"] }), ...names },
    read: (value, at) => (value === null || value === undefined || value === "" ? null : shape.read(value, at)),
  };
}

/** A list, of at least so many. */
export function list<T>(each: Shape<T>, { least = 0, description }: { readonly least?: number; readonly description: string }): Shape<T[]> {
  return {
    described: { type: "array", items: each.described, description, ...(least === 0 ? {} : { minItems: least }) },
    read: (value, at) => {
      if (!Array.isArray(value) || value.length < least) throw new Misfit(at, least === 0 ? "a list" : `a list of at least ${least}`);
      return value.map((item: unknown, index) => each.read(item, [...at, index]));
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
    read: (value, at) => {
      if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Misfit(at, "an object");
      const given = value as Readonly<Record<string, unknown>>;
      return Object.fromEntries(entries.map(([name, shape]) => [name, shape.read(given[name], [...at, name])])) as T; // by the shapes of T's own fields
    },
  };
}

/** The shape as a schema that an agent, a step or a pipeline takes. */
export function schemaOf<T>(shape: Shape<T>): Schema<unknown, T> {
  const described = (): Json => shape.described;
  const validate = (value: unknown) => {
    try {
      return { value: shape.read(value, []) };
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      return { issues: [{ message: error.message, path: error.at }] };
    }
  };
  const standard = { version: 1, vendor: "flujo", validate, jsonSchema: { input: described, output: described } } as const;
  return Object.freeze({ "~standard": standard });
}
