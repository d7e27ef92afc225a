import type { Mutant } from "../mutant.ts";

const file = "src/core/handlers/route.ts";

export const ROUTE: readonly Mutant[] = [
  {
    id: "route-runs-what-is-known",
    file,
    find: "named === null || branches.length < named.size",
    replace: "named === null",
    says: "names that no branch has are passed over",
    prefixes: ["ROUTE"],
  },
  {
    id: "route-forgets-what-the-router-wrote",
    file,
    find: "before: said.writes",
    replace: "before: NO_PATCHES",
    says: "what the router wrote is lost",
    prefixes: ["ROUTE"],
  },
  {
    id: "route-hides-what-the-router-wrote",
    file,
    find: "frame.context.with(said.writes)",
    replace: "frame.context",
    says: "the branches do not see what the router wrote",
    prefixes: ["ROUTE"],
  },
  {
    id: "route-forgets-the-cost-of-the-router",
    file,
    find: "    tally.include(result);\n    return result.status",
    replace: "    return result.status",
    says: "what the router used does not count",
    prefixes: ["ROUTE"],
  },
  {
    id: "route-forgets-the-cost-of-the-branches",
    file,
    find: "if (result !== undefined) tally.include(result);",
    replace: "if (result === undefined) continue;",
    says: "what the branches used does not count",
    prefixes: ["ROUTE"],
  },
  {
    id: "route-never-stops",
    file,
    find: "stopsAfter: (result, index) => race.ended(result, index)",
    replace: "stopsAfter: (result, index) => race.ended(result, index) && false",
    says: "the other branches go on when one has failed",
    prefixes: ["ROUTE"],
  },
  {
    id: "route-hides-the-names",
    file,
    find: '  tally.note(\n    "routes",\n    branches.map(({ segment }) => segment),\n  );\n',
    replace: "",
    says: "which branches were named is not noted",
    prefixes: ["ROUTE"],
  },
  {
    id: "route-runs-them-all",
    file,
    find: "named?.has(segment) === true",
    replace: "named?.has(segment) !== undefined",
    says: "branches run that nobody named",
    prefixes: ["ROUTE"],
  },
];
