import { behind, ERRORS, FlujoError, messageOf } from "../../base/errors.ts";
import type { ErrorCode } from "../../base/errors.ts";
import type { Json } from "../../base/json.ts";
import type { SchemaIssue } from "../../base/schema.ts";
import { describeIssues } from "../../base/schema.ts";
import type { Recorded } from "../../model/entry.ts";
import type { InstancePath } from "../../model/path.ts";
import { ContinueAs } from "./continue-as.ts";
import { thrownFirst } from "./reducer-fault.ts";

/** What was thrown by a user's function, as a failed outcome. A FlujoError keeps its code; everything else may be retried. */
export function thrownOutcome(key: InstancePath, thrown: unknown, code: ErrorCode): Recorded {
  try {
    return outcomeOf(key, thrown, code);
  } catch {
    const message = prefixed(key, "something was thrown that cannot even be looked at"); // a revoked proxy, a getter that throws
    return { status: "failed", failure: { code, message, path: key, retryable: true } };
  }
}

function outcomeOf(key: InstancePath, thrown: unknown, code: ErrorCode): Recorded {
  if (thrown instanceof ContinueAs) {
    const message = prefixed(key, "the run goes on as another run");
    return { status: "failed", failure: { code: "continued", message, path: key, retryable: false, continueWith: thrown.going } };
  }
  const known = FlujoError.is(thrown) ? thrown : behind(thrown, "offline"); // a client wraps it in words of its own
  if (known !== null) {
    const { code: own, summary, remedy } = known;
    const failure = { code: own, message: prefixed(key, summary), path: key, retryable: false };
    return { status: "failed", failure: remedy === ERRORS[own].remedy ? failure : { ...failure, remedy } };
  }
  const called: unknown = thrown instanceof Error ? thrown.name : "Error";
  const name = called === "Error" ? "" : `${String(called)}: `;
  const first = thrownFirst(thrown);
  const classes = classesOf(first);
  const said = { code, message: prefixed(key, name + messageOf(thrown)), path: key, retryable: true };
  const failure = classes.length === 0 ? said : { ...said, classes };
  const thrownAt = thrownAtOf(first);
  return { status: "failed", failure: thrownAt === null ? failure : { ...failure, thrownAt } };
}

/** The names of its class and of those above it, up to `Error`, so that `retryOn` can ask for them. */
function classesOf(thrown: unknown): readonly string[] {
  const names: string[] = [];
  if (!(thrown instanceof Error)) return names;
  for (let made: unknown = Object.getPrototypeOf(thrown); made instanceof Error; made = Object.getPrototypeOf(made)) {
    const { name } = made.constructor;
    if (name !== "" && name !== "Error") names.push(name);
  }
  return names;
}

/** What begins every frame of our own, wherever the package lies. */
const OURS = import.meta.url.replace(/^file:\/\//, "").replace(/(src|dist)\/[^]*$/, "$1/");

/** The first frame of a stack that is the author's: not ours, not a package's, not Node's. Null where the stack has none. */
function thrownAtOf(thrown: unknown): string | null {
  const stack = stackOf(thrown);
  if (typeof stack !== "string") return null;
  for (const line of stack.split("\n")) {
    const place = /^\s+at (?:.* \()?(?:file:\/\/)?(\/[^()]*:\d+:\d+)\)?$/.exec(line)?.[1];
    if (place !== undefined && !place.includes("/node_modules/") && !place.startsWith(OURS)) return place;
  }
  return null;
}

function stackOf(thrown: unknown): unknown {
  try {
    return thrown instanceof Error ? thrown.stack : null;
  } catch {
    return null; // a getter of the author's own that fails: then it is not known where
  }
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
