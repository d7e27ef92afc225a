import type { Mutant } from "../mutant.ts";

const file = "src/core/handlers/nested.ts";

export const NESTED: readonly Mutant[] = [
  {
    id: "nested-drops-the-writes",
    file,
    find: "return tally.succeeded(result.output, left.outcome.value as readonly Patch[]);",
    replace: "return tally.succeeded(result.output);",
    says: "what its mapping sets is lost",
    prefixes: ["NEST"],
  },
  {
    id: "nested-shows-the-outer-context",
    file,
    find: "context: inner, atMs: tally.atMs",
    replace: "context, atMs: tally.atMs",
    says: "it sees the context around it",
    prefixes: ["NEST"],
  },
  {
    id: "nested-takes-any-context",
    file,
    find: '    if (whole.outcome.status === "failed") return tally.failed(whole.outcome.failure);\n',
    replace: "",
    says: "a context of its own that does not fit is taken",
    prefixes: ["NEST"],
  },
  {
    id: "nested-leaks-its-writes",
    file,
    find: "if (!node.mapsOut) return tally.succeeded(result.output);",
    replace: "if (!node.mapsOut) return tally.succeeded(result.output, result.writes);",
    says: "what it wrote is seen outside without a mapping",
    prefixes: ["NEST"],
  },
  {
    id: "nested-maps-what-was-before",
    file,
    find: "const after = inner.with(result.writes);",
    replace: "const after = inner;",
    says: "its mapping sees its context as it began",
    prefixes: ["NEST"],
  },
  {
    id: "nested-forgets-the-cost",
    file,
    find: "  tally.include(withinIt(result, { node: node.path, context: start, initialPrompt }));\n",
    replace: "",
    says: "what it used does not count",
    prefixes: ["NEST"],
  },
];
