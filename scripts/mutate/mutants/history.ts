import type { Mutant } from "../mutant.ts";

const file = "src/core/loop-history.ts";
const begin = "src/core/agent/begin.ts";
const recall = "src/core/agent/recall-from.ts";

export const HISTORY: readonly Mutant[] = [
  {
    id: "history-is-everybodys",
    file,
    find: "return `${nodePathOf(key)}\\n${lane}`;",
    replace: "return lane;",
    says: "an agent is given what others said",
    prefixes: ["HIST"],
  },
  {
    id: "history-mixes-items",
    file,
    find: "return `${nodePathOf(key)}\\n${lane}`;",
    replace: "return `${nodePathOf(key)}${lane.slice(lane.length)}`;",
    says: "an item of a map is given what was said on others",
    prefixes: ["HIST"],
  },
  {
    id: "history-is-of-whoever-was-quicker",
    file,
    find: "said.toSorted(inOrder)",
    replace: "said",
    says: "what was said at the same time is given in the order in which it ended",
    prefixes: ["HIST"],
  },
  {
    id: "history-keeps-what-is-summarised",
    file,
    find: "exchanges: exchanges.slice(summaryOf - gone)",
    replace: "exchanges",
    says: "a summary takes the place of nothing",
    prefixes: ["HIST"],
  },
  {
    id: "history-forgets-its-summary",
    file,
    find: "return { summary: items, gone: summaryOf,",
    replace: "return { summary, gone: summaryOf,",
    says: "what was summarised is lost in the iteration after",
    prefixes: ["HIST"],
  },
  {
    id: "history-keeps-the-oldest",
    file: recall,
    find: "exchanges.slice(-policy.exchanges)",
    replace: "exchanges.slice(0, policy.exchanges)",
    says: "the oldest exchanges are kept in place of the newest",
    prefixes: ["HIST"],
  },
  {
    id: "history-summary-is-the-agents-secret",
    file: begin,
    find: "  tally.say(said(frame, { items: [summary], summaryOf: tooLong.exchanges }));\n",
    replace: "",
    says: "a summary is known in the iteration that made it, and in no other",
    prefixes: ["HIST"],
  },
  {
    id: "history-is-of-the-raw-input",
    file: begin,
    find: "items: [item, ...transcript]",
    replace: 'items: [{ role: "user", text: String(frame.input) }, ...transcript]',
    says: "what it is told it was asked is not what its model was asked",
    prefixes: ["HIST"],
  },
  {
    id: "history-of-what-was-refused",
    file: "src/core/policy/run-with-policy.ts",
    find: "  tally.speakFor(result);\n",
    replace: "",
    says: "what was said in the attempt that counts is lost",
    prefixes: ["HIST"],
  },
  {
    id: "history-of-attempts-that-do-not-count",
    file: "src/core/tally.ts",
    find: "result.said !== undefined ? [...result.said] : null;",
    replace: "result.said !== undefined ? [...result.said] : this.#said;",
    says: "what an attempt said that was refused is given on",
    prefixes: ["HIST"],
  },
  {
    id: "history-of-losers",
    file: "src/core/race.ts",
    find: "result.said === undefined || counts(index)",
    replace: "result.said === undefined || index >= 0",
    says: "what was said in a branch that lost is given on",
    prefixes: ["HIST"],
  },
  {
    id: "history-reaches-into-caches",
    file: "src/core/handlers/cache.ts",
    find: "atMs: tally.atMs, history: null }",
    replace: "atMs: tally.atMs }",
    says: "what is cached depends on what was said in the loop around it",
    prefixes: ["HIST"],
  },
];
