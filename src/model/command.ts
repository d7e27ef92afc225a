import type { ErrorCode } from "../base/errors.ts";
import { isPlainObject } from "../base/json.ts";

/** What the planner of an agentic loop wants done next. */
export type Command<Output = unknown> =
  | { readonly do: "run"; readonly agent: string; readonly input?: unknown }
  | { readonly do: "ask"; readonly question: string }
  | { readonly do: "finish"; readonly output: Output };

/** What came of a command. */
export type CommandOutcome =
  | { readonly status: "succeeded"; readonly output: unknown }
  | { readonly status: "failed"; readonly code: ErrorCode; readonly message: string }
  | { readonly status: "answered"; readonly answer: unknown }
  /** It was no command, or one that could not be carried out; the message says why, for the planner. */
  | { readonly status: "refused"; readonly message: string }
  | { readonly status: "finished" };

/** One command and what came of it. */
export interface CommandLog {
  /** As the planner gave it, also where it is none. */
  readonly command: unknown;
  readonly outcome: CommandOutcome;
}

/** What the planner of an agentic loop is given. */
export interface PlannerInput<Goal = unknown> {
  /** What the loop was given. */
  readonly goal: Goal;
  /** Whom it may have run. */
  readonly agents: readonly { readonly name: string; readonly description: string }[];
  /** All its commands so far, oldest first. */
  readonly log: readonly CommandLog[];
}

/** What an agentic loop gives. */
export interface AgenticResult<Output = unknown> {
  readonly output: Output;
  readonly log: readonly CommandLog[];
}

/** A command, or in a sentence what is wrong with what should be one. */
export function readCommand(given: unknown): { readonly command: Command } | { readonly wrong: string } {
  if (!isPlainObject(given)) return { wrong: 'A command is an object: { do: "run" }, { do: "ask" } or { do: "finish" }.' };
  switch (given["do"]) {
    case "run":
      if (typeof given["agent"] !== "string") return { wrong: 'To run an agent, say which: { do: "run", agent: "name", input }.' };
      return { command: { do: "run", agent: given["agent"], input: given["input"] } };
    case "ask":
      if (typeof given["question"] !== "string" || given["question"].trim() === "")
        return { wrong: 'To ask a person, say what: { do: "ask", question: "…" }.' };
      return { command: { do: "ask", question: given["question"] } };
    case "finish":
      if (!("output" in given)) return { wrong: 'To finish, say with what: { do: "finish", output }.' };
      return { command: { do: "finish", output: given["output"] } };
    default:
      return { wrong: 'A command says what to do: "run", "ask" or "finish".' };
  }
}
