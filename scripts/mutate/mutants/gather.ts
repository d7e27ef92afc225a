import type { Mutant } from "../mutant.ts";

const sequence = "src/core/handlers/sequence.ts";
const compile = "src/plan/compile-gather.ts";
const prefixes = ["GATHER"];

export const GATHER: readonly Mutant[] = [
  {
    id: "gather-passes-on-what-comes-before",
    file: sequence,
    find: '    if (kept !== null && child.kind === "gather") input = picked(child, kept);\n',
    replace: "",
    says: "it gives what came right before it",
    prefixes,
  },
  {
    id: "gather-gives-what-members-were-given",
    file: sequence,
    find: "    input = result.output;\n    if (kept !== null && keeps?.includes(child.segment) === true) kept.set(child.segment, input);\n",
    replace:
      "    if (kept !== null && keeps?.includes(child.segment) === true) kept.set(child.segment, input);\n    input = result.output;\n",
    says: "it picks the inputs of members, not their outputs",
    prefixes,
  },
  {
    id: "gather-mixes-up-its-keys",
    file: sequence,
    find: "[key, kept.get(segment)]",
    replace: "[segment, kept.get(segment)]",
    says: "what it picks stands under the member's name",
    prefixes,
  },
  {
    id: "gather-picks-what-comes-later",
    file: compile,
    find: "const earlier = names.slice(0, at);",
    replace: "const earlier = names;",
    says: "a member that comes after it is not refused",
    prefixes,
  },
  {
    id: "gather-takes-the-first-of-two",
    file: compile,
    find: "if (second !== undefined) {",
    replace: "if (second !== undefined && names.length === 0) {",
    says: "a program that stands there twice is not refused",
    prefixes,
  },
  {
    id: "gather-trusts-a-fallback",
    file: compile,
    find: "member.fallbacks.length > 0 || member.onError",
    replace: "member.onError",
    says: "what a fallback may have given has the type of the program",
    prefixes,
  },
  {
    id: "gather-trusts-a-default",
    file: compile,
    find: ' || member.onError !== "fail"',
    replace: "",
    says: "a default has the type of the program",
    prefixes,
  },
];
