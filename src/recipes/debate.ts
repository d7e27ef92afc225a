import type { LanguageModelObject, NamedStep, Step } from "../index.ts";
import { FlujoError, isProgram, pipeline, step } from "../index.ts";
import { type AllOf, checkOptions, invalid, shown, wholeNumber } from "./invalid.ts";
import type { Role } from "./role.ts";
import { cast } from "./role.ts";
import { anyText, fields, oneOf, orNull, schemaOf, takenFrom, text } from "./shape.ts";

/** What one side has said. */
export interface Statement {
  /** Who said it: the side's name. */
  readonly side: string;
  /** In which round, from 1. */
  readonly round: number;
  readonly text: string;
}

/** What a side is given when it is its turn. */
export interface DebateTurn<Question = string> {
  readonly question: Question;
  /** Its own name. */
  readonly side: string;
  /** What it stands for, in the author's words; its name where there are none. */
  readonly position: string;
  /** Which round it is, from 1, and of how many. */
  readonly round: number;
  readonly rounds: number;
  /** All that was said before, by all sides, in that order. */
  readonly statements: readonly Statement[];
}

/** What the judge is given. */
export interface Judging<Question = string> {
  readonly question: Question;
  readonly sides: readonly { readonly side: string; readonly position: string }[];
  readonly statements: readonly Statement[];
}

/** What the judge says. */
export interface Judgement<Side extends string = string> {
  /** Whose case is the better one; null where none is. */
  readonly winner: Side | null;
  /** Why. */
  readonly reasons: string;
}

/** What a debate gives. */
export interface DebateResult<Side extends string> extends Judgement<Side> {
  /** All that was said, in that order. */
  readonly statements: readonly (Statement & { readonly side: Side })[];
}

/** One side of a debate. */
export interface DebateSide<Question = string> {
  /** What it stands for, in words. @defaultValue its name */
  readonly position?: string;
  /** Who speaks for it. Default: an agent of the debate's `model`. */
  readonly speaker?: Role<DebateTurn<Question>, string>;
}

/** What `debate()` takes. */
export interface DebateOptions<Name extends string, Question, Sides extends string> {
  /** Part of the path. @defaultValue `"debate"` */
  readonly name?: Name;
  /** Whom those ask that say no model of their own: `provider:model`, or a language model object of the AI SDK. */
  readonly model?: string | LanguageModelObject;
  /** At least two, by their names, in the order in which they speak: what each stands for, as text, or more about it. */
  readonly sides: { readonly [Side in Sides]: string | DebateSide<Question> };
  /** Decides at the end. Default: an agent of the `model`. */
  readonly judge?: Role<Judging<Question>, Judgement>;
  /** How often each side speaks. Too many: they repeat themselves, and each turn reads all that was said before. @defaultValue `2` */
  readonly rounds?: number;
}

const KNOWN: AllOf<DebateOptions<string, unknown, string>> = { name: true, model: true, sides: true, judge: true, rounds: true };
const SIDE: AllOf<DebateSide> = { position: true, speaker: true };

/**
 * Two sides or more argue a question in turn, each knowing all that was said before it; then a judge says whose case is the better
 * one, and why.
 *
 * @throws {FlujoError} `pipeline_invalid` for options that there are not or that make no sense, and for a role that nobody plays.
 *
 * @example
 * ```ts
 * import { Flujo, step } from "flujo";
 * import type { DebateTurn, Judging } from "flujo/recipes";
 * import { debate } from "flujo/recipes";
 *
 * const speaker = step("speak", ({ position, statements }: DebateTurn) => `${position}, whatever the ${statements.length} before me say.`);
 * const judge = step("judge", ({ statements }: Judging) => ({ winner: statements[0]?.side ?? null, reasons: "It was first." }));
 * const tea = debate({ sides: { milk: { position: "Milk first", speaker }, tea: { position: "Tea first", speaker } }, judge, rounds: 1 });
 * const flujo = new Flujo();
 * const { winner, statements } = (await flujo.run(tea, "What goes into the cup first?")).unwrap();
 * console.log(winner, statements.map(({ text }) => text)); // milk [ 'Milk first, whatever the 0 before me say.', 'Tea first, whatever the 1 before me say.' ]
 * await flujo.close();
 * ```
 */
export function debate<Sides extends string, Question = string, const Name extends string = "debate">(
  options: DebateOptions<Name, Question, Sides>,
): NamedStep<Question, DebateResult<Sides>, unknown, Name>;
export function debate(given: DebateOptions<string, unknown, string>): Step<unknown, DebateResult<string>> {
  const { name = "debate", model, judge, rounds = 2, ...options } = checkOptions("debate()", given, KNOWN);
  const at = `debate ${JSON.stringify(name)}`;
  const most = wholeNumber(`${at}, rounds`, rounds, { least: 1 });
  const sides = sidesOf(at, options.sides);
  const names = sides.map(({ side }) => side);
  const judging = cast({ at, role: "judge", given: judge, model, instructions: JUDGE, output: judgementOf(names) });
  const floor = step("hear", (debated: Floor) => debated);
  const around = sides.reduce(
    (before, side) => before.step(turnOf(at, { side, model, rounds: most })),
    pipeline({ name: "round" }).step("open", ({ question, statements }: Floor): Floor => ({ question, statements })),
  );
  return pipeline({ name })
    .step("begin", (question: unknown): Floor => ({ question: asked(question), statements: [] }))
    .loop(around, { name: "rounds", maxIterations: most })
    .step(floor)
    .step("submit", ({ question, statements }) => ({
      question,
      sides: sides.map(({ side, position }) => ({ side, position })),
      statements,
    }))
    .step(judging)
    .gather({ floor, judgement: judging })
    .step("close", ({ floor: { statements }, judgement }) => ({ ...known(names, takenFrom("judge", judgement, JUDGED)), statements }));
}

/** What was said so far. */
interface Floor {
  readonly question: unknown;
  readonly statements: readonly Statement[];
}

interface Side extends DebateSide<unknown> {
  readonly side: string;
  readonly position: string;
}

/** Of what kind a question is, only the programs of the author's own know; that there is one can be known here. */
function asked(question: unknown): unknown {
  const isNone = question === undefined || question === null || (typeof question === "string" && question.trim() === "");
  if (!isNone) return question;
  throw new FlujoError("input_invalid", `There is no question to debate: it is ${shown(question)}.`, { remedy: "Run it with a question." });
}

function sidesOf(at: string, given: Readonly<Record<string, string | DebateSide<unknown>>>): readonly Side[] {
  const remedy = "Give at least two, as an object: { yes: 'what it stands for', no: '…' }.";
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw invalid(at, `its sides are ${shown(given)}`, remedy);
  const sides = Object.entries(given);
  if (sides.length < 2) throw invalid(at, sides.length === 0 ? "it has no sides" : `its only side is ${shown(sides[0]?.[0])}`, remedy);
  return sides.map(([side, about]) => {
    if (typeof about === "string") return { side, position: about };
    const where = `${at}, side ${JSON.stringify(side)}`;
    if (typeof about === "function" || isProgram(about))
      throw invalid(where, `it is a ${typeof about === "function" ? "function" : "program"}`, SPEAKER);
    const { position = side, ...rest } = checkOptions<DebateSide<unknown>>(where, about, SIDE);
    return { side, position, ...rest };
  });
}

const SPEAKER = 'Give a program as its speaker: { speaker: program }; a function becomes a step with step("name", fn).';

interface Turn {
  readonly side: Side;
  readonly model: string | LanguageModelObject | undefined;
  readonly rounds: number;
}

/** One side hears what was said, speaks, and what it says is added. */
function turnOf(at: string, { side: { side, position, speaker }, model, rounds }: Turn): Step<Floor, Floor> {
  const floor = step("hear", (debated: Floor) => debated);
  const speak = cast({
    at: `${at}, side ${JSON.stringify(side)}`,
    role: "speak",
    given: speaker,
    model,
    instructions: SPEAK,
    output: null,
  });
  const roundOf = ({ statements }: Floor): number => statements.filter((said) => said.side === side).length + 1;
  return pipeline({ name: side })
    .step(floor)
    .step("rise", (debated) => ({ ...debated, side, position, round: roundOf(debated), rounds }))
    .step(speak)
    .gather({ floor, text: speak })
    .step("sit", ({ floor, text }): Floor => {
      const said = takenFrom(`speak of the side ${JSON.stringify(side)}`, text, SPOKEN);
      return { ...floor, statements: [...floor.statements, { side, round: roundOf(floor), text: said }] };
    });
}

/** A judge of the user's own may name anybody. */
function known(names: readonly string[], { winner, reasons }: Judgement): Judgement {
  if (winner === null || names.includes(winner)) return { winner, reasons };
  throw new FlujoError("output_invalid", `The judge has named ${shown(winner)}, and the sides are ${names.join(", ")}.`, {
    remedy: "Let the judge give the name of a side, or null.",
  });
}

const SPOKEN = anyText("What the side says.");

/** Whom a judge of the user's own names is looked at when it is known that it is a name. */
const JUDGED = fields<Judgement>({ winner: orNull(anyText("The side.")), reasons: anyText("Why.") });

const judgementOf = (names: readonly string[]) =>
  schemaOf<Judgement>(
    fields({
      winner: orNull(oneOf(names, "The side whose case is the better one; null where none is.")),
      reasons: text("Why, by what was said."),
    }),
  );

const SPEAK =
  "You speak for one side of a debate: `side` and `position` say which. You are given the question and all that was said so far. Make the best honest case for your side in one paragraph; answer what the others have said against it, and do not repeat what you have said before. In the last round, sum up.";

const JUDGE =
  "You are the judge of a debate. You are given the question, the sides and all that was said. Say which side has made the better case and why, by what was said and not by what you think of the question yourself.";
