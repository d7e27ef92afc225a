import type { Mutant } from "../mutant.ts";

const file = "src/core/join.ts";

export const JOIN: readonly Mutant[] = [
  {
    id: "join-drops-the-writes",
    file,
    find: "return given.tally.succeeded(given.results, given.writes);",
    replace: "return given.tally.succeeded(given.results);",
    says: "what was merged is lost",
    prefixes: ["PAR", "MAP"],
  },
  {
    id: "join-takes-any-context",
    file: "src/core/merge-branches.ts",
    find: '  return checked.outcome.status === "succeeded" ? { ok: true, writes } : { ok: false, failure: checked.outcome.failure };\n',
    replace: "  return { ok: true, writes };\n",
    says: "a merged context that does not fit is taken",
    prefixes: ["PAR"],
  },
  {
    id: "join-looks-at-the-context-before",
    file: "src/core/merge-branches.ts",
    find: "context: context.with(writes),",
    replace: "context,",
    says: "what is checked is the context without what was merged",
    prefixes: ["PAR"],
  },
  {
    id: "join-forgets-which-branches",
    file: "src/core/context/conflict.ts",
    find: "branches: [first.name, second.name]",
    replace: "branches: [second.name, first.name]",
    says: "who wrote first is said to have written second",
    prefixes: ["PAR", "MAP"],
  },
];
