import type { Mutant } from "../mutant.ts";

const file = "src/core/handlers/step.ts";

export const STEP: readonly Mutant[] = [
  {
    id: "step-drops-the-writes",
    file,
    find: "tally.succeeded(outcome.value, outcome.writes)",
    replace: "tally.succeeded(outcome.value)",
    says: "what it wrote is lost",
    prefixes: ["STEP"],
  },
  {
    id: "step-drops-the-writes-of-a-retry",
    file,
    find: "tally.succeeded(last.value.value, last.value.writes)",
    replace: "tally.succeeded(last.value.value)",
    says: "what a step with retries wrote is lost",
    prefixes: ["RETRY"],
  },
  {
    id: "step-takes-failure-for-success",
    file,
    find: 'return outcome.status === "succeeded" ? { ok: true, value: outcome }',
    replace: 'return outcome.status !== "cancelled" ? { ok: true, value: outcome }',
    says: "an attempt that failed counts as one that succeeded",
    prefixes: ["RETRY"],
  },
  {
    id: "step-forgets-the-attempts",
    file,
    find: "  tally.attempted(which.number);\n",
    replace: "",
    says: "how many attempts there were is not said",
    prefixes: ["RETRY"],
  },
  {
    id: "step-forgets-the-time",
    file,
    find: "  const tally = new Tally(frame);\n  tally.count(answer);\n",
    replace: "  const tally = new Tally(frame);\n",
    says: "it took no time",
    prefixes: ["STEP", "SEQ"],
  },
];
