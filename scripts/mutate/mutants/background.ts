import type { Mutant } from "../mutant.ts";

const file = "src/core/handlers/background.ts";
const runner = "src/runner/spawned.ts";

export const BACKGROUND: readonly Mutant[] = [
  {
    id: "background-gives-the-id-alone",
    file,
    find: "tally.succeeded({ runId })",
    replace: "tally.succeeded(runId)",
    says: "what it gives is a text",
    prefixes: ["BG"],
  },
  {
    id: "background-hides-what-it-started",
    file,
    find: '  tally.note("spawned", runId);\n',
    replace: "",
    says: "the metadata do not say which run it is",
    prefixes: ["BG"],
  },
  {
    id: "background-takes-failure-for-success",
    file,
    find: '  if (spawned.outcome.status === "failed") return tally.failed(spawned.outcome.failure);\n  const runId = spawned.outcome.value as string;',
    replace: '  const runId = (spawned.outcome.status === "failed" ? "" : spawned.outcome.value) as string;',
    says: "that nothing was started is no failure",
    prefixes: ["BG"],
  },
  {
    id: "background-starts-one-for-each-attempt",
    file: runner,
    find: "const place = withoutAttempts(key)",
    replace: "const place = key",
    says: "every attempt starts a run",
    prefixes: ["BG"],
  },
  {
    id: "background-takes-any-run-for-its-own",
    file: runner,
    find: '  if (there.lineage?.how === "spawned" && there.lineage.parent === parent) return true;\n  throw',
    replace: "  if (there !== null) return true;\n  throw",
    says: "a run of somebody else is given as the one that was started",
    prefixes: ["BG"],
  },
];
