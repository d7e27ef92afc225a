import type { Mutant } from "../mutant.ts";

const file = "src/core/handlers/loop.ts";

export const LOOP: readonly Mutant[] = [
  {
    id: "loop-drops-the-writes",
    file,
    find: "    for (const write of result.writes) writes.push(write);\n",
    replace: "",
    says: "what its iterations wrote is lost",
    prefixes: ["LOOP"],
  },
  {
    id: "loop-hides-the-writes",
    file,
    find: "    context = context.with(result.writes);\n",
    replace: "",
    says: "an iteration does not see what those before it wrote",
    prefixes: ["LOOP"],
  },
  {
    id: "loop-goes-round-once-more",
    file,
    find: "index + 1 === maxIterations",
    replace: "index === maxIterations",
    says: "there is one iteration too many",
    prefixes: ["LOOP"],
  },
  {
    id: "loop-asks-next-before-until",
    file,
    find: "enough.outcome.value === true",
    replace: "index > 0 && enough.outcome.value === true",
    says: "it is never enough after the first iteration",
    prefixes: ["LOOP"],
  },
  {
    id: "loop-goes-on-after-a-failure",
    file,
    find: '    if (result.status === "failed") return tally.failedAfter(index + 1, result.failure);\n',
    replace:
      '    if (result.status === "failed" && index === 0) continue;\n    if (result.status === "failed") return tally.failedAfter(index + 1, result.failure);\n',
    says: "a failure of the first iteration is passed over",
    prefixes: ["LOOP"],
  },
  {
    id: "loop-takes-exhaustion-for-success",
    file,
    find: 'if (frame.node.onExhausted === "fail") return',
    replace: 'if (frame.node.onExhausted === "never") return',
    says: "what was never enough is taken",
    prefixes: ["LOOP"],
  },
  {
    id: "loop-forgets-the-cost",
    file,
    find: "    tally.include(result);\n",
    replace: "",
    says: "what its iterations used does not count",
    prefixes: ["LOOP"],
  },
  {
    id: "loop-shows-the-first-context",
    file,
    find: "const asked: Question = { frame, key: child.key, index, value: output, context };",
    replace: "const asked: Question = { frame, key: child.key, index, value: output, context: frame.context };",
    says: "its questions see the context as it was before",
    prefixes: ["LOOP"],
  },
];
