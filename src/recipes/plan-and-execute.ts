import type { LanguageModelObject, NamedStep, Step } from "../index.ts";
import { pipeline, step, withPolicy } from "../index.ts";
import { type AllOf, checkOptions, wholeNumber } from "./invalid.ts";
import type { Role } from "./role.ts";
import { cast } from "./role.ts";
import { fields, list, orNull, schemaOf, takenFrom, text } from "./shape.ts";

/** A step of a plan that was tried. */
export type TriedStep =
  | { readonly step: string; readonly status: "succeeded"; readonly output: string }
  | { readonly step: string; readonly status: "failed"; readonly message: string };

/** What the planner is given. */
export interface Planning<Goal = string> {
  readonly goal: Goal;
  /** All that was tried so far, in that order. */
  readonly tried: readonly TriedStep[];
  /** What was still to be done by the plan before, which this one takes the place of; a step that failed comes first. */
  readonly left: readonly string[];
  /** Why a plan is wanted: for the first time (null), or what was wrong with the one before. */
  readonly because: string | null;
}

/** What the executor is given. */
export interface Executing<Goal = string> {
  readonly goal: Goal;
  /** What is to be done now. */
  readonly step: string;
  readonly tried: readonly TriedStep[];
}

/** What the executor gives. */
export interface Executed {
  /** What came of the step. */
  readonly output: string;
  /** Why the rest of the plan is no longer any good, where it has seen that. */
  readonly replan?: string | null;
}

/** What whoever writes the answer is given. */
export interface Finishing<Goal = string> {
  readonly goal: Goal;
  readonly tried: readonly TriedStep[];
}

/** What `planAndExecute()` gives: the answer, or, where a bound was reached first, which. */
export type PlanResult<Answer> = PlanProgress &
  ({ readonly finished: true; readonly answer: Answer } | { readonly finished: false; readonly bound: "maxSteps" | "maxReplans" });

/** How it came to that. */
export interface PlanProgress {
  /** All that was tried, in that order. */
  readonly tried: readonly TriedStep[];
  /** What was still to be done. */
  readonly left: readonly string[];
  /** How often the plan was made anew. */
  readonly replans: number;
}

/** What `planAndExecute()` takes. Roles that are left out are played by agents of the `model`. */
export interface PlanAndExecuteOptions<Name extends string, Goal, Answer> {
  /** Part of the path. @defaultValue `"plan"` */
  readonly name?: Name;
  /** Whom the roles ask that say no model of their own: `provider:model`, or a language model object of the AI SDK. */
  readonly model?: string | LanguageModelObject;
  /** Makes the plan, and makes it anew: what is to be done from there on, as texts. An empty one means that nothing is left to do. */
  readonly plan?: Role<Planning<Goal>, readonly string[]>;
  /** Does one step. Give its agent `tools`: without any it can only think. Where it fails, the plan is made anew. */
  readonly execute?: Role<Executing<Goal>, Executed>;
  /** Makes the answer of all that was done. An agent's is text; for anything else give a program. */
  readonly finish?: Role<Finishing<Goal>, Answer>;
  /** How many steps are tried at most, failed ones included. @defaultValue `12` */
  readonly maxSteps?: number;
  /** How often the plan is made anew at most; 0 for never. @defaultValue `3` */
  readonly maxReplans?: number;
}

const KNOWN: AllOf<PlanAndExecuteOptions<string, unknown, unknown>> = {
  name: true,
  model: true,
  plan: true,
  execute: true,
  finish: true,
  maxSteps: true,
  maxReplans: true,
};

/**
 * A planner makes a list of steps, an executor does one after the other; where one fails, or shows that the rest is no longer any
 * good, the planner makes the rest anew. When nothing is left, the answer is made of what was done.
 *
 * @throws {FlujoError} `pipeline_invalid` for options that there are not or that make no sense, and for a role that nobody plays.
 *
 * @example
 * ```ts
 * import { Flujo, step } from "flujo";
 * import type { Executing, Finishing, Planning } from "flujo/recipes";
 * import { planAndExecute } from "flujo/recipes";
 *
 * const trip = planAndExecute({
 *   plan: step("plan", ({ because }: Planning) => (because === null ? ["take the ferry", "walk"] : ["take the train", "walk"])),
 *   execute: step("do", ({ step }: Executing) => {
 *     if (step.includes("ferry")) throw new Error("there is a storm");
 *     return { output: `${step}: done` };
 *   }),
 *   finish: step("tell", ({ tried }: Finishing) => tried.filter(({ status }) => status === "succeeded").map(({ step }) => step).join(", ")),
 * });
 * const flujo = new Flujo();
 * const result = (await flujo.run(trip, "Get to the island.")).unwrap();
 * console.log(result.finished && result.answer, result.replans); // take the train, walk 1
 * await flujo.close();
 * ```
 */
export function planAndExecute<Goal = string, Answer = string, const Name extends string = "plan">(
  options: PlanAndExecuteOptions<Name, Goal, Answer>,
): NamedStep<Goal, PlanResult<Answer>, unknown, Name>;
export function planAndExecute(given: PlanAndExecuteOptions<string, unknown, unknown>): Step<unknown, PlanResult<unknown>> {
  const { name = "plan", ...options } = checkOptions("planAndExecute()", given, KNOWN);
  const at = `recipe ${JSON.stringify(name)}`;
  const bounds: Bounds = {
    maxSteps: wholeNumber(`${at}, maxSteps`, options.maxSteps ?? 12, { least: 1 }),
    maxReplans: wholeNumber(`${at}, maxReplans`, options.maxReplans ?? 3, { least: 0 }),
  };
  const state = step("state", (progress: Progress) => progress);
  const finish = cast({ at, role: "finish", given: options.finish, model: options.model, instructions: FINISH, output: null });
  const answered = pipeline({ name: "answered" })
    .step(state)
    .step("hand over", ({ goal, tried }) => ({ goal, tried }))
    .step(finish)
    .gather({ state, answer: finish })
    .step("close", ({ state, answer }): PlanResult<unknown> => ({ ...progressOf(state), finished: true, answer }));
  const bounded = step("give up", (progress: Progress): PlanResult<unknown> => {
    return { ...progressOf(progress), finished: false, bound: boundOf(progress, bounds) ?? "maxSteps" };
  });
  return pipeline({ name })
    .step("begin", (goal: unknown): Progress => ({ goal, tried: [], left: null, replans: 0, because: null }))
    .loop(stepOf(at, options), {
      name: "steps",
      until: (progress) => isDone(progress) || boundOf(progress, bounds) !== null,
    })
    .branch((progress) => (isDone(progress) ? "finished" : "bounded"), { finished: answered, bounded }, { name: "end" });
}

interface Bounds {
  readonly maxSteps: number;
  readonly maxReplans: number;
}

interface Progress {
  readonly goal: unknown;
  readonly tried: readonly TriedStep[];
  /** What is still to be done; null before there is a plan. */
  readonly left: readonly string[] | null;
  readonly replans: number;
  /** Why the plan is to be made anew; null where it is good. */
  readonly because: string | null;
}

function isDone({ left, because }: Progress): boolean {
  return left !== null && left.length === 0 && because === null;
}

/** Which bound keeps it from going on; null where none does. */
function boundOf({ tried, replans, because }: Progress, { maxSteps, maxReplans }: Bounds): "maxSteps" | "maxReplans" | null {
  if (because !== null && replans >= maxReplans) return "maxReplans";
  return tried.length >= maxSteps ? "maxSteps" : null;
}

function progressOf({ tried, left, replans }: Progress): PlanProgress {
  return { tried, left: left ?? [], replans };
}

type Players = Pick<PlanAndExecuteOptions<string, unknown, unknown>, "model" | "plan" | "execute">;

/** One time around: a plan where one is wanted, then the first step of it. */
function stepOf(at: string, roles: Players): Step<Progress, Progress> {
  const planned = planningOf(at, roles);
  const executed = executingOf(at, roles);
  const pass = step("keep", (progress: Progress) => progress);
  const nothing = step("none", (progress: Progress) => progress);
  return pipeline({ name: "step" })
    .branch(
      ({ left, because }) => (left === null || because !== null ? "plan" : "keep"),
      { plan: planned, keep: pass },
      { name: "planning" },
    )
    .branch(({ left }) => (left === null || left.length === 0 ? "none" : "do"), { do: executed, none: nothing }, { name: "doing" });
}

function planningOf(at: string, { model, plan: given }: Players): Step<Progress, Progress> {
  const plan = cast({ at, role: "plan", given, model, instructions: PLAN, output: schemaOf(STEPS) });
  const before = step("before", (progress: Progress) => progress);
  return pipeline({ name: "anew" })
    .step(before)
    .step("ask", ({ goal, tried, left, because }) => ({ goal, tried, left: left ?? [], because }))
    .step(plan)
    .gather({ before, left: plan })
    .step(
      "take",
      ({ before, left }): Progress => ({
        ...before,
        left: takenFrom("plan", left, STEPS),
        replans: before.left === null ? 0 : before.replans + 1,
        because: null,
      }),
    );
}

function executingOf(at: string, { model, execute: given }: Players): Step<Progress, Progress> {
  const execute = cast({ at, role: "execute", given, model, instructions: EXECUTE, output: schemaOf(EXECUTED) });
  // A failure is what the planner must hear of, not the end.
  const tried = withPolicy(execute, {
    onError: { default: ({ message, path }): Failed => ({ failed: message.replace(`${path}: `, "") }) },
  });
  const before = step("before", (progress: Progress) => progress);
  return pipeline({ name: "next" })
    .step(before)
    .step("hand out", ({ goal, tried, left }) => ({ goal, step: left?.[0] ?? "", tried }))
    .step(pipeline({ name: "attempt" }).step(tried))
    .gather({ before, came: "attempt" })
    .step("note", ({ before, came }) => noted(before, came));
}

interface Failed {
  readonly failed: string;
}

function isFailed(came: unknown): came is Failed {
  return typeof came === "object" && came !== null && "failed" in came;
}

function noted(before: Progress, came: unknown): Progress {
  const [step = "", ...rest] = before.left ?? [];
  if (isFailed(came)) {
    const tried = [...before.tried, { step, status: "failed", message: came.failed } as const];
    return { ...before, tried, because: `The step ${JSON.stringify(step)} failed: ${came.failed}` };
  }
  const { output, replan } = takenFrom("execute", came, EXECUTED);
  const tried = [...before.tried, { step, status: "succeeded", output } as const];
  const asked = replan?.trim() ?? "";
  return { ...before, tried, left: rest, because: asked === "" ? null : asked };
}

const STEPS = list(
  text("One step, in the words of an order that can be carried out by somebody who knows the goal and what was done before."),
  { description: "What is still to be done, in this order; empty where nothing is." },
);

const EXECUTED = fields<Executed>({
  output: text("What came of the step."),
  replan: orNull(text("Only where the step has shown that the rest of the plan is no longer any good: why. Else null.")),
});

const PLAN =
  "You are the planner. Make the plan by which the goal is reached: a few steps in order, each one thing to do. You are told what was tried already, with what came of it, what was left of the plan before, and why a plan is wanted. Plan only what is still to be done, and do not plan again what has failed in the same way.";

const EXECUTE =
  "You are the executor. Do the one step that you are given, with the tools that you have; the goal and what was done before are there so that you understand it. Do no other step. Say what came of it.";

const FINISH =
  "You are given a goal and all that was done for it, with what came of it. Write the answer to the goal, by what was found and nothing else. Where something failed and matters, say so.";
