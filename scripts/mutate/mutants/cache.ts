import type { Mutant } from "../mutant.ts";

const file = "src/core/handlers/cache.ts";

export const CACHE: readonly Mutant[] = [
  {
    id: "cache-never-recalls",
    file,
    find: "  if (recalled.isHit) return tally.succeeded(recalled.value, recalled.writes);\n",
    replace: "",
    says: "what it has is run again",
    prefixes: ["CACHE"],
  },
  {
    id: "cache-recalls-no-writes",
    file,
    find: "tally.succeeded(recalled.value, recalled.writes)",
    replace: "tally.succeeded(recalled.value)",
    says: "what was written is not written again",
    prefixes: ["CACHE"],
  },
  {
    id: "cache-keeps-failures",
    file,
    find: '  if (result.status === "failed") return tally.failed(result.failure);\n  const { output, writes } = result;',
    replace: '  const { output = null, writes } = result as Extract<StepResult, { status: "succeeded" }>;',
    says: "a failure is kept as if it were an outcome",
    prefixes: ["CACHE"],
  },
  {
    id: "cache-keeps-nothing-written",
    file,
    find: "detail: { ...detail, writes }",
    replace: "detail",
    says: "what was written is not kept",
    prefixes: ["CACHE"],
  },
  {
    id: "cache-forgets-the-cost",
    file,
    find: "  tally.include(result);\n",
    replace: "",
    says: "what the program used does not count",
    prefixes: ["CACHE"],
  },
  {
    id: "cache-ignores-its-own-key",
    file,
    find: "    by = said.outcome.value;\n",
    replace: "",
    says: "what stands for the input is asked, and not used",
    prefixes: ["CACHE"],
  },
  {
    id: "cache-runs-after-it-was-called-off",
    file,
    find: '  if (looked.outcome.status === "failed") return tally.failed(looked.outcome.failure);\n  const recalled = looked.outcome.value as Recalled;',
    replace:
      '  const recalled = (looked.outcome.status === "failed" ? { isHit: true, value: null, writes: [] } : looked.outcome.value) as Recalled;',
    says: "a call that was told to stop while it waited gives nothing instead",
    prefixes: ["CACHE"],
  },
  {
    id: "cache-hides-what-failed",
    file,
    find: '  if (recalled.problem !== null) tally.note("cacheProblem", recalled.problem);\n',
    replace: "",
    says: "that the cache failed is not said",
    prefixes: ["CACHE"],
  },
  {
    id: "cache-writes-nothing-itself",
    file,
    find: "  return tally.succeeded(output, writes);\n}",
    replace: "  return tally.succeeded(output);\n}",
    says: "what the program wrote is lost on a miss",
    prefixes: ["CACHE"],
  },
];
