import { captionOf, captionsOf } from "./caption.ts";
import type { DrawnEdge, DrawnGroup, DrawnNode, Drawing } from "./drawing.ts";
import { HEIGHT_OF_LINE, widthOfText } from "./text-size.ts";

/** Where something is: its middle and its size, in pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A drawing with places. */
export interface LaidOut {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly (DrawnNode & Place)[];
  readonly groups: readonly (DrawnGroup & Place)[];
  readonly edges: readonly (DrawnEdge & { readonly points: readonly Point[]; readonly at: Point | null })[];
}

/** A point of a way, in pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What is used of dagre, whose own types do not resolve from a module. */
interface Dagre {
  readonly Graph: new (options: { readonly compound: boolean; readonly multigraph: boolean }) => DagreGraph;
  readonly layout: (graph: DagreGraph) => void;
}

interface DagreGraph {
  setGraph(label: object): void;
  setNode(id: string, label: object): void;
  setParent(id: string, parent: string): void;
  setEdge(from: string, to: string, label: object, name: string): void;
  graph(): Partial<Place>;
  node(id: string): Partial<Place>;
  edge(edge: { readonly v: string; readonly w: string; readonly name: string }): Partial<Point> & { readonly points?: readonly Point[] };
}

const MARGIN = 24;

/** Gives everything a place: from the top down, as few crossings as dagre finds. */
export async function layOut({ nodes, groups, edges }: Drawing): Promise<LaidOut> {
  const { Graph, layout } = (await import("@dagrejs/dagre")) as unknown as Dagre;
  const graph = new Graph({ compound: true, multigraph: true });
  graph.setGraph({ rankdir: "TB", nodesep: 28, ranksep: 36, edgesep: 14, marginx: MARGIN, marginy: MARGIN });
  for (const group of groups) graph.setNode(group.id, { ...sizeOfGroup(group) });
  for (const node of nodes) graph.setNode(node.id, { ...sizeOf(node) });
  for (const { id, group } of [...groups, ...nodes]) if (group !== null) graph.setParent(id, group);
  edges.forEach(({ from, to, label }, number) => {
    const size = label === "" ? {} : { width: widthOfText(label, "small") + 8, height: HEIGHT_OF_LINE, labelpos: "c" };
    graph.setEdge(from, to, size, String(number));
  });
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    nodes: nodes.map((node) => ({ ...node, ...placeOf(graph.node(node.id)) })),
    groups: groups.map((group) => ({ ...group, ...placeOf(graph.node(group.id)) })),
    edges: edges.map((edge, number) => ({ ...edge, ...wayOf(graph.edge({ v: edge.from, w: edge.to, name: String(number) })) })),
  };
}

function sizeOf({ kind, label, note }: DrawnNode): Pick<Place, "width" | "height"> {
  if (kind === "start" || kind === "end") return { width: 22, height: 22 };
  if (kind === "join") return label === "" ? { width: 10, height: 10 } : { width: widthOfText(label, "small") + 22, height: 22 };
  const captions = captionsOf({ kind, label, note });
  const width = captions.reduce((widest, text) => Math.max(widest, widthOfText(text, "small")), widthOfText(label, "name"));
  return { width: width + 32, height: (captions.length + 1) * HEIGHT_OF_LINE + 14 };
}

/** The least that its caption needs; what is in it makes it larger. */
function sizeOfGroup(group: DrawnGroup): Pick<Place, "width" | "height"> {
  return { width: widthOfText(captionOf(group), "small") + 24, height: HEIGHT_OF_LINE };
}

function placeOf({ x = 0, y = 0, width = 0, height = 0 }: Partial<Place>): Place {
  return { x, y, width, height };
}

function wayOf({ points = [], x, y }: ReturnType<DagreGraph["edge"]>) {
  return { points, at: x === undefined || y === undefined ? null : { x, y } };
}
