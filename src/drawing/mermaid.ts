import { captionOf } from "./caption.ts";
import type { DrawnEdge, DrawnKind, DrawnNode, Drawing } from "./drawing.ts";

/**
 * A drawing as a flowchart of Mermaid, which Markdown viewers draw. Names are quoted, so that no name says anything to Mermaid.
 *
 * @see https://mermaid.js.org/syntax/flowchart.html
 */
export function mermaidOf({ title, nodes, groups, edges }: Drawing): string {
  const lines = ["---", `title: ${JSON.stringify(title)}`, "---", "flowchart TD"];
  const within = membersOf({ nodes, groups });
  const inside = (group: string | null, depth: number): void => {
    const indent = "  ".repeat(depth);
    for (const node of within.nodes.get(group) ?? []) lines.push(`${indent}${boxOf(node)}`);
    for (const each of within.groups.get(group) ?? []) {
      lines.push(`${indent}subgraph ${each.id}[${quoted(captionOf(each))}]`);
      inside(each.id, depth + 1);
      lines.push(`${indent}end`);
    }
  };
  inside(null, 1);
  for (const edge of edges) lines.push(`  ${wayOf(edge)}`);
  return `${lines.join("\n")}\n`;
}

/** Nodes and groups by the group that they stand in. */
function membersOf({ nodes, groups }: Pick<Drawing, "nodes" | "groups">) {
  return { nodes: Map.groupBy(nodes, ({ group }) => group), groups: Map.groupBy(groups, ({ group }) => group) };
}

type Brackets = readonly [open: string, close: string];

const BOX: Brackets = ["[", "]"];
const SHAPES: Partial<Readonly<Record<DrawnKind, Brackets>>> = {
  start: ["((", "))"],
  end: ["(((", ")))"],
  join: ["((", "))"],
  branch: ["{", "}"],
  agent: ["([", "])"],
  human: ["[/", "/]"],
  signal: [">", "]"],
  sleep: ["[(", ")]"],
  parallel: ["{{", "}}"],
  route: ["{{", "}}"],
  gate: ["{{", "}}"],
  custom: ["[[", "]]"],
};

function boxOf({ id, kind, called = "", label, note }: DrawnNode): string {
  const [open, close] = SHAPES[kind] ?? BOX;
  const [first = "", ...others] = note.split("\n");
  const more = [[called === label ? "" : called, first].filter((part) => part !== "").join(" · "), ...others].filter((line) => line !== "");
  const small = more.map(escaped).join("<br/>");
  const text = small === "" ? quoted(label === "" ? " " : label) : `"${escaped(label)}<br/><small>${small}</small>"`;
  return `${id}${open}${text}${close}`;
}

function wayOf({ from, to, label, kind }: DrawnEdge): string {
  const arrow = kind === "next" ? "-->" : "-.->";
  return label === "" ? `${from} ${arrow} ${to}` : `${from} ${arrow}|${quoted(label)}| ${to}`;
}

function quoted(text: string): string {
  return `"${escaped(text)}"`;
}

/** What would end the quotes, begin a tag or a line of its own, as entities of Mermaid. */
function escaped(text: string): string {
  return text.replaceAll(/[#&"<>`\p{Cc}]/gu, (found) => (/\s/.test(found) ? " " : `#${found.codePointAt(0)};`));
}
