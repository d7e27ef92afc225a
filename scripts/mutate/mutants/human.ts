import type { Mutant } from "../mutant.ts";

const file = "src/core/handlers/human.ts";

export const HUMAN: readonly Mutant[] = [
  {
    id: "human-asks-after-a-broken-show",
    file,
    find: '  if (shown.outcome.status === "failed") return tally.failed(shown.outcome.failure);\n',
    replace: "",
    says: "a person is asked although nobody can say what",
    prefixes: ["HUMAN"],
  },
  {
    id: "human-hides-what-is-shown",
    file,
    find: "show: shown.outcome.value",
    replace: "show: null",
    says: "the person sees nothing",
    prefixes: ["HUMAN"],
  },
  {
    id: "human-drops-the-input",
    file,
    find: "({ input, answer })",
    replace: "({ input: null, answer })",
    says: "what it was given is lost",
    prefixes: ["HUMAN"],
  },
];
