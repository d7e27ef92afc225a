// The last word on every value: it fits the schema's bounds, or it is not used.
import { exampleOf } from "./pattern.ts";
import type { Schema } from "./schema.ts";
import { forbiddenOf, numberOfKey, textOf } from "./schema.ts";

/** The text cut to `maxLength` at a word's end; null where it breaks `minLength`, `pattern`, `format` or `not`. */
export function fitString(schema: Schema, text: string): string | null {
  const most = numberOfKey(schema, "maxLength") ?? Number.POSITIVE_INFINITY;
  const cut = text.length > most ? shortened(text, most) : text;
  // Validators count UTF-16 units or code points: the larger count decides above, the smaller one below.
  const least = numberOfKey(schema, "minLength") ?? 0;
  if (cut.length < least || (least > 0 && Array.from(cut).length < least)) return null;
  if (forbiddenOf(schema).includes(cut)) return null;
  return matchesPattern(schema, cut) && matchesFormat(textOf(schema, "format"), cut) ? cut : null;
}

/** `none`, `n/a`, `-`: the text says that there is nothing to say. */
export function isNone(text: string): boolean {
  return /^(?:none|nothing|nobody|n\/?a|nil|-+|–|—|unknown|tbd|not (?:given|known|specified|available|applicable))\.?$/i.test(text);
}

function shortened(text: string, most: number): string {
  const cut = text.slice(0, most).replace(/[\uD800-\uDBFF]$/, "");
  const space = cut.lastIndexOf(" ");
  return (space > most * 0.6 ? cut.slice(0, space) : cut).trimEnd();
}

const compiled = new Map<string, RegExp | null>();

function regexOf(pattern: string): RegExp | null {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const made = compile(pattern, "u") ?? compile(pattern, "");
  if (compiled.size > 500) compiled.clear();
  compiled.set(pattern, made);
  return made;
}

function compile(pattern: string, flags: string): RegExp | null {
  try {
    return new RegExp(pattern, flags);
  } catch {
    return null;
  }
}

function matchesPattern(schema: Schema, text: string): boolean {
  const pattern = textOf(schema, "pattern");
  if (pattern === "") return true;
  const regex = regexOf(pattern);
  // A pattern is the author's, but the text is not: long texts never meet a regular expression that we did not write.
  return regex === null || (text.length <= 400 && regex.test(text));
}

const FORMATS: Readonly<Record<string, RegExp>> = {
  email: /^[\w.+'-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}$/,
  uri: /^[a-z][a-z0-9+.-]{0,20}:\/?\/?[^\s]{1,2000}$/i,
  date: /^\d{4}-\d{2}-\d{2}$/,
  "date-time": /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/,
  time: /^\d{2}:\d{2}(?::\d{2})?/,
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  ipv4: /^(?:\d{1,3}\.){3}\d{1,3}$/,
};

const SAME: Readonly<Record<string, string>> = { "idn-email": "email", url: "uri", iri: "uri", guid: "uuid" };

function matchesFormat(format: string, text: string): boolean {
  const known = FORMATS[SAME[format] ?? format];
  return known === undefined || known.test(text);
}

const STAND_INS: Readonly<Record<string, string>> = {
  email: "unknown@example.com",
  uri: "https://example.com/",
  date: "1970-01-01",
  "date-time": "1970-01-01T00:00:00Z",
  time: "00:00:00",
  duration: "PT0S",
  uuid: "00000000-0000-4000-8000-000000000000",
  hostname: "example.com",
  ipv4: "0.0.0.0",
  ipv6: "::",
};

/** A string that fits where the text has nothing to say: the default, an example of the schema, a stand-in. */
export function standInString(schema: Schema): string {
  const format = textOf(schema, "format");
  const offers = [
    schema["default"],
    ...(Array.isArray(schema["examples"]) ? (schema["examples"] as readonly unknown[]) : []),
    STAND_INS[SAME[format] ?? format] ?? "",
  ];
  for (const offer of offers) {
    const fit = typeof offer === "string" ? fitString(schema, offer) : null;
    if (fit !== null) return fit;
  }
  const least = numberOfKey(schema, "minLength") ?? 0;
  const pattern = textOf(schema, "pattern");
  const made = [...(pattern === "" ? [] : [exampleOf(pattern, least)]), "-".repeat(Math.max(1, least)), "n/a"];
  for (const text of made) {
    const fit = fitString(schema, text);
    if (fit !== null) return fit;
  }
  return "-".repeat(least);
}

/** The number inside the schema's bounds and steps; null where it is not and may not be moved there. */
export function fitNumber(schema: Schema, value: number): number | null {
  const { least, most, step } = boundsOf(schema);
  const whole = isWhole(schema) ? Math.round(value) : value;
  if (isWhole(schema) && Math.abs(whole - value) > 1e-9) return null;
  if (whole < least || whole > most || !Number.isFinite(whole)) return null;
  if (step > 0 && Math.abs(Math.round(whole / step) * step - whole) > 1e-9) return null;
  return forbiddenOf(schema).includes(whole) ? null : whole;
}

/** The nearest number that fits: bounds, steps and forbidden values respected. */
export function nearestNumber(schema: Schema, value: number): number {
  const { least, most, step } = boundsOf(schema);
  const unit = step > 0 ? step : isWhole(schema) ? 1 : 0;
  const inside = Math.min(most, Math.max(least, value));
  if (unit === 0) return inside;
  let snapped = Math.round(inside / unit) * unit;
  if (snapped < least) snapped = Math.ceil(least / unit) * unit;
  if (snapped > most) snapped = Math.floor(most / unit) * unit;
  const tidy = Number(snapped.toPrecision(15));
  if (!forbiddenOf(schema).includes(tidy)) return tidy;
  return [tidy + unit, tidy - unit].find((other) => other >= least && other <= most) ?? tidy;
}

function isWhole(schema: Schema): boolean {
  const type = schema["type"];
  return type === "integer" || (Array.isArray(type) && type.includes("integer") && !type.includes("number"));
}

/** The bounds of a number schema; an exclusive bound is moved inside by the least step there is. */
export function boundsOf(schema: Schema): { readonly least: number; readonly most: number; readonly step: number } {
  const step = Math.max(0, numberOfKey(schema, "multipleOf") ?? 0);
  const inch = isWhole(schema) ? 1 : step > 0 ? step : 1e-6;
  const above = numberOfKey(schema, "exclusiveMinimum");
  const below = numberOfKey(schema, "exclusiveMaximum");
  const least = Math.max(
    numberOfKey(schema, "minimum") ?? Number.NEGATIVE_INFINITY,
    above === undefined ? Number.NEGATIVE_INFINITY : above + inch,
  );
  const most = Math.min(
    numberOfKey(schema, "maximum") ?? Number.POSITIVE_INFINITY,
    below === undefined ? Number.POSITIVE_INFINITY : below - inch,
  );
  return isWhole(schema) ? { least: Math.ceil(least), most: Math.floor(most), step } : { least, most, step };
}
