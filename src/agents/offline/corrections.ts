// What a complaint about an earlier answer asks for, as changes of the schema: so the next answer differs where it must.
import type { Json } from "../../base/json.ts";
import { isPlainObject } from "../../base/json.ts";
import type { Schema } from "./schema.ts";
import { asSchema, propertiesOf, resolve, typesOf } from "./schema.ts";

/** The schema, narrowed by what the complaints say. Without anything to go by it stays as it is. */
export function narrowed(schema: Schema, complaints: readonly string[], lastAnswer: string): Schema {
  const answer = parse(lastAnswer);
  let current = resolve(schema, schema);
  for (const complaint of complaints.slice(-5)) {
    for (const clause of complaint.slice(0, 8_000).split(/[;\n]|\.\s/))
      current = narrow(current, { clause, answer, document: schema, depth: 0 });
  }
  return current;
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

interface Complaint {
  readonly clause: string;
  readonly answer: Json;
  readonly document: Schema;
  readonly depth: number;
}

function narrow(schema: Schema, complaint: Complaint): Schema {
  const properties = propertiesOf(schema);
  if (complaint.depth > 6) return schema;
  for (const [name, inner] of properties) {
    const at = mentioned(complaint.clause, name);
    if (at < 0) continue;
    const answer = isPlainObject(complaint.answer) ? (complaint.answer[name] as Json) : null;
    const deeper = { ...complaint, clause: complaint.clause.slice(at), answer, depth: complaint.depth + 1 };
    const own = resolve(inner, complaint.document);
    const below = propertiesOf(own).length > 0 ? narrow(own, deeper) : own;
    const changed = below === own ? withDemand(own, deeper) : below;
    return { ...schema, properties: { ...asSchema(schema["properties"]), [name]: changed } };
  }
  return schema;
}

/** Where the clause speaks of the property; -1 if it does not. Returns the place behind the name. */
function mentioned(clause: string, name: string): number {
  const at = clause.indexOf(name);
  if (at < 0) return -1;
  const before = clause[at - 1] ?? " ";
  const after = clause[at + name.length] ?? " ";
  return /[\p{L}\p{N}_]/u.test(before) || /[\p{L}\p{N}_]/u.test(after) ? -1 : at + name.length;
}

function withDemand(schema: Schema, { clause, answer }: Complaint): Schema {
  const quoted = [...clause.matchAll(/["'“`]([^"'”`]{1,80})["'”`]/g)].map((match) => match[1] ?? "");
  const denies = /\b(?:not|never|other than|except|instead of)\b/i.test(clause) && !/\bnot (?:one of|a valid|valid|in)\b/i.test(clause);
  if (quoted.length > 0 && !denies && typesOf(schema).includes("string")) return { ...schema, enum: quoted };
  const most = bound(clause, /(?:<=|≤|at most|no more than|less than or equal to|maximum(?: of)?|max|up to)\s*:?\s*(-?\d+(?:\.\d+)?)/i);
  if (most !== null) return { ...schema, ...limit(schema, "max", most) };
  const least = bound(clause, /(?:>=|≥|at least|no less than|greater than or equal to|minimum(?: of)?|min)\s*:?\s*(-?\d+(?:\.\d+)?)/i);
  if (least !== null) return { ...schema, ...limit(schema, "min", least) };
  // It says that something is wrong, not what would be right: anything but the same again.
  return answer === null || typeof answer === "object" ? schema : { ...schema, not: { enum: [answer, ...(denies ? quoted : [])] } };
}

function bound(clause: string, pattern: RegExp): number | null {
  const figure = pattern.exec(clause)?.[1];
  return figure === undefined ? null : Number(figure);
}

function limit(schema: Schema, side: "min" | "max", figure: number): Schema {
  const types = typesOf(schema);
  if (types.includes("string")) return { [`${side}Length`]: Math.max(0, Math.floor(figure)) };
  if (types.includes("array")) return { [`${side}Items`]: Math.max(0, Math.floor(figure)) };
  return { [side === "min" ? "minimum" : "maximum"]: figure };
}
