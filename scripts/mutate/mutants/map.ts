import type { Mutant } from "../mutant.ts";

const file = "src/core/handlers/map.ts";

export const MAP: readonly Mutant[] = [
  {
    id: "map-drops-the-writes",
    file,
    find: "writes.push({ name: `[${index}]`, writes: result.writes })",
    replace: "void index",
    says: "what the items wrote is lost",
    prefixes: ["MAP"],
  },
  {
    id: "map-takes-anything",
    file,
    find: "  if (!Array.isArray(items)) return tally.failed(notAList(frame));\n",
    replace: "",
    says: "what is no list is taken for one",
    prefixes: ["MAP"],
  },
  {
    id: "map-turns-the-order",
    file,
    find: "of results.entries()",
    replace: "of [...results.entries()].reverse()",
    says: "the last item comes first",
    prefixes: ["MAP"],
  },
  {
    id: "map-goes-on-after-a-failure",
    file,
    find: 'result.status === "failed" && (onFailure === "propagate" ||',
    replace: 'result.status === "failed" && (false ||',
    says: "the others go on when an item has failed",
    prefixes: ["MAP"],
  },
  {
    id: "map-forgets-the-cost",
    file,
    find: "    tally.include(result);\n",
    replace: "",
    says: "what the items used does not count",
    prefixes: ["MAP"],
  },
];
