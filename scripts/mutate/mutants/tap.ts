import type { Mutant } from "../mutant.ts";

const file = "src/core/handlers/tap.ts";

export const TAP: readonly Mutant[] = [
  {
    id: "tap-drops-the-writes",
    file,
    find: "tally.succeeded(input, result.writes)",
    replace: "tally.succeeded(input)",
    says: "what it wrote is lost",
    prefixes: ["TAP"],
  },
  {
    id: "tap-passes-on-its-own",
    file,
    find: "return tally.succeeded(input, result.writes)",
    replace: "return tally.succeeded(result.output, result.writes)",
    says: "what it gives takes the place of the value",
    prefixes: ["TAP"],
  },
  {
    id: "tap-ignores-every-failure",
    file,
    find: 'if (node.onError === "fail" || isFinal',
    replace: "if (isFinal",
    says: "a failure that is to fail the pipeline is ignored",
    prefixes: ["TAP"],
  },
  {
    id: "tap-ignores-a-cancellation",
    file,
    find: 'if (node.onError === "fail" || isFinal(result.failure))',
    replace: 'if (node.onError === "fail")',
    says: "a cancellation is ignored",
    prefixes: ["TAP", "CANCEL"],
  },
  {
    id: "tap-forgets-the-cost",
    file,
    find: "  tally.include(result);\n",
    replace: "",
    says: "what it used does not count",
    prefixes: ["TAP"],
  },
  {
    id: "tap-hides-the-failure",
    file,
    find: '  tally.note("ignored", result.failure.message);\n',
    replace: "",
    says: "what was ignored is not said",
    prefixes: ["TAP"],
  },
];
