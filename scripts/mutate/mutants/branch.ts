import type { Mutant } from "../mutant.ts";

const file = "src/core/handlers/branch.ts";

export const BRANCH: readonly Mutant[] = [
  {
    id: "branch-drops-the-writes",
    file,
    find: "tally.succeeded(result.output, result.writes)",
    replace: "tally.succeeded(result.output)",
    says: "what the branch wrote is lost",
    prefixes: ["BRANCH"],
  },
  {
    id: "branch-takes-what-is-inherited",
    file,
    find: "Object.hasOwn(node.branches, text)",
    replace: "text in node.branches",
    says: "a key that every object has counts as a branch",
    prefixes: ["BRANCH"],
  },
  {
    id: "branch-takes-the-default-first",
    file,
    find: "if (text !== null &&",
    replace: "if (node.default === null && text !== null &&",
    says: "where there is a default, keys do not matter",
    prefixes: ["BRANCH"],
  },
  {
    id: "branch-forgets-the-cost",
    file,
    find: "  tally.include(result);\n",
    replace: "",
    says: "what the branch used does not count",
    prefixes: ["BRANCH"],
  },
  {
    id: "branch-does-not-say-the-key",
    file,
    find: '  tally.note("key", chosen.key);\n',
    replace: "",
    says: "the key taken is not in the metadata",
    prefixes: ["BRANCH"],
  },
  {
    id: "branch-skips-a-failed-decision",
    file,
    find: '  if (decided.outcome.status === "failed") return tally.failed(decided.outcome.failure);\n',
    replace: "",
    says: "a selector that threw counts as an unknown key",
    prefixes: ["BRANCH", "DEC"],
  },
];
