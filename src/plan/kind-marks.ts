import { sha256 } from "../base/hash.ts";
import { canonicalJson, isPlainObject } from "../base/json.ts";
import type { KindMark, Plan, PlanNode } from "../model/node.ts";
import { nodesIn } from "../model/plan-nodes.ts";
import type { Definition } from "./definition.ts";

/** A definition may say which kinds of an author's own made it, from the outside in. */
interface Marked {
  readonly madeBy?: readonly KindMark[];
}

/** The same definition, as one that this kind has made. */
export function markedDefinition<D extends Definition>(definition: D, mark: KindMark): D & Marked {
  const marked: D & Marked = { ...definition, madeBy: Object.freeze([mark, ...marksOf(definition)]) };
  Object.freeze(marked);
  return marked;
}

/** The kinds that made a definition; none for one that was written out. */
function marksOf(definition: Definition): readonly KindMark[] {
  return (definition as Marked).madeBy ?? []; // every definition may be marked, whatever it is of
}

/** A node with the marks of what it was compiled from, outside of those that it has already. */
export function withMarks(node: PlanNode, definition: Definition): PlanNode {
  const own = marksOf(definition);
  if (own.length === 0) return node;
  const marks = definition.kind === "policy" ? own.map((mark) => Object.freeze({ ...mark, hasPolicy: true as const })) : own;
  return Object.freeze({ ...node, madeBy: Object.freeze([...marks, ...(node.madeBy ?? [])]) });
}

/** The same node without the marks of its own and of all that is in it, programs in the background included: what it asks and gives. */
export function withoutMarks(root: PlanNode): PlanNode {
  const nodes = new Set<unknown>(nodesIn(root));
  const bare = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(bare);
    if (!isPlainObject(value)) return value;
    const isNode = nodes.has(value); // what is called `madeBy` elsewhere is data of the author's
    const said = Object.entries(value).filter(([key]) => !isNode || key !== "madeBy");
    const startsPlan = isNode && value["kind"] === "background";
    return Object.fromEntries(
      said.map(([key, inner]) => [key, startsPlan && key === "starts" ? unmarkedPlan(inner as Plan) : bare(inner)]),
    );
  };
  return bare(root) as PlanNode;
}

/** Its hash is that of the plan of the same program written out. */
function unmarkedPlan({ hash, ...plan }: Plan): Plan {
  const unmarked = { ...plan, root: withoutMarks(plan.root) };
  const [before, after] = [canonicalJson(plan), canonicalJson(unmarked)];
  return { ...unmarked, hash: before === after ? hash : sha256(after) };
}

/** In what the marks of a node differ, each to be read after its path. */
export function markChanges(before: PlanNode, after: PlanNode): readonly string[] {
  const [old, now] = [before.madeBy ?? [], after.madeBy ?? []];
  if (old === now || canonicalJson(old) === canonicalJson(now)) return [];
  if (namesOf(old) !== namesOf(now)) {
    if (old.length === 0) return [`it is made by ${namesOf(now)} now`];
    return [`it was made by ${namesOf(old)}, and ${now.length === 0 ? "is written out" : `is made by ${namesOf(now)}`} now`];
  }
  return now.flatMap(({ kind, version, caption }, index) => [
    ...(old[index]?.version === version ? [] : [`how ${kind} makes it changed`]),
    ...(old[index]?.caption === caption ? [] : [`what ${kind} says of its options changed`]),
  ]);
}

/** `the kind debate`, or `the kinds tournament and debate`. */
function namesOf(marks: readonly KindMark[]): string {
  return `the ${marks.length === 1 ? "kind" : "kinds"} ${marks.map(({ kind }) => kind).join(" and ")}`;
}
