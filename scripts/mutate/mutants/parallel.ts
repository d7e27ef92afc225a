import type { Mutant } from "../mutant.ts";

const file = "src/core/handlers/parallel.ts";
const race = "src/core/race.ts";

export const PARALLEL: readonly Mutant[] = [
  {
    id: "parallel-drops-the-writes",
    file: race,
    find: "      writes.push({ name: branch.segment, writes: result.writes });\n",
    replace: "",
    says: "what the branches wrote is lost",
    prefixes: ["PAR"],
  },
  {
    id: "parallel-never-stops",
    file,
    find: "stopsAfter: (result, index) => race.ended(result, index)",
    replace: "stopsAfter: (result, index) => race.ended(result, index) && false",
    says: "the others go on when it has been decided",
    prefixes: ["PAR"],
  },
  {
    id: "parallel-merges-as-they-ended",
    file: race,
    find: "this.winners.toSorted((a, b) => a - b)",
    replace: "this.winners",
    says: "what was written is merged in the order in which the branches ended",
    prefixes: ["PAR"],
  },
  {
    id: "parallel-forgets-the-cost",
    file,
    find: "if (result !== undefined) tally.include(result);",
    replace: "if (result === undefined) continue;",
    says: "what the branches used does not count",
    prefixes: ["PAR"],
  },
  {
    id: "parallel-hides-the-ignored",
    file,
    find: '  if (ignored.length > 0) tally.note("ignored", ignored);\n',
    replace: "",
    says: "ignored branches are not named",
    prefixes: ["PAR"],
  },
  {
    id: "parallel-waits-for-one-more",
    file: race,
    find: "this.winners.length >= this.#needed",
    replace: "this.winners.length > this.#needed",
    says: "a race goes on although enough have succeeded",
    prefixes: ["PAR"],
  },
  {
    id: "parallel-gives-up-too-late",
    file: race,
    find: "branches.length - this.#failures.length < this.#needed",
    replace: "branches.length - this.#failures.length < this.#needed - 1",
    says: "a race goes on although too few are left",
    prefixes: ["PAR"],
  },
  {
    id: "parallel-gives-no-name",
    file,
    find: "{ branch: winner[0], output: winner[1] }",
    replace: "winner[1]",
    says: "who was first is not said",
    prefixes: ["PAR"],
  },
];
