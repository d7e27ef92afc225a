import { FlujoError, messageOf } from "../../base/errors.ts";
import type { ErrorCode } from "../../base/errors.ts";
import type { Json } from "../../base/json.ts";
import type { SchemaIssue } from "../../base/schema.ts";
import { describeIssues } from "../../base/schema.ts";
import type { Recorded } from "../../model/entry.ts";
import type { InstancePath } from "../../model/path.ts";

/** What was thrown by a user's function, as a failed outcome. A FlujoError keeps its code; everything else may be retried. */
export function thrownOutcome(key: InstancePath, thrown: unknown, code: ErrorCode): Recorded {
  if (FlujoError.is(thrown)) {
    return { status: "failed", failure: { code: thrown.code, message: prefixed(key, thrown.summary), path: key, retryable: false } };
  }
  const name = thrown instanceof Error && thrown.name !== "Error" ? `${thrown.name}: ` : "";
  return { status: "failed", failure: { code, message: prefixed(key, name + messageOf(thrown)), path: key, retryable: true } };
}

/** What does not fit a schema, as a failed outcome. */
export function misfitOutcome(
  key: InstancePath,
  issues: readonly SchemaIssue[],
  about: { readonly code: ErrorCode; readonly what: string; readonly retryable: boolean },
): Recorded {
  const details: Json = { issues: issues.slice(0, 20).map(({ at, message }) => ({ at, message })) };
  const message = `${key}: ${about.what} does not fit its schema: ${describeIssues(issues)}.`;
  return { status: "failed", failure: { code: about.code, message, path: key, retryable: about.retryable, details } };
}

function prefixed(key: InstancePath, message: string): string {
  return message.startsWith(key) ? message : `${key}: ${message}`;
}
