import type { Mutant } from "../mutant.ts";

const file = "src/core/handlers/gate.ts";
const votes = "src/core/gate-votes.ts";

export const GATE: readonly Mutant[] = [
  {
    id: "gate-gives-its-votes",
    file,
    find: "output: frame.input });",
    replace: "output: votes.asJson });",
    says: "it gives the votes in place of the value",
    prefixes: ["GATE"],
  },
  {
    id: "gate-is-free",
    file,
    find: "  for (const result of votes.heard(results)) if (result !== undefined) tally.include(result);\n",
    replace: "",
    says: "what its judges used does not count",
    prefixes: ["GATE"],
  },
  {
    id: "gate-drops-the-writes",
    file,
    find: "branches: votes.writes,",
    replace: "branches: [],",
    says: "what its judges wrote is lost",
    prefixes: ["GATE"],
  },
  {
    id: "gate-counts-any-score",
    file: votes,
    find: "verdict.score >= minScore",
    replace: "verdict.score > minScore",
    says: "a score that just will do will not",
    prefixes: ["GATE"],
  },
  {
    id: "gate-needs-no-score",
    file: votes,
    find: "(verdict.score !== null && verdict.score",
    replace: "(verdict.score === null || verdict.score",
    says: "a judge agrees without a score",
    prefixes: ["GATE"],
  },
  {
    id: "gate-opens-on-a-tie",
    file: votes,
    find: 'yes > no + left ? "open"',
    replace: 'yes >= no + left ? "open"',
    says: "half of the votes are a majority",
    prefixes: ["GATE"],
  },
  {
    id: "gate-waits-for-everybody",
    file: votes,
    find: '      if (no > 0) return "closed";\n      return left > 0 ? null : yes > 0 ? "open" : "closed";',
    replace: '      return left > 0 ? null : yes > 0 && no === 0 ? "open" : "closed";',
    says: "those under way are not told that it is decided",
    prefixes: ["GATE"],
  },
  {
    id: "gate-opens-for-nobody",
    file: votes,
    find: 'left > 0 ? null : yes > 0 ? "open" : "closed"',
    replace: 'left > 0 ? null : "open"',
    says: "a gate for which nobody votes opens",
    prefixes: ["GATE"],
  },
  {
    id: "gate-ignores-a-cancellation",
    file: votes,
    find: '"propagate" || isFinal(failure)',
    replace: '"propagate"',
    says: "a cancelled judge just does not vote",
    prefixes: ["GATE"],
  },
  {
    id: "gate-counts-who-is-told-to-stop",
    file: votes,
    find: "    this.end ??= this.#decision();",
    replace: "    this.end = this.#decision();",
    says: "the failure of a judge is forgotten",
    prefixes: ["GATE"],
  },
];
