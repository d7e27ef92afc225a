import type { Mutant } from "../mutant.ts";

const file = "src/core/handlers/sleep.ts";

export const SLEEP: readonly Mutant[] = [
  {
    id: "sleep-drops-the-value",
    file,
    find: "? tally.succeeded(input) : tally.failed(woken.outcome.failure)",
    replace: "? tally.succeeded(null) : tally.failed(woken.outcome.failure)",
    says: "what was given is lost",
    prefixes: ["SLEEP"],
  },
  {
    id: "sleep-waits-for-what-has-passed",
    file,
    find: "if (wakeAtMs <= tally.atMs) {",
    replace: "if (wakeAtMs < 0) {",
    says: "a moment that has passed is waited for",
    prefixes: ["SLEEP"],
  },
  {
    id: "sleep-hides-how-late",
    file,
    find: 'if (wakeAtMs < tally.atMs) tally.note("lateMs", tally.atMs - wakeAtMs);',
    replace: "",
    says: "how late it is is not said",
    prefixes: ["SLEEP"],
  },
  {
    id: "sleep-takes-a-moment-for-a-duration",
    file,
    find: 'node.gives === "duration" ? frame.enteredAtMs + said : said',
    replace: "frame.enteredAtMs + said",
    says: "a moment counts from when it was entered",
    prefixes: ["SLEEP"],
  },
  {
    id: "sleep-goes-on-when-called-off",
    file,
    find: 'woken.outcome.status === "succeeded" ?',
    replace: 'woken.outcome.status !== "skipped" ?',
    says: "one that was called off has slept enough",
    prefixes: ["SLEEP"],
  },
];
