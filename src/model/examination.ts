import { ERRORS, type ErrorCode, FlujoError, messageOf } from "../base/errors.ts";
import type { RunStatus } from "./run-result.ts";

/** What is wrong with something, and what to do about it. */
export interface Complaint {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
}

/** A package that is loaded only where it is needed. */
export interface PackageFacts {
  readonly name: string;
  /** The versions that are known to work, as npm writes them. */
  readonly range: string;
  /** The version that is there; null where it is not installed. */
  readonly installed: string | null;
  /** Whether that version is among those that are known to work. */
  readonly fits: boolean;
}

/** Whether a server answers. */
export type Reach =
  | {
      readonly ok: true;
      /** Milliseconds until it had answered. */
      readonly tookMs: number;
      /** The models it says it has; null where it does not say. */
      readonly models: readonly string[] | null;
    }
  | { readonly ok: false; readonly problem: Complaint };

/** How a provider of models is set up. No key is in it, nor any part of one. */
export interface ProviderFacts {
  /** What stands before the `:` of a model. */
  readonly name: string;
  /** The package its protocol needs; null for a provider that was given in code. */
  readonly package: PackageFacts | null;
  readonly key: {
    readonly isNeeded: boolean;
    /** Where the key is set: a variable, an option; null where none is. */
    readonly setIn: string | null;
    /** The variables that may hold it. */
    readonly variables: readonly string[];
  };
  /** Where calls go, without user name, password and query; null where nobody has said it. */
  readonly baseURL: string | null;
  /** The variable that says where calls go. */
  readonly urlVariable: string | null;
  /** What is wrong with what is set; null where nothing is. A key that is not set is not wrong. */
  readonly problem: Complaint | null;
  /** Null where it was not asked. */
  readonly reach: Reach | null;
}

/** Where runs are kept, as it is found. Looking changes nothing, and makes nothing. */
export type StateFacts =
  | { readonly kind: "memory" | "own" }
  /** What was given is no place for state. */
  | { readonly kind: "unknown"; readonly problem: Complaint }
  | StateFileFacts;

/** A state file. */
export interface StateFileFacts {
  readonly kind: "sqlite";
  /** Absolute path. */
  readonly file: string;
  readonly exists: boolean;
  /** Of the file, in bytes; 0 where there is none. */
  readonly bytes: number;
  /** Whether this user may write to it; where it is not there, whether it could be made. */
  readonly isWritable: boolean;
  /** The layout of its tables, and the newest that this version of Flujo knows. */
  readonly layout: number | null;
  readonly newestLayout: number;
  /** SQLite's word for how it keeps what is being written: `wal`, once it has been used. */
  readonly journalMode: string | null;
  /** How many runs there are, by status; null where they cannot be counted without touching the file. */
  readonly runs: Readonly<Partial<Record<RunStatus, number>>> | null;
  readonly problem: Complaint | null;
}

/** A program that was looked at. */
export interface ProgramFacts {
  readonly name: string;
  /** Why it cannot be run at all; null where it can. */
  readonly problem: Complaint | null;
}

/** A model that agents use. */
export interface ModelFacts {
  /** `provider:model`, or the label of a model object. */
  readonly model: string;
  /** The agents that use it, by their places in the plan. */
  readonly agents: readonly string[];
  /** Why it cannot be called; null where it can, as far as can be told without calling it. */
  readonly problem: Complaint | null;
}

/** A tool server that agents use. */
export interface ToolServerFacts {
  readonly name: string;
  readonly agents: readonly string[];
  /** The tools it has; null where it cannot be reached. */
  readonly tools: readonly string[] | null;
  /** The tools its agents may use that it does not have. */
  readonly missing: readonly string[];
  readonly tookMs: number;
  readonly problem: Complaint | null;
}

/** What `flujo.examine` finds. */
export interface Examination {
  readonly state: StateFacts;
  readonly providers: readonly ProviderFacts[];
  /** Optional packages beside those of the providers. */
  readonly packages: readonly PackageFacts[];
  readonly programs: readonly ProgramFacts[];
  readonly models: readonly ModelFacts[];
  readonly toolServers: readonly ToolServerFacts[];
}

/** What an error comes to as data; `code` is for what is no `FlujoError`. */
export function complaintOf(error: unknown, code: ErrorCode): Complaint {
  if (FlujoError.is(error)) return { code: error.code, message: error.summary, remedy: error.remedy };
  return { code, message: messageOf(error), remedy: ERRORS[code].remedy };
}
