import type { Mutant } from "../mutant.ts";

const file = "src/core/handlers/map.ts";

export const MAP: readonly Mutant[] = [
  {
    id: "map-drops-the-writes",
    file,
    find: "this.#writes.push({ index, writes: result.writes })",
    replace: "void index",
    says: "what the items wrote is lost",
    prefixes: ["MAP"],
  },
  {
    id: "map-takes-anything",
    file,
    find: "  if (!Array.isArray(items)) return tally.failed(notAList(frame));\n",
    replace: "  if (!Array.isArray(items)) return tally.succeeded([]);\n",
    says: "what is no list is taken for an empty one",
    prefixes: ["MAP"],
  },
  {
    id: "map-turns-the-order",
    file,
    find: 'this.outputs[index] = this.#collects ? { status: "succeeded"',
    replace: 'this.outputs[this.outputs.length - 1 - index] = this.#collects ? { status: "succeeded"',
    says: "the last item comes first",
    prefixes: ["MAP"],
  },
  {
    id: "map-merges-as-they-ended",
    file,
    find: "this.#writes.toSorted((a, b) => a.index - b.index)",
    replace: "this.#writes",
    says: "what was written is merged in the order in which the items ended",
    prefixes: ["MAP"],
  },
  {
    id: "map-blames-a-loser",
    file,
    find: 'inOrder.find(({ code }) => code !== "cancelled") ?? inOrder[0]',
    replace: "inOrder[0]",
    says: "the failure is that of an item that was told to stop because of it",
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
    find: "      tally.include(result);\n",
    replace: "",
    says: "what the items used does not count",
    prefixes: ["MAP"],
  },
];
