import type { Mutant } from "../mutant.ts";

const expanding = "src/dsl/define-kind-expand.ts";
const marks = "src/plan/kind-marks.ts";

export const KIND: readonly Mutant[] = [
  {
    id: "kind-expands-what-it-was-given",
    file: expanding,
    find: "if (checked.ok) return checked.value;",
    replace: "if (checked.ok) return given;",
    says: "what the schema makes of the options does not reach `expand`",
    prefixes: ["KIND"],
  },
  {
    id: "kind-is-expanded-once-too-often",
    file: expanding,
    find: "if (within.length >= MOST_WITHIN)",
    replace: "if (within.length > MOST_WITHIN)",
    says: "one more expansion may lie in others than is said",
    prefixes: ["KIND"],
  },
  {
    id: "kind-is-never-done",
    file: expanding,
    find: "    within.pop();\n",
    replace: "",
    says: "an expansion that is over counts as one that others lie in",
    prefixes: ["KIND"],
  },
  {
    id: "kind-takes-anything",
    file: expanding,
    find: "  if (isProgram(program)) return program;\n",
    replace: "  if (typeof program !== 'function') return program as AnyStep;\n",
    says: "what is no program is taken for one",
    prefixes: ["KIND"],
  },
  {
    id: "kind-has-no-caption",
    file: expanding,
    find: "caption: captionOf(at, kind, options) })",
    replace: 'caption: "" })',
    says: "what it says of its options is not in the plan",
    prefixes: ["KIND"],
  },
  {
    id: "kind-forgets-the-inner-ones",
    file: marks,
    find: "Object.freeze([...marks, ...(node.madeBy ?? [])])",
    replace: "Object.freeze([...marks])",
    says: "of kinds in kinds only the outermost is in the plan",
    prefixes: ["KIND"],
  },
  {
    id: "kind-is-in-the-fingerprint",
    file: marks,
    find: "return Object.freeze({ ...node, madeBy:",
    replace: "return Object.freeze({ ...node, fingerprint: canonicalJson(own), madeBy:",
    says: "another name of a kind is another node",
    prefixes: ["KIND"],
  },
  {
    id: "kind-is-in-the-key-of-a-cache",
    file: "src/plan/compile-cache.ts",
    find: "const root = withoutMarks(marked);",
    replace: "withoutMarks(marked); const root = marked;",
    says: "what was kept of a program is lost when its kind is called otherwise",
    prefixes: ["KIND", "CACHE"],
  },
];
