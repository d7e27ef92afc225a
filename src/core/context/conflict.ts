import { isPlainObject } from "../../base/json.ts";
import type { Failure } from "../../model/failure.ts";
import type { FieldPath } from "../../model/patch.ts";
import type { InstancePath } from "../../model/path.ts";

/** One of two writes that do not go together. */
export interface Rival {
  /** Of the branch. */
  readonly name: string;
  readonly path: FieldPath;
  /** What it set; left out where it deleted what was there. */
  readonly set?: { readonly value: unknown };
}

/** Two branches that wrote one place of the context, and not the same; in declared order. */
export interface Conflict {
  /** The place that the later of the two wrote. */
  readonly field: string;
  readonly rivals: readonly [Rival, Rival];
}

/** The failure of a node whose branches have written what does not go together. @param kind - What the branches are, where they are none. */
export function conflictFailure(key: InstancePath, { field, rivals: [first, second] }: Conflict, kind = ""): Failure {
  const who = `${kind}"${first.name}" and "${second.name}" both wrote the context field "${field}", and not the same`;
  return {
    code: "context_conflict",
    message: `${key}: ${who}: "${first.name}" ${deed(first, field)}, "${second.name}" ${deed(second, field)}.`,
    path: key,
    retryable: false,
    details: { field, branches: [first.name, second.name], values: [valueOf(first), valueOf(second)] },
  };
}

function deed(rival: Rival, field: string): string {
  const place = rival.path.join(".");
  const where = place === field ? "" : ` "${place}"`;
  if (rival.set === undefined) return where === "" ? "deleted it" : `deleted${where}`;
  return where === "" ? `wrote ${valueOf(rival)}` : `wrote${where} as ${valueOf(rival)}`;
}

const LONGEST = 40;
const SECRET = /pass(?:word|phrase|code)|secret|token|api[-_ ]?key|credential|cookie/i;

/**
 * A value in a few words. A text stands there whole or not at all: of a piece of it nobody could tell any more that it is to be
 * redacted.
 */
function valueOf({ path, set }: Rival): string {
  if (set === undefined) return "nothing";
  const { value } = set;
  if (typeof value === "string")
    return value.length > LONGEST || path.some((part) => SECRET.test(String(part)))
      ? `a text of ${value.length} characters`
      : JSON.stringify(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid date" : value.toISOString();
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isPlainObject(value)) return `an object of ${Object.keys(value).length} fields`;
  return typeof value === "object" && value !== null ? `a ${value.constructor.name}` : String(value);
}
