import type { LanguageModelObject, NamedStep, Step } from "../index.ts";
import { pipeline, step } from "../index.ts";
import { type AllOf, checkOptions, wholeNumber } from "./invalid.ts";
import type { Role } from "./role.ts";
import { cast } from "./role.ts";
import { anyText, count, fields, flag, list, orNull, schemaOf, takenFrom, text } from "./shape.ts";

/** What a validator says of one item of the checklist. */
export interface ItemVerdict {
  /** Which item it is about: its place in the list, counted from 1. */
  readonly item: number;
  /** Whether the solution satisfies it. */
  readonly ok: boolean;
  /** What is missing, where it does not. */
  readonly feedback?: string | null;
}

/** What was found of one item of the checklist. */
export interface CheckedItem {
  /** The item, as the checklist says it. */
  readonly item: string;
  readonly ok: boolean;
  readonly feedback: string | null;
}

/** What the solver is given. */
export interface Solving<Task, Solution> {
  readonly task: Task;
  readonly checklist: readonly string[];
  /** What was made before, what was found of it, and how to do better; null the first time. */
  readonly before: { readonly solution: Solution; readonly verdicts: readonly CheckedItem[]; readonly reflection: string } | null;
}

/** What the validator is given. */
export interface Validating<Task, Solution> {
  readonly task: Task;
  readonly checklist: readonly string[];
  readonly solution: Solution;
}

/** What the critic is given, who says how to do better. */
export interface Reflecting<Task, Solution> extends Validating<Task, Solution> {
  readonly verdicts: readonly CheckedItem[];
}

/** What the default recipe gives. */
export interface DefaultResult<Solution> {
  /** The last that was made. */
  readonly solution: Solution;
  /** Whether it satisfies every item of the checklist. */
  readonly accepted: boolean;
  /** How often one was made. */
  readonly rounds: number;
  readonly checklist: readonly string[];
  /** What was found of the last solution, by the items of the checklist. */
  readonly verdicts: readonly CheckedItem[];
}

/** What `defaultRecipe()` takes. Roles that are left out are played by agents of the `model`. */
export interface DefaultRecipeOptions<Name extends string, Task, Solution> {
  /** Part of the path. @defaultValue `"default"` */
  readonly name?: Name;
  /** Whom the roles ask that say no model of their own: `provider:model`, or a language model object of the AI SDK. */
  readonly model?: string | LanguageModelObject;
  /** Makes the checklist that the solution must satisfy, of the task: a list of texts, at least one. */
  readonly review?: Role<Task, readonly string[]>;
  /** Makes the solution. An agent's is text; for anything else give a program. */
  readonly solve?: Role<Solving<Task, Solution>, Solution>;
  /** Says of each item of the checklist whether the solution satisfies it. What it says nothing of counts as not satisfied. */
  readonly validate?: Role<Validating<Task, Solution>, readonly ItemVerdict[]>;
  /** Says, of a solution that was not accepted, how to do better. */
  readonly reflect?: Role<Reflecting<Task, Solution>, string>;
  /** How many solutions are made at most. Too few: none is accepted. Too many: a task that cannot be solved costs that often. @defaultValue `3` */
  readonly maxRounds?: number;
}

const KNOWN: AllOf<DefaultRecipeOptions<string, unknown, unknown>> = {
  name: true,
  model: true,
  review: true,
  solve: true,
  validate: true,
  reflect: true,
  maxRounds: true,
};

/**
 * A reviewer makes a checklist of the task, a solver solves it, a validator checks the solution against the list; what fails goes
 * back, through reflection on what was wrong, until it is accepted or was tried `maxRounds` times.
 *
 * @throws {FlujoError} `pipeline_invalid` for options that there are not or that make no sense, and for a role that nobody plays.
 *
 * @example
 * ```ts
 * import { Flujo, step } from "flujo";
 * import { defaultRecipe } from "flujo/recipes";
 *
 * const recipe = defaultRecipe({
 *   review: step("list", (task: string) => [`It says something of ${task}.`]),
 *   solve: step("write", ({ task, before }: { task: string; before: unknown }) => (before === null ? "Hm." : `Of ${task}: they rise.`)),
 *   validate: step("look", ({ task, solution }: { task: string; solution: string }) => [{ item: 1, ok: solution.includes(task) }]),
 *   reflect: step("think", () => "Name it."),
 * });
 * const flujo = new Flujo();
 * const { solution, accepted, rounds } = (await flujo.run(recipe, "tides")).unwrap();
 * console.log(solution, accepted, rounds); // Of tides: they rise. true 2
 * await flujo.close();
 * ```
 */
export function defaultRecipe<Task = string, Solution = string, const Name extends string = "default">(
  options: DefaultRecipeOptions<Name, Task, Solution>,
): NamedStep<Task, DefaultResult<Solution>, unknown, Name>;
export function defaultRecipe(given: DefaultRecipeOptions<string, unknown, unknown>): Step<unknown, DefaultResult<unknown>> {
  const { name = "default", maxRounds = 3, ...roles } = checkOptions("defaultRecipe()", given, KNOWN);
  const at = `recipe ${JSON.stringify(name)}`;
  const task = step("task", (value: unknown) => value);
  const review = cast({ at, role: "review", given: roles.review, model: roles.model, instructions: REVIEW, output: CHECKLIST });
  return pipeline({ name })
    .step(task)
    .step(review, { validate: isChecklist })
    .gather({ task, checklist: review }, { name: "assignment" })
    .step("begin", ({ task, checklist }): Round => ({ task, checklist, rounds: 0, last: null }))
    .loop(roundOf(at, roles), {
      name: "rounds",
      maxIterations: wholeNumber(`${at}, maxRounds`, maxRounds, { least: 1 }),
      until: ({ last }) => last?.verdicts.every(({ ok }) => ok) === true,
      onExhausted: "return",
      output: resultOf,
    });
}

function isChecklist(items: readonly string[]): true | { readonly ok: false; readonly feedback: string } {
  if (Array.isArray(items) && items.length > 0 && items.every((item) => typeof item === "string")) return true;
  return { ok: false, feedback: "The checklist must be a list of texts, at least one." };
}

interface Round {
  readonly task: unknown;
  readonly checklist: readonly string[];
  readonly rounds: number;
  readonly last: { readonly solution: unknown; readonly verdicts: readonly CheckedItem[] } | null;
}

type Roles = Pick<DefaultRecipeOptions<string, unknown, unknown>, "model" | "solve" | "validate" | "reflect">;

function roundOf(at: string, { model, ...roles }: Roles): Step<Round, Round> {
  const solve = cast({ at, role: "solve", given: roles.solve, model, instructions: SOLVE, output: null });
  const validate = cast({ at, role: "validate", given: roles.validate, model, instructions: VALIDATE, output: schemaOf(VERDICTS) });
  const reflect = cast({ at, role: "reflect", given: roles.reflect, model, instructions: REFLECT, output: null });
  const open = step("open", (round: Round) => round);
  const again = pipeline({ name: "again" })
    .step("failed", ({ task, checklist, last }: Round) => ({ task, checklist, solution: last?.solution, verdicts: last?.verdicts ?? [] }))
    .step(reflect);
  return pipeline({ name: "round" })
    .step(open)
    .branch(({ last }) => (last === null ? "none" : "again"), { none: step("none", () => null), again }, { name: "reflection" })
    .gather({ round: open, reflection: "reflection" })
    .step("assign", ({ round: { task, checklist, last }, reflection }) => ({
      task,
      checklist,
      before: last === null ? null : { ...last, reflection: takenFrom("reflect", reflection, REFLECTION) },
    }))
    .step(solve)
    .gather({ round: open, solution: solve })
    .step("submit", ({ round: { task, checklist }, solution }) => ({ task, checklist, solution }))
    .step(validate)
    .gather({ round: open, solution: solve, verdicts: validate })
    .step("close", ({ round, solution, verdicts }): Round => {
      const found = checked(round.checklist, takenFrom("validate", verdicts, VERDICTS));
      return { ...round, rounds: round.rounds + 1, last: { solution, verdicts: found } };
    });
}

/** What is said of an item more than once has to be good each time; silence is no agreement. */
function checked(checklist: readonly string[], verdicts: readonly ItemVerdict[]): readonly CheckedItem[] {
  return checklist.map((item, index) => {
    const about = verdicts.filter((verdict) => verdict.item === index + 1);
    if (about.length === 0) return { item, ok: false, feedback: "The validator has said nothing of it." };
    const against = about.filter(({ ok }) => !ok);
    const words = (against.length > 0 ? against : about).flatMap(({ feedback }) => feedback ?? []);
    return { item, ok: against.length === 0, feedback: words.length === 0 ? null : words.join(" ") };
  });
}

function resultOf({ checklist, rounds, last }: Round): DefaultResult<unknown> {
  const verdicts = last?.verdicts ?? [];
  return { solution: last?.solution, accepted: verdicts.every(({ ok }) => ok), rounds, checklist, verdicts };
}

const CHECKLIST = schemaOf(
  list(text("Something that a good solution does, and that can be checked."), { least: 1, description: "The checklist." }),
);

const VERDICTS = list(
  fields({
    item: count("Which item of the checklist this is about: its place in the list, counted from 1."),
    ok: flag("Whether the solution satisfies the item."),
    feedback: orNull(text("What is missing, where it does not satisfy the item.")),
  }),
  { description: "One verdict for each item of the checklist, in its order." },
);

const REFLECTION = anyText("How to do better.");

const REVIEW =
  "You are the reviewer. Read the task and make the checklist that its solution will be checked against: three to seven short items, each something that can be checked by looking at the solution alone. Do not solve the task.";

const SOLVE =
  "You are the solver. You are given a task, the checklist that your solution will be checked against, and, from the second time on, your last solution with what was found of it and a reflection on how to do better. Give the whole solution, and nothing else.";

const VALIDATE =
  "You are the validator. You are given a task, a checklist and a solution. Say of every item of the checklist whether the solution satisfies it, and if it does not, what is missing. Judge only what is there. Do not solve the task.";

const REFLECT =
  "You are the critic. You are given a task, a checklist, a solution and what a validator found of it. Say in a few sentences why it failed and what is to be done differently next time. Do not write the solution.";
