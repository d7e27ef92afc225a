import type { LanguageModelObject, Step } from "../../index.ts";
import { pipeline, refine, step } from "../../index.ts";
import type { Claim, UnfoundedClaim } from "../claims.ts";
import type { Role } from "../role.ts";
import { cast } from "../role.ts";
import { count, fields, list, schemaOf, takenFrom, text } from "../shape.ts";

/** A claim as whoever brings claims together is given it. */
export interface NumberedClaim {
  /** What it is called by, from 1. */
  readonly number: number;
  readonly text: string;
  /** The documents that say so. */
  readonly documents: readonly string[];
}

/** What whoever brings claims together is given. */
export interface Reducing {
  readonly task: string;
  readonly claims: readonly NumberedClaim[];
  /** Whether what it gives is the answer; else it is brought together with others first. */
  readonly last: boolean;
}

/** What whoever brings claims together gives. */
export interface MergedClaim {
  readonly text: string;
  /** The numbers of the claims that it is made of. */
  readonly from: readonly number[];
}

/** Claims on their way to being few enough. */
export interface Claims {
  readonly task: string;
  readonly claims: readonly Claim[];
  readonly unfounded: readonly UnfoundedClaim[];
  readonly levels: number;
  readonly isDone: boolean;
}

/** How claims are brought together. */
export interface Condensing {
  readonly at: string;
  readonly model: string | LanguageModelObject | undefined;
  readonly reduce: Role<Reducing, readonly MergedClaim[]> | undefined;
  /** How many characters of claims are brought together at once. */
  readonly characters: number;
  readonly concurrency: number;
  readonly tries: number;
}

interface Group {
  readonly task: string;
  readonly claims: readonly Claim[];
  readonly last: boolean;
}

/** One level: the claims in groups that fit, each brought together. Where one group held them all, that was the last. */
export function levelOf({ characters, concurrency, ...merging }: Condensing): Step<Claims, Claims> {
  const before = step("before", (claims: Claims) => claims);
  const merged = pipeline({ name: "merged" }).map(mergerOf(merging), { name: "groups", concurrency });
  return pipeline({ name: "level" })
    .step(before)
    .step("group", ({ task, claims }) => groupsOf(task, claims, characters))
    .step(merged)
    .gather({ before, merged })
    .step(
      "join",
      ({ before, merged }): Claims => ({
        task: before.task,
        claims: merged.flatMap(({ check }) => check.claims),
        unfounded: [...before.unfounded, ...merged.flatMap(({ check }) => check.unfounded)],
        levels: before.levels + 1,
        isDone: merged.length === 1,
      }),
    );
}

/** At least two in a group, however long they are: one alone would stay what it is. */
function groupsOf(task: string, claims: readonly Claim[], characters: number): readonly Group[] {
  const groups: Claim[][] = [[]];
  let filled = 0;
  for (const claim of claims) {
    const length = JSON.stringify(numbered([claim])).length;
    const group = groups.at(-1);
    if (group === undefined || (group.length >= 2 && filled + length > characters)) {
      groups.push([claim]);
      filled = length;
    } else {
      group.push(claim);
      filled += length;
    }
  }
  return groups.map((group) => ({ task, claims: group, last: groups.length === 1 }));
}

function numbered(claims: readonly Claim[]): readonly NumberedClaim[] {
  return claims.map(({ text, citations }, index) => ({
    number: index + 1,
    text,
    documents: [...new Set(citations.map(({ document }) => document))],
  }));
}

type Merging = Omit<Condensing, "characters" | "concurrency">;

function mergerOf({ at, model, reduce, tries }: Merging) {
  const generate = pipeline({ name: "merge" })
    .step("number", ({ task, claims, last }: Group): Reducing => ({ task, claims: numbered(claims), last }))
    .step(cast({ at, role: "reduce", given: reduce, model, instructions: REDUCE, output: schemaOf(MERGED) }));
  return refine({
    name: "group",
    generate,
    critique: step("check", ({ input, artifact }: { readonly input: Group; readonly artifact: readonly MergedClaim[] }) =>
      checkedMerge(input.claims, artifact),
    ),
    maxIterations: tries,
    accept: ({ unfounded }) => unfounded.length === 0,
    feedback: ({ unfounded }) =>
      `These are made of no claim that there is: ${unfounded.map(({ text }) => JSON.stringify(text)).join(", ")}. Name in \`from\` the numbers of the claims that each is made of.`,
  });
}

/** A merged claim has the citations of those that it is made of. */
function checkedMerge(given: readonly Claim[], said: readonly MergedClaim[]): Pick<Claims, "claims" | "unfounded"> {
  const claims: Claim[] = [];
  const unfounded: UnfoundedClaim[] = [];
  for (const { text, from } of takenFrom("reduce", said, MERGED)) {
    const sources = [...new Set(from)].map((number) => given[number - 1]);
    const known = sources.filter((source) => source !== undefined);
    if (known.length === 0 || known.length < sources.length) unfounded.push({ text, quote: null, document: null });
    else claims.push({ text, citations: known.flatMap(({ citations }) => citations) });
  }
  return { claims, unfounded };
}

const MERGED = list(
  fields<MergedClaim>({
    text: text("One thing that the claims say, in a sentence."),
    from: list(count("The number of a claim that it is made of."), {
      least: 1,
      description: "The numbers of all claims that it is made of.",
    }),
  }),
  { least: 1, description: "What the claims say, for the task." },
);

const REDUCE =
  "You are given a task and numbered claims that were taken from documents for it. Bring them together: one claim for what several say, what matters most first, what does not matter for the task left out. Where claims contradict each other, say so. Say nothing that no claim says, and name for each the numbers of the claims that it is made of. Give fewer claims than you are given. Where `last` is true, what you give is the answer to the task.";
