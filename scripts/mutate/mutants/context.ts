import type { Mutant } from "../mutant.ts";

export const CONTEXT: readonly Mutant[] = [
  {
    id: "context-merges-what-is-to-vanish",
    file: "src/core/context/merge-writes.ts",
    find: '  if (strategy === "none") return { ok: true, writes: [] };\n',
    replace: "",
    says: "under merge: none, what was written counts",
    prefixes: ["PAR", "MAP"],
  },
  {
    id: "context-overlooks-conflicts",
    file: "src/core/context/merge-writes.ts",
    find: 'if (rival !== null && strategy === "update")',
    replace: 'if (rival !== null && strategy === "overwrite")',
    says: "two that contradict each other do not conflict",
    prefixes: ["PAR"],
  },
  {
    id: "context-keeps-the-last",
    file: "src/core/context/merge-writes.ts",
    find: "      if (rival !== null) continue; // keepFirst: an earlier branch has it\n",
    replace: "",
    says: "under merge: keepFirst, the last wins",
    prefixes: ["PAR", "MAP"],
  },
  {
    id: "context-never-agrees",
    file: "src/core/context/merge-writes.ts",
    find: 'claim.said === said && said !== "=?" ? null',
    replace: 'claim.said !== said && said !== "=?" ? null',
    says: "two that say the same conflict, two that differ do not",
    prefixes: ["PAR", "MAP"],
  },
  {
    id: "context-looks-no-deeper",
    file: "src/core/context/merge-writes.ts",
    find: "return node.claim?.by ?? firstBelow(node);",
    replace: "return node.claim?.by ?? null;",
    says: "a write above another does not conflict with it",
    prefixes: ["PAR"],
  },
  {
    id: "context-turns-the-order",
    file: "src/core/context/context-state.ts",
    find: "for (let at = pending.length - 1; at >= 0; at--)",
    replace: "for (let at = 0; at < pending.length; at++)",
    says: "writes count newest first",
    prefixes: ["SEQ", "PAR", "STEP"],
  },
];
