import { isPlainObject } from "../../../src/base/json.ts";
import type { RunResult } from "../../../src/index.ts";
import type { Crashes, History, ScriptedEvent } from "../../../src/testing/index.ts";
import { simulate } from "../../../src/testing/index.ts";
import { decisionsOf, outcomesOf } from "../../laws/support/comparable.ts";
import { timeless } from "../../../src/golden/trace/timeless.ts";
import type { Recorded } from "../../../src/model/entry.ts";
import { programOf } from "./program.ts";
import type { Tree } from "./tree.ts";

/**
 * What befalls a run. `failure`: something in it fails for good, and processes die. `pause`: whoever is asked answers when every
 * process that asked has been gone for long. `cancel`: it is called off in the middle. `cut`: processes die at writes, as by
 * `kill -9`. `shuffled`: only the times that everything takes are others.
 */
export const FAULTS = ["failure", "pause", "cancel", "cut", "shuffled"] as const;
export type Fault = (typeof FAULTS)[number];

/** What people and others bring, so long after they were asked. */
function answers(afterMs: number): readonly ScriptedEvent[] {
  return [
    { on: "ask", afterMs, do: (run, pause) => run.answer("yes", pause?.id) },
    { on: "hear", afterMs, do: (run, pause) => run.answer("heard", pause?.id) },
  ];
}

interface Lived {
  readonly seed: number;
  readonly isFailing: boolean;
  readonly crashes: Crashes;
  readonly script: readonly ScriptedEvent[];
}

function live(tree: Tree, { seed, isFailing, crashes, script }: Lived): Promise<History> {
  return simulate({
    seed,
    crashes,
    delivery: "once",
    script: () => script,
    build: (sim) => ({ program: programOf(tree, { sim, isFailing }) as never, input: "in" as never }),
  });
}

/** A run that nothing befalls. */
export function undisturbed(tree: Tree, { seed, isFailing }: Pick<Lived, "seed" | "isFailing">): Promise<History> {
  return live(tree, { seed, isFailing, crashes: "none", script: answers(0) });
}

/** A run that something befalls, in a world of another seed. `of`: one that nothing befell. */
export function disturbed(
  tree: Tree,
  { fault, seed, of }: { readonly fault: Fault; readonly seed: number; readonly of: History },
): Promise<History> {
  const other = { seed: seed + 1, isFailing: fault === "failure" };
  const once = { write: 1 + (seed % of.writes), kind: CRASHES[seed % CRASHES.length] ?? "lost" } as const;
  switch (fault) {
    case "failure":
    case "cut":
      return live(tree, { ...other, crashes: seed % 2 === 0 ? [once] : "random", script: answers(0) });
    case "pause":
      return live(tree, { ...other, crashes: [once], script: answers(60_000) });
    case "cancel":
      return live(tree, {
        ...other,
        crashes: "random",
        script: [...answers(5), { afterMs: seed % 40, do: (run) => run.cancel("enough") }],
      });
    case "shuffled":
      return live(tree, { ...other, crashes: "none", script: answers(seed % 20) });
  }
}

const CRASHES = ["lost", "untold", "told"] as const;

/** Branches that lose may have come to an end or not: what became of them is nobody's business. */
const LOST = /(^|\/)loser(\/|$)/;

/** What a run has come to: all that must be the same, whatever befell it. */
export function told(history: History): object {
  const { result, entries, runId } = history;
  const effects = effectsOf(history);
  const recorded = [...outcomesOf(entries), ...decisionsOf(entries)]
    .map(({ key, outcome }) => [String(key), nameless(withoutMoments(outcome), runId)] as const)
    .filter(([key]) => !LOST.test(key));
  return {
    ...ended(result),
    history: Object.fromEntries(recorded.sort(([a], [b]) => (a < b ? -1 : 1))),
    effects,
  };
}

function ended(result: RunResult<unknown>): object {
  const { status, context, usage, cost } = result;
  if (result.status === "succeeded") return { status, context, usage, cost, output: result.output };
  return { status, context, usage, cost, ...(result.status === "failed" ? { failure: timeless(result.failure) } : {}) };
}

/** When a limit of time was reached is another moment in every run. */
function withoutMoments(outcome: Recorded): Recorded {
  return outcome.status === "failed" ? { ...outcome, failure: timeless(outcome.failure) } : outcome;
}

/** Without the id of the run, which is part of that of a run that it starts, and another in every world. */
function nameless(value: unknown, runId: string): unknown {
  if (typeof value === "string") return value.replaceAll(`${runId}.`, "run.");
  if (Array.isArray(value)) return value.map((each) => nameless(each, runId));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, nameless(inner, runId)]));
}

/** How a run ended that failed, or did not: what was done beside what failed is a matter of time. */
export function howEnded({ result }: History): object {
  return { status: result.status, code: result.status === "failed" ? result.failure.code : null };
}

/** The effects outside that a run had, by what they were done for. Those of a run that it started are that one's. */
export function effectsOf({ calls, runId }: History): readonly string[] {
  const own = [...calls].flatMap(([name, byKey]) => [...byKey.keys()].map((key) => [name, key] as const));
  return own.flatMap(([name, key]) => (key.startsWith(`${runId}:`) ? [`${name} ${key.slice(runId.length)}`] : [])).sort();
}
