import type { Mutant } from "../mutant.ts";

const file = "src/core/reduce.ts";
const ours = "src/dsl/reducers.ts";

export const REDUCE: readonly Mutant[] = [
  {
    id: "reduce-sees-the-context-before",
    file,
    find: "const context = frame.context.with(writes);",
    replace: "const { context } = frame;",
    says: "a reducer does not see what the members wrote",
    prefixes: ["RED"],
  },
  {
    id: "reduce-drops-the-writes",
    file,
    find: "tally.succeeded(outcome.value, writes)",
    replace: "tally.succeeded(outcome.value)",
    says: "what the members wrote is lost",
    prefixes: ["RED"],
  },
  {
    id: "reduce-takes-a-throw-for-an-answer",
    file,
    find: 'return outcome.status === "succeeded" ?',
    replace: 'return outcome.status === "succeeded" || frame !== undefined ?',
    says: "a reducer that throws is passed over",
    prefixes: ["RED"],
  },
  {
    id: "reduce-judge-is-not-told-the-input",
    file,
    find: "const input = { input: frame.input, results };",
    replace: "const input = { results };",
    says: "a judge is given the results alone",
    prefixes: ["RED"],
  },
  {
    id: "reduce-judge-loses-its-writes",
    file,
    find: "result.writes.length === 0 ? writes : [...writes, ...result.writes]",
    replace: "writes",
    says: "what a judge wrote is lost",
    prefixes: ["RED"],
  },
  {
    id: "reduce-judge-is-free",
    file,
    find: "  tally.include(result);\n",
    replace: "",
    says: "what a judge used does not count",
    prefixes: ["RED"],
  },
  {
    id: "reduce-majority-takes-the-last-of-a-tie",
    file: ours,
    find: "each.count > most.count",
    replace: "each.count >= most.count",
    says: "of several with as many votes the last counts",
    prefixes: ["RED"],
  },
  {
    id: "reduce-best-takes-the-last-of-a-tie",
    file: ours,
    find: "each.score > most.score",
    replace: "each.score >= most.score",
    says: "of several with the same score the last counts",
    prefixes: ["RED"],
  },
  {
    id: "reduce-union-goes-by-identity",
    file: ours,
    find: "const same = sameness(item);",
    replace: "const same = item;",
    says: "objects that hold the same are not the same",
    prefixes: ["RED"],
  },
];
