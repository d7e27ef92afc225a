import { FlujoError, messageOf } from "../../base/errors.ts";

interface FaultFacts {
  readonly what: string;
  readonly remedy?: string;
}

const NO_PERMISSION: FaultFacts = {
  what: "this user may not read and write it",
  remedy: "Give this user the right to read and write the file and its folder, or name another with --state.",
};
const READ_ONLY: FaultFacts = { what: "it is read-only", remedy: "Make the file and its folder writable, or name another with --state." };
const NOT_OURS: FaultFacts = { what: "it is not a SQLite database" };
const DAMAGED: FaultFacts = { what: "it is damaged" };
const FULL: FaultFacts = {
  what: "there is no space left to write to it",
  remedy: "Free some space; what was recorded before is safe, and the run can be resumed.",
};
const LOCKED: FaultFacts = {
  what: "another program keeps it locked",
  remedy: "Close the program that holds the lock; the run can be resumed.",
};

const NOT_IN_A_FOLDER: FaultFacts = { what: "a part of its path is not a folder", remedy: "Name a file in a folder with --state." };

/** By the beginning of SQLite's or the system's name of the fault. */
const FAULTS: readonly (readonly [string, FaultFacts])[] = [
  ["SQLITE_BUSY", LOCKED],
  ["SQLITE_LOCKED", LOCKED],
  ["SQLITE_CORRUPT", DAMAGED],
  ["SQLITE_NOTADB", NOT_OURS],
  ["SQLITE_FULL", FULL],
  ["SQLITE_READONLY", READ_ONLY],
  ["SQLITE_PERM", NO_PERMISSION],
  ["SQLITE_AUTH", NO_PERMISSION],
  ["SQLITE_CANTOPEN", { what: "it cannot be opened, or its folder cannot be written to", remedy: NO_PERMISSION.remedy ?? "" }],
  ["ENOSPC", FULL],
  ["EDQUOT", FULL],
  ["EROFS", READ_ONLY],
  ["EACCES", NO_PERMISSION],
  ["EPERM", NO_PERMISSION],
  ["EISDIR", { what: "it is a folder", remedy: "Name a file with --state." }],
  ["ENOTDIR", NOT_IN_A_FOLDER],
  ["EEXIST", NOT_IN_A_FOLDER],
];

/** SQLite's or the system's name of what went wrong; empty where there is none. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}

/** Whether another connection holds the lock, so that trying again later will help. */
export function isBusy(error: unknown): boolean {
  const code = codeOf(error);
  return code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED");
}

/** One `FlujoError` for whatever the driver or the file system threw. A FlujoError is given back, with the file named. */
export function faultOf(file: string, error: unknown): FlujoError {
  if (FlujoError.is(error, "state_unreadable") && error.details["file"] === undefined) return recordUnreadable(file, error);
  if (FlujoError.is(error)) return error;
  if (error instanceof TypeError && /not open/.test(error.message))
    return new FlujoError("flujo_closed", `The state file ${file} was closed.`, { cause: error });
  const code = codeOf(error);
  const facts = FAULTS.find(([name]) => code.startsWith(name))?.[1] ?? { what: messageOf(error) };
  return stateUnreadable(file, facts, error);
}

/** One record of the file cannot be read; what to do about it, and about which type, is known best where it was read. */
function recordUnreadable(file: string, error: FlujoError): FlujoError {
  const { summary, remedy, details, cause } = error;
  return new FlujoError("state_unreadable", `The state file ${file} cannot be used: it holds a record that cannot be read (${summary})`, {
    details: { ...details, file },
    remedy,
    cause: cause ?? error,
  });
}

/** The state file cannot be used, for a reason that is not the driver's. */
export function stateUnreadable(file: string, facts: FaultFacts, cause?: unknown): FlujoError {
  const code = codeOf(cause);
  return new FlujoError("state_unreadable", `The state file ${file} cannot be used: ${facts.what}.`, {
    details: code === "" ? { file } : { file, fault: code },
    ...(cause === undefined ? {} : { cause }),
    ...(facts.remedy === undefined ? {} : { remedy: facts.remedy }),
  });
}
