import type { AgentNode, Plan, PlanNode } from "../model/node.ts";
import type { ReducerName } from "../model/patch.ts";
import type { NodePath } from "../model/path.ts";

/** Where the version of a function stands in a plan's `code`, and what that function is, in words. */
export type CodePlace = readonly [key: string, what: string];

/** Where the versions of a node's functions stand in `Plan.code`, and what each of them is, in words. With the root stands the run's context. */
export function codeOf(node: PlanNode, { root, reducers }: Plan): readonly CodePlace[] {
  const own = [...ownCodeOf(node), ...policyKeysOf(node)];
  return node === root ? [...own, ...reducersOf(node.path, reducers)] : own;
}

/** Where the version of a reducer of the author's own stands. @param path - Of the node whose context it is. */
export function reducerPlace(path: NodePath, field: string): string {
  return `${path}:reducer ${field}`;
}

function reducersOf(path: NodePath, reducers: Readonly<Record<string, ReducerName>>): readonly CodePlace[] {
  const own = Object.keys(reducers).filter((field) => reducers[field] === "own");
  return own.map((field) => [reducerPlace(path, field), `the reducer of the context field "${field}"`]);
}

function ownCodeOf(node: PlanNode): readonly CodePlace[] {
  switch (node.kind) {
    case "step":
      return [[node.path, "its function"]];
    case "agent":
      return agentCodeOf(node);
    case "branch":
      return [[`${node.path}:key`, "its selector"]];
    case "machine":
      return node.rules.map(
        ({ from, to }, rule) => [`${node.path}:guard ${rule}`, `what says whether it goes from ${from.join(", ")} to ${to}`] as const,
      );
    case "route":
      return [[`${node.path}:route`, "its router"], reducerOf(node)];
    case "human":
      return [[`${node.path}:show`, "what it shows"]];
    case "loop":
      return [
        [`${node.path}:until`, "what says when it is enough"],
        [`${node.path}:next`, "what makes its next input"],
        [`${node.path}:output`, "what makes its output"],
      ];
    case "refine":
      return [
        [`${node.path}:accept`, "what says whether a check accepts"],
        [`${node.path}:feedback`, "what says what is wrong by a check"],
      ];
    case "search":
      return [
        [`${node.path}:isGoal`, "what says whether a state is a goal"],
        [`${node.path}:heuristic`, "its heuristic"],
        [`${node.path}:cost`, "what says what a state costs"],
        ...node.invariants.map((name) => [`${node.path}:invariant ${name}`, `its invariant ${name}`] as const),
      ];
    case "cache":
      return [[`${node.path}:cacheKey`, "what stands for its input"]];
    case "sleep":
      return [[`${node.path}:wake`, "what says when it goes on"]];
    case "nested":
      return [
        [`${node.path}:in`, "what makes its context"],
        [`${node.path}:out`, "what it sets of the outer context"],
        ...reducersOf(node.path, node.reducers),
      ];
    case "map":
    case "parallel":
      return [reducerOf(node)];
    case "gather":
    case "background":
    case "sequence":
    case "gate":
    case "signal":
    case "saga":
    case "agenticLoop":
    case "tap":
      return [];
  }
}

function agentCodeOf({ path, tools, servers, promptProcessors = 0, outputProcessors = 0 }: AgentNode): readonly CodePlace[] {
  const approval = "what says whether it needs approval";
  return [
    [`${path}:instructions`, "its instructions"],
    ...numbered(promptProcessors, (n): CodePlace => [`${path}:promptProcessor ${n}`, `its prompt processor ${n}`]),
    ...numbered(outputProcessors, (n): CodePlace => [`${path}:outputProcessor ${n}`, `its output processor ${n}`]),
    ...tools.flatMap(({ name }): readonly CodePlace[] => [
      [`${path}:${name}`, "the tool"],
      [`${path}:${name}:approval`, approval],
    ]),
    ...servers.flatMap(({ name, allow }) =>
      ["*", ...Object.keys(allow ?? {})].map((tool): CodePlace => [`${path}:${name}/${tool}:approval`, approval]),
    ),
  ];
}

function numbered(many: number, make: (n: number) => CodePlace): readonly CodePlace[] {
  return Array.from({ length: many }, (_, index) => make(index + 1));
}

function reducerOf({ path }: PlanNode): CodePlace {
  return [`${path}:reduce`, "its reducer"];
}

/** The code that may stand around any node, and that of its retries. */
function policyKeysOf(node: PlanNode): readonly CodePlace[] {
  const keys: CodePlace[] = [[`${node.path}:retryOn`, "what says whether it is tried again"]];
  if (node.kind === "agent") {
    keys.push([`${node.path}:call:retryOn`, "what says whether its model is asked again"]);
    for (const { name } of node.tools) keys.push([`${node.path}:${name}:retryOn`, `what says whether its tool ${name} is tried again`]);
  }
  if (node.policy === undefined) return keys;
  for (const name of node.policy.plugins ?? []) keys.push([`${node.path}:plugin ${name}`, `its plugin ${name}`]);
  for (const { name } of node.policy.validators) keys.push([`${node.path}:validate ${name}`, `its validator ${name}`]);
  keys.push([`${node.path}:failed`, "what is told of its failure"], [`${node.path}:default`, "what it gives when it fails"]);
  return keys;
}
