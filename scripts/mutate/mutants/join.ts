import type { Mutant } from "../mutant.ts";

const file = "src/core/join.ts";

export const JOIN: readonly Mutant[] = [
  {
    id: "join-drops-the-writes",
    file,
    find: "tally.succeeded(output, merged.writes)",
    replace: "tally.succeeded(output)",
    says: "what was merged is lost",
    prefixes: ["PAR", "MAP"],
  },
  {
    id: "join-takes-any-context",
    file,
    find: 'return checked.outcome.status === "succeeded" ?',
    replace: 'return checked.outcome.status !== "cancelled" ?',
    says: "a merged context that does not fit is taken",
    prefixes: ["PAR"],
  },
  {
    id: "join-looks-at-the-context-before",
    file,
    find: "context: frame.context.with(merged.writes),",
    replace: "context: frame.context,",
    says: "what is checked is the context without what was merged",
    prefixes: ["PAR"],
  },
  {
    id: "join-forgets-which-branches",
    file,
    find: "details: { field: merged.field, branches: [first, second] },",
    replace: "details: { field: merged.field, branches: [second, first] },",
    says: "who wrote first is said to have written second",
    prefixes: ["PAR", "MAP"],
  },
];
