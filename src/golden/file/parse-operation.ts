import { ERRORS, type ErrorCode } from "../../base/errors.ts";
import type { Json } from "../../base/json.ts";
import type { OpKind, WaitKind } from "../../model/entry.ts";
import type { Continuing, Failure } from "../../model/failure.ts";
import type { FieldPath, Patch } from "../../model/patch.ts";
import { type InstancePath, parseInstancePath } from "../../model/path.ts";
import type { GoldenOperation, GoldenResponse } from "../golden.ts";
import { readTurn, TURN_FIELDS } from "./model-turn.ts";
import { aboutOf, DECISIONS, nameOf, waitsForOf } from "./said-by-path.ts";
import { readCost, readUsage } from "./spending.ts";
import { type Sheet, type Spot } from "./spot.ts";

/** What reads the values in a golden. */
interface ValueReader {
  readonly sheet: Sheet;
  readonly value: (spot: Spot) => unknown;
  readonly text: (spot: Spot, name: string) => string;
  /** What is wrong with an operation as a whole; null where nothing is. */
  readonly misfit: (operation: GoldenOperation) => string | null;
}

const KINDS: readonly OpKind[] = ["step", "decide", "model", "tool", "human", "signal", "sleep"];
const WAITS: readonly (WaitKind | "deadline")[] = ["answer", "approval", "signal", "time", "deadline"];
const REST = ["name", "about", "waitsFor", "nth", "request", "response"] as const;

/** One operation. @throws {FlujoError} `golden_unreadable` */
export function readOperation(reader: ValueReader, spot: Spot): GoldenOperation {
  const { sheet } = reader;
  const fields = sheet.fieldsAt(spot, "operation", [...KINDS, ...REST]);
  const [kind, ...others] = KINDS.filter((one) => fields.get(one) !== null);
  if (kind === undefined || others.length > 0)
    throw sheet.fault(
      spot.offset,
      `An operation begins with what it is and its path (\`step: triage/fetch\`): one of ${KINDS.join(", ")}.`,
    );
  const path = parseInstancePath(fields.text(kind));
  const about = fields.get("about");
  const waitsFor = fields.get("waitsFor");
  const nth = fields.get("nth");
  const asked = fields.get("request");
  const request = asked === null ? {} : readRequest(reader, asked);
  const response = fields.get("response");
  const operation: GoldenOperation = {
    path,
    kind,
    about: about === null ? aboutOf(path, kind) : about.is === null ? null : sheet.wordAt(about, "about", DECISIONS),
    waitsFor: waitsFor === null ? waitsForOf(kind) : waitsFor.is === null ? null : sheet.wordAt(waitsFor, "waitsFor", WAITS),
    name: fields.textOrNull("name") ?? nameOf(path, kind, request),
    request,
    response: response === null ? null : readResponse(reader, response, path),
    nth: nth === null ? null : sheet.wholeAt(nth, "nth"),
  };
  const misfit = reader.misfit(operation);
  if (misfit !== null) throw sheet.fault((response ?? spot).offset, misfit);
  return operation;
}

function readRequest(reader: ValueReader, spot: Spot): Readonly<Record<string, unknown>> {
  const asked = [...reader.sheet.mapAt(spot, "request")];
  return Object.fromEntries(asked.map(([key, field]) => [key, reader.value(field.spot)]));
}

function readResponse(reader: ValueReader, spot: Spot, path: InstancePath): GoldenResponse {
  const { sheet } = reader;
  const fields = sheet.fieldsAt(spot, "response", ["value", "turn", "failure", "writes", "usage", "cost"]);
  const [what, ...others] = (["value", "turn", "failure"] as const).filter((one) => fields.get(one) !== null);
  if (what === undefined || others.length > 0)
    throw sheet.fault(spot.offset, "A response has a `value`, a `turn` or a `failure`: one of them.");
  const usage = fields.get("usage");
  const cost = fields.get("cost");
  const spent = {
    ...(usage === null ? {} : { usage: readUsage(sheet, usage) }),
    ...(cost === null ? {} : { cost: readCost(sheet, cost) }),
  };
  if (what === "failure") return { status: "failed", failure: readFailure(reader, fields.need("failure"), path), ...spent };
  const value = what === "value" ? reader.value(fields.need("value")) : turnAt(reader, fields.need("turn"));
  return { status: "succeeded", value, writes: fields.list("writes").map((write) => readPatch(reader, write)), ...spent };
}

function turnAt(reader: ValueReader, spot: Spot): unknown {
  const fields = reader.sheet.fieldsAt(spot, "turn", TURN_FIELDS);
  return readTurn(fields, (field) => reader.value(fields.need(field)));
}

function readPatch(reader: ValueReader, spot: Spot): Patch {
  const { sheet } = reader;
  const fields = sheet.fieldsAt(spot, "write", ["set", "delete", "contribute", "value", "after"]);
  const [op, ...others] = (["set", "delete", "contribute"] as const).filter((one) => fields.get(one) !== null);
  if (op === undefined || others.length > 0)
    throw sheet.fault(spot.offset, "A write has a `set`, a `delete` or a `contribute`: one of them.");
  if (op === "delete") return { op, path: fieldPath(sheet, fields.need(op), op) };
  const value = reader.value(fields.need("value"));
  if (op === "set") return { op, path: fieldPath(sheet, fields.need(op), op), value };
  const after = fields.get("after");
  const contribution = { op, field: fields.text(op), value } as const;
  return after === null ? contribution : { ...contribution, after: { value: reader.value(after) } };
}

function fieldPath(sheet: Sheet, spot: Spot, name: string): FieldPath {
  const path = sheet.listAt(spot, name).map(({ is }) => is);
  if (!isFieldPath(path)) throw sheet.fault(spot.offset, "A path into the context is a list that begins with a field: [customer, name].");
  return path;
}

function isFieldPath(path: readonly unknown[]): path is FieldPath {
  return typeof path[0] === "string" && path.every((step) => typeof step === "string" || typeof step === "number");
}

const FAILURE_FIELDS = ["code", "message", "path", "retryable", "thrownAt", "remedy", "classes", "continueWith", "details"] as const;

/** A failure; where it says no path, it is that of its operation. @throws {FlujoError} `golden_unreadable` */
export function readFailure(reader: ValueReader, spot: Spot, path: InstancePath | null): Failure {
  const { sheet } = reader;
  const fields = sheet.fieldsAt(spot, "failure", FAILURE_FIELDS);
  const thrownAt = fields.textOrNull("thrownAt");
  const remedy = fields.textOrNull("remedy");
  const classes = fields.get("classes");
  const next = fields.get("continueWith");
  const details = fields.get("details");
  return {
    code: sheet.wordAt(fields.need("code"), "code", CODES),
    message: reader.text(fields.need("message"), "message"),
    path: path === null || fields.get("path") !== null ? parseInstancePath(fields.text("path")) : path,
    retryable: fields.flag("retryable"),
    ...(thrownAt === null ? {} : { thrownAt }),
    ...(remedy === null ? {} : { remedy }),
    ...(classes === null ? {} : { classes: sheet.listAt(classes, "classes").map((name) => sheet.textAt(name, "classes")) }),
    ...(next === null ? {} : { continueWith: continuing(reader, next) }),
    ...(details === null ? {} : { details: reader.value(details) as Json }), // as it was written; drift shows what somebody has made of it
  };
}

const CODES: readonly ErrorCode[] = Object.keys(ERRORS) as ErrorCode[]; // the one cast: they are the keys of the table

function continuing(reader: ValueReader, spot: Spot): Continuing {
  const value = reader.value(spot);
  if (typeof value === "object" && value !== null && "input" in value) return value;
  throw reader.sheet.fault(spot.offset, "`continueWith` should be an object with an `input`.");
}
