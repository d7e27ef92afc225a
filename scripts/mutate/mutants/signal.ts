import type { Mutant } from "../mutant.ts";

export const SIGNAL: readonly Mutant[] = [
  {
    id: "signal-drops-the-input",
    file: "src/core/handlers/human.ts",
    find: "({ input, signal })",
    replace: "({ input: null, signal })",
    says: "what it was given is lost",
    prefixes: ["WAIT"],
  },
  {
    id: "signal-waits-for-ever",
    file: "src/core/wait-for.ts",
    find: "{ wakeAtMs: tally.atMs + limit.timeoutMs, limitMs: limit.timeoutMs }",
    replace: "{ wakeAtMs: null }",
    says: "its time is never over",
    prefixes: ["WAIT", "HUMAN"],
  },
  {
    id: "signal-drops-the-default",
    file: "src/core/wait-for.ts",
    find: '  if (limit.otherwise !== "program") return tally.succeeded(gives(limit.otherwise.default));\n',
    replace: '  if (limit.otherwise !== "program") return tally.failed(outcome.failure);\n',
    says: "a default does not take the place of the failure",
    prefixes: ["WAIT", "HUMAN"],
  },
  {
    id: "signal-gives-the-bare-default",
    file: "src/core/wait-for.ts",
    find: "tally.succeeded(gives(limit.otherwise.default))",
    replace: "tally.succeeded(limit.otherwise.default)",
    says: "a default is the output itself",
    prefixes: ["WAIT", "HUMAN"],
  },
  {
    id: "signal-drops-the-writes",
    file: "src/core/wait-for.ts",
    find: "tally.succeeded(result.output, result.writes)",
    replace: "tally.succeeded(result.output)",
    says: "what ran in its place has written nothing",
    prefixes: ["WAIT"],
  },
  {
    id: "signal-hides-the-timeout",
    file: "src/core/wait-for.ts",
    find: '  tally.note("timedOut", true);\n',
    replace: "",
    says: "that its time was over is not said",
    prefixes: ["WAIT", "HUMAN"],
  },
];
