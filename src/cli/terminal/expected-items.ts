import type { NodeView, RunView } from "../../model/view-data.ts";
import { itemsOf, partsThatCount } from "../../model/view-parts.ts";

/**
 * How many items each map is to have that has not ended, by its path, as far as the values before it tell: a journal says
 * so itself only when the map is over. Looks below what goes on, and nowhere else.
 */
export function expectedItems(view: RunView): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  if (view.root === null) return found;
  const open: { readonly node: NodeView; readonly input: unknown }[] = [{ node: view.root, input: view.input }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, input } = next;
    if (node.endedAtMs !== null) continue;
    if (node.kind === "map" && Array.isArray(input) && input.length >= itemsOf(node).length) found.set(node.path, input.length);
    open.push(...inputsOf(node, input));
  }
  return found;
}

function inputsOf(node: NodeView, input: unknown): readonly { readonly node: NodeView; readonly input: unknown }[] {
  const children = [...partsThatCount(node)];
  if (node.kind === "loop") return children.map((child) => ({ node: child, input: child.segment.endsWith("[0]") ? input : undefined }));
  if (node.kind === "search" || node.kind === "machine" || node.kind === "agenticLoop")
    return children.map((child) => ({ node: child, input: undefined }));
  if (node.kind === "refine") return children.map((child) => ({ node: child, input })); // each time the same
  if (node.kind === "map") return children.map((child) => ({ node: child, input: itemOf(input, child) }));
  if (node.kind !== "group") return children.map((child) => ({ node: child, input }));
  children.sort((a, b) => a.startedAtMs - b.startedAtMs);
  if (children.some((child, index) => overlaps(children[index - 1], child))) return children.map((child) => ({ node: child, input }));
  return children.map((child, index) => {
    const before = children[index - 1];
    return { node: child, input: before === undefined ? input : before.kind === "human" ? undefined : before.output };
  });
}

/** Branches of a parallel overlap; the steps of a sequence never do. */
function overlaps(before: NodeView | undefined, after: NodeView): boolean {
  return before !== undefined && (before.endedAtMs === null || before.endedAtMs > after.startedAtMs);
}

function itemOf(input: unknown, { segment }: NodeView): unknown {
  const index = /\[(\d+)\]$/.exec(segment)?.[1];
  if (index === undefined) return input; // what runs in the map's place
  return Array.isArray(input) ? (input[Number(index)] as unknown) : undefined;
}
