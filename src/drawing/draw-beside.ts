import type { NodeOf, PlanNode } from "../model/node.ts";
import type { Draft, Ends } from "./draft.ts";
import { only } from "./draft.ts";

// Where ways part: one of several, several at once, and what makes one thing of what they gave.

export function drawBranch(draft: Draft, node: NodeOf<"branch">, group: string | null): Ends {
  const question = draft.box(node, group);
  const exits: string[] = [];
  const slots = Object.entries(node.branches);
  for (const [key, branch] of node.default === null ? slots : [...slots, ["otherwise", node.default] as const]) {
    const drawn = draft.draw(branch, group);
    draft.lead([question], drawn.entries, { label: key, kind: "next" });
    exits.push(...drawn.exits);
  }
  return { entries: [question], exits };
}

export function drawParallel(draft: Draft, node: NodeOf<"parallel">, group: string | null): Ends {
  const { branches, join = "all" } = node;
  const drawn = atOnce(draft, { node, branches, joined: String(join), isNamed: hasKeys(branches) }, group);
  return reduced(draft, { node, drawn }, group);
}

/** Only those are run that the router names, which is a program or a function. */
export function drawRoute(draft: Draft, node: NodeOf<"route">, group: string | null): Ends {
  const { router, branches } = node;
  const asked = router === null ? null : draft.draw(router, group);
  const drawn = atOnce(draft, { node, branches, joined: "", isNamed: true }, group);
  if (asked !== null) draft.lead(asked.exits, drawn.entries);
  return reduced(draft, { node, drawn: asked === null ? drawn : { entries: asked.entries, exits: drawn.exits } }, group);
}

export function drawGate(draft: Draft, node: NodeOf<"gate">, group: string | null): Ends {
  const { judges, needs } = node;
  const joined = needs === "all" ? "all agree" : needs === "majority" ? "most agree" : `${needs} of ${judges.length} agree`;
  return atOnce(draft, { node, branches: judges, joined, isNamed: hasKeys(judges) }, group);
}

export function drawMap(draft: Draft, node: NodeOf<"map">, group: string | null): Ends {
  const drawn = draft.within(node, group, (inside) => draft.chain([node.each], inside));
  return reduced(draft, { node, drawn }, group);
}

/** Whether their own names do not say all that they are called by there. */
function hasKeys(members: readonly PlanNode[]): boolean {
  return members.some(({ name, segment }) => name !== segment);
}

interface AtOnce {
  readonly node: PlanNode;
  readonly branches: readonly PlanNode[];
  /** What is written where they come together. */
  readonly joined: string;
  /** Whether the way into each has its name. */
  readonly isNamed: boolean;
}

function atOnce(draft: Draft, { node, branches, joined, isNamed }: AtOnce, group: string | null): Ends {
  const fork = draft.box(node, group);
  const join = draft.mark("join", joined, group);
  for (const branch of branches) {
    const drawn = draft.draw(branch, group);
    draft.lead([fork], drawn.entries, { label: isNamed ? branch.segment : "", kind: "next" });
    draft.lead(drawn.exits, [join]);
  }
  return { ...only(fork), exits: [join] };
}

/** What a program makes of the results, after all of them. */
function reduced(
  draft: Draft,
  { node, drawn }: { readonly node: NodeOf<"map" | "parallel" | "route">; readonly drawn: Ends },
  group: string | null,
): Ends {
  const { reduce = "decided" } = node;
  if (reduce === "decided") return drawn;
  const { entries, exits } = draft.draw(reduce, group);
  draft.lead(drawn.exits, entries, { label: "reduce", kind: "next" });
  return { entries: drawn.entries, exits };
}
