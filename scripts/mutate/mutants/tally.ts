import type { Mutant } from "../mutant.ts";

const file = "src/core/tally.ts";

export const TALLY: readonly Mutant[] = [
  {
    id: "tally-forgets-failed-operations",
    file,
    find: "    if (usage !== undefined) this.#usage = addUsage(this.#usage, usage);\n",
    replace: "",
    says: "what operations used does not count",
    prefixes: ["RETRY", "AGENT"],
  },
  {
    id: "tally-forgets-children",
    file,
    find: "    this.#usage = addUsage(this.#usage, result.usage);\n",
    replace: "",
    says: "what children used does not count",
    prefixes: ["SEQ", "PAR"],
  },
  {
    id: "tally-forgets-the-cost-of-children",
    file,
    find: "    this.#cost = addCost(this.#cost, result.cost);\n",
    replace: "",
    says: "what children cost does not count",
    prefixes: ["SEQ", "PAR"],
  },
  {
    id: "tally-counts-the-last-attempt-only",
    file,
    find: "Math.max(this.#attempts, attempts)",
    replace: "Math.min(this.#attempts, attempts)",
    says: "there was one attempt, however many there were",
    prefixes: ["RETRY"],
  },
];
