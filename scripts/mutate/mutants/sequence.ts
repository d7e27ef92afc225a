import type { Mutant } from "../mutant.ts";

const file = "src/core/handlers/sequence.ts";

export const SEQUENCE: readonly Mutant[] = [
  {
    id: "sequence-drops-the-writes",
    file,
    find: "    for (const write of result.writes) writes.push(write);\n",
    replace: "",
    says: "what its members wrote is not its own",
    prefixes: ["SEQ"],
  },
  {
    id: "sequence-goes-on-after-a-failure",
    file,
    find: 'if (result.status === "failed") return tally.failed(result.failure);',
    replace: 'if (result.status === "failed") continue;',
    says: "a failed member is passed over",
    prefixes: ["SEQ"],
  },
  {
    id: "sequence-runs-backwards",
    file,
    find: "const { children, keeps } = frame.node;",
    replace: "const { keeps } = frame.node;\n  const children = frame.node.children.toReversed();",
    says: "the last member runs first",
    prefixes: ["SEQ"],
  },
  {
    id: "sequence-hides-the-writes",
    file,
    find: "    context = context.with(result.writes);\n",
    replace: "",
    says: "members do not see what those before them wrote",
    prefixes: ["SEQ"],
  },
  {
    id: "sequence-forgets-the-cost",
    file,
    find: "    tally.include(result);\n",
    replace: "",
    says: "it used nothing and took no time",
    prefixes: ["SEQ"],
  },
];
