import { isPlainObject } from "../base/json.ts";
import { didYouMean } from "../base/near-names.ts";
import type { GatherNode, PlanNode } from "../model/node.ts";
import type { Place, Siblings } from "./compilation.ts";
import type { Definition, GatherDefinition } from "./definition.ts";
import { fingerprintOfConfig } from "./fingerprint.ts";
import { invalid, shown } from "./invalid.ts";
import { checkName } from "./names.ts";

/** A gather: what it picks is found among the members before it. */
export function compileGather(definition: GatherDefinition, place: Place): GatherNode {
  const { path, segment, among } = place;
  const name = definition.name ?? place.name;
  checkName(path, "a gather", name);
  if (among === undefined) throw invalid(path, "a gather stands alone", "Put it into a pipeline, after what it gathers.");
  const given: unknown = definition.picks;
  if (!isPlainObject(given))
    throw invalid(path, `what it gathers is ${shown(given)}`, "Give an object: { key: program } or { key: name }.");
  const entries = Object.entries(definition.picks);
  if (entries.length === 0) throw invalid(path, "it gathers nothing", "Give an object: { key: program } or { key: name }.");
  const picks = Object.freeze(Object.fromEntries(entries.map(([key, pick]) => [key, memberFor(pick, among, { path, key })])));
  const fingerprint = fingerprintOfConfig({ kind: "gather", name, picks });
  return Object.freeze({ kind: "gather", name, segment, path, fingerprint, picks });
}

/** The segments of those whose outputs gathers among these nodes pick. */
export function keptBy(children: readonly PlanNode[]): readonly string[] {
  const kept = new Set(children.flatMap((child) => (child.kind === "gather" ? Object.values(child.picks) : [])));
  return Object.freeze([...kept]);
}

interface Pick {
  readonly path: string;
  readonly key: string;
}

/** The name of the member that is meant. */
function memberFor(pick: unknown, among: Siblings, about: Pick): string {
  return typeof pick === "string" ? memberCalled(pick, among, about) : memberThatIs(pick as Definition, among, about);
}

function memberCalled(name: string, { names, at }: Siblings, { path, key }: Pick): string {
  const earlier = names.slice(0, at);
  if (earlier.includes(name)) return name;
  const what = names.includes(name) ? "comes after it" : "is no member of its pipeline";
  const known = `Those before it: ${earlier.length === 0 ? "none" : earlier.join(", ")}.`;
  throw invalid(path, `"${key}" gathers ${shown(name)}, which ${what}`, `${known}${didYouMean(name, earlier)}`);
}

/** By the very program that was put there, with or without options around it. */
function memberThatIs(program: Definition, { names, members, at }: Siblings, { path, key }: Pick): string {
  const called = `${program.kind} ${shown(program.name)}`;
  const found = members.flatMap((member, index) => (member !== null && isIn(member, program) ? [index] : []));
  const [first, second] = found.filter((index) => index < at);
  if (first === undefined) {
    const what = found.length > 0 ? "which comes after it" : "which is no member of its pipeline";
    throw invalid(
      path,
      `"${key}" gathers the ${called}, ${what}`,
      "Give a program that stands before it in the same pipeline, or a member's name.",
    );
  }
  if (second !== undefined) {
    const remedy = `Give the name of the one: "${names[first]}" or "${names[second]}".`;
    throw invalid(path, `"${key}" gathers the ${called}, which stands there twice`, remedy);
  }
  const member = members[first];
  if (member !== null && member !== undefined && mayGiveOther(member, program)) {
    const remedy = `Gather it by its name, "${names[first]}": its type is then unknown, and no longer wrong.`;
    throw invalid(path, `"${key}" gathers the ${called}, in whose place a fallback or a default may have given something else`, remedy);
  }
  return names[first] ?? "";
}

/** Whether a member is this program, or this program with something around it that passes on what it gives. */
function isIn(member: Definition, program: Definition): boolean {
  if (member === program) return true;
  return (member.kind === "policy" || member.kind === "nested") && isIn(member.program, program);
}

function mayGiveOther(member: Definition, program: Definition): boolean {
  if (member === program) return false;
  if (member.kind === "nested") return mayGiveOther(member.program, program);
  if (member.kind !== "policy") return false;
  return member.fallbacks.length > 0 || member.onError !== "fail" || mayGiveOther(member.program, program);
}
