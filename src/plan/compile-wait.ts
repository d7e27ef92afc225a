import type { SignalNode, SleepNode, WaitLimit } from "../model/node.ts";
import { childNodePath } from "../model/path.ts";
import { checkFunction, checkedDefault, isSchema } from "./checks.ts";
import type { Compilation, Place } from "./compilation.ts";
import { noteDecision, noteSchema } from "./compilation.ts";
import type { SignalDefinition, SleepDefinition, WaitLimitDefinition } from "./definition.ts";
import { describedSchema, fingerprintOfConfig } from "./fingerprint.ts";
import { invalid, shown } from "./invalid.ts";
import { checkName } from "./names.ts";

/** The last moment that a date can say, in milliseconds since 1970. */
const END_OF_TIME_MS = 8_640_000_000_000_000;

/** What a wait that is not answered in time adds to a path. */
const IN_ITS_PLACE = "timeout";

/** Goes on later. */
export function compileSleep(definition: SleepDefinition, place: Place, into: Compilation): SleepNode {
  const { path, segment } = place;
  const { name, wake } = definition;
  checkName(path, "a sleep", name);
  const kind = "decide" in wake ? wake.gives : "afterMs" in wake ? "duration" : "moment";
  const fingerprint = fingerprintOfConfig({ kind: "sleep", name, wake: kind });
  const node = { kind: "sleep", name, segment, path, fingerprint } as const;
  if ("decide" in wake) {
    checkFunction(path, "what says when it goes on", wake.decide);
    noteDecision(into, `${path}:wake`, wake.decide);
    return Object.freeze({ ...node, wake: "decided", gives: wake.gives });
  }
  if ("afterMs" in wake)
    return Object.freeze({ ...node, wake: Object.freeze({ afterMs: checkedWait(path, "the time it sleeps", wake.afterMs) }) });
  if (!Number.isFinite(wake.atMs) || Math.abs(wake.atMs) > END_OF_TIME_MS)
    throw invalid(path, `the moment it sleeps until is ${shown(wake.atMs)}`, "Give a Date that is one.");
  return Object.freeze({ ...node, wake: Object.freeze({ atMs: wake.atMs }) });
}

/** Waits for a signal. */
export function compileSignal(definition: SignalDefinition, place: Place, into: Compilation): SignalNode {
  const { path, segment } = place;
  const { name, schema } = definition;
  checkName(path, "a wait for a signal", name);
  if (!isSchema(schema)) throw invalid(path, `schema is ${shown(schema)}, not a schema`, "Give a schema of what the signal brings.");
  const answerSchema = describedSchema(schema, `${path}, schema`);
  into.answers.set(path, schema);
  noteSchema(into, `${path}:?answer`, schema);
  const limit = compileLimit(definition.limit, place, into);
  const fingerprint = fingerprintOfConfig({ kind: "signal", name, answerSchema });
  const node = { kind: "signal", name, segment, path, fingerprint, answerSchema } as const;
  return Object.freeze(limit === null ? node : { ...node, limit });
}

/** What a wait comes to when its time is over; null where it has no end. */
export function compileLimit(limit: WaitLimitDefinition | null, { path, level }: Place, into: Compilation): WaitLimit | null {
  if (limit === null) return null;
  const timeoutMs = checkedWait(path, "its timeout", limit.timeoutMs);
  const { otherwise } = limit;
  if (otherwise === "fail") return Object.freeze({ timeoutMs, otherwise, program: null });
  if ("default" in otherwise)
    return Object.freeze({ timeoutMs, otherwise: { default: checkedDefault(path, "default", otherwise.default) }, program: null });
  const program = into.nodeOf(
    otherwise.program,
    { path: childNodePath(path, IN_ITS_PLACE), segment: IN_ITS_PLACE, name: IN_ITS_PLACE, level: level + 1 },
    into,
  );
  return Object.freeze({ timeoutMs, otherwise: "program", program });
}

function checkedWait(at: string, what: string, ms: unknown): number {
  if (typeof ms === "number" && ms >= 0 && ms <= END_OF_TIME_MS / 2) return ms;
  throw invalid(at, `${what} is ${shown(ms)}`, 'Give milliseconds, 0 or more, or a text like "3 days".');
}
