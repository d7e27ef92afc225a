import type { ScreenDetail, Screened } from "../../core/search/screening.ts";
import type { Recorded } from "../../model/entry.ts";
import { wordFor } from "../../core/policy/verdict.ts";
import type { DecideOp } from "../../core/program.ts";
import type { DecisionContext } from "../../plan/definition.ts";

/** Calls the function that is bound under a key, with a state and what it may look at beside. */
export type Calls = (key: string, state: unknown, more: Partial<DecisionContext>) => unknown;

/** Asks one function and reads what it said. */
type Ask = <T>(key: string, what: string, read: (said: unknown) => T) => Promise<T>;

/**
 * What the functions of a search say of states that lie beside each other: of each, its invariants up to the first that refuses
 * it, then whether it is a goal, what it costs and, unless it is a goal, what it promises. Of the first state of all, only whether
 * it is a goal.
 */
export async function screen(op: DecideOp, calls: Calls): Promise<Recorded> {
  const detail = op.detail as ScreenDetail;
  const { from, depth } = detail;
  const more = { from, depth };
  const screened: Screened[] = [];
  for (const state of op.value as readonly unknown[]) {
    const ask: Ask = async (key, what, read) => {
      try {
        return read(await calls(key, state, more));
      } catch (error) {
        throw named(error, what); // which of the functions it was
      }
    };
    screened.push(await screenOne(detail, ask));
  }
  return { status: "succeeded", value: screened };
}

async function screenOne({ invariants, cost, heuristic }: ScreenDetail, ask: Ask): Promise<Screened> {
  for (const invariant of invariants) {
    const said = await ask(`invariant ${invariant}`, `its invariant "${invariant}"`, refusalOf);
    if (said !== null) return { refused: { invariant, reason: said === "" ? invariant : said } };
  }
  const isGoal = await ask("isGoal", "its isGoal", booleanOf);
  const costs = cost ? await ask("cost", "its cost", costOf) : 0;
  const estimate = heuristic && !isGoal ? await ask("heuristic", "its heuristic", numberOf) : 0;
  return { refused: null, isGoal, cost: costs, estimate };
}

/** The same error, with words before its own that say where it came from. */
export function named(error: unknown, what: string): unknown {
  if (!(error instanceof Error)) return new Error(`${what}: ${String(error)}`, { cause: error });
  const told = new Error(`${what}: ${error.message}`, { cause: error });
  told.stack = error.stack ?? "";
  return told;
}

/** Null where it holds; else the reason, which may be empty. */
function refusalOf(said: unknown): string | null {
  if (said === true) return null;
  if (said === false) return "";
  if (typeof said === "string") return said;
  throw new TypeError(`it returned ${wordFor(said)}, and has to return true, or false or the reason for a state that it refuses`);
}

function booleanOf(said: unknown): boolean {
  if (typeof said === "boolean") return said;
  throw new TypeError(`it returned ${wordFor(said)}, and has to return true or false`);
}

function numberOf(said: unknown): number {
  if (typeof said === "number" && Number.isFinite(said)) return said;
  throw new TypeError(`it returned ${typeof said === "number" ? said : wordFor(said)}, and has to return a number, the lower the better`);
}

function costOf(said: unknown): number {
  if (typeof said === "number" && Number.isFinite(said) && said >= 0) return said;
  throw new TypeError(`it returned ${typeof said === "number" ? said : wordFor(said)}, and has to return a number of at least 0`);
}
