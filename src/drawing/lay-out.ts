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
const HEIGHT_OF_TIP = 9;

/** Gives everything a place: from the top down, as few crossings as dagre finds. */
export async function layOut({ nodes, groups, edges }: Drawing): Promise<LaidOut> {
  const { Graph, layout } = (await import("@dagrejs/dagre")) as unknown as Dagre;
  const graph = new Graph({ compound: true, multigraph: true });
  graph.setGraph({ rankdir: "TB", nodesep: 28, ranksep: 36, edgesep: 14, marginx: MARGIN, marginy: MARGIN });
  for (const group of groups) graph.setNode(group.id, { ...sizeOfGroup(group) });
  const widths = widthsFor(nodes, groups);
  for (const node of nodes) {
    const { width, height } = sizeOf(node);
    graph.setNode(node.id, { width: Math.max(width, widths.get(node.id) ?? 0), height });
  }
  for (const { id, group } of [...groups, ...nodes]) if (group !== null) graph.setParent(id, group);
  edges.forEach(({ from, to, label }, number) => {
    const size = label === "" ? {} : { width: widthOfText(label, "small") + 8, height: HEIGHT_OF_LINE, labelpos: "c" };
    graph.setEdge(from, to, size, String(number));
  });
  below({ nodes, groups, edges }).forEach(([from, to], number) => graph.setEdge(from, to, { weight: 0 }, `below ${number}`));
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  const placed = nodes.map((node) => ({ ...node, ...placeOf(graph.node(node.id)), ...sizeOf(node) }));
  const turned = isFromRightToLeft(placed, edges) ? (x: number): number => width - x : (x: number): number => x;
  const turn = <T extends Point>(point: T): T => ({ ...point, x: turned(point.x) });
  const places = new Map(placed.map((node) => [node.id, turn(node)]));
  const ranks = Map.groupBy(places.values(), ({ y }) => Math.round(y));
  return {
    width,
    height,
    nodes: placed.map(turn),
    groups: groups.map((group) => ({ ...group, ...withCaption(turn(placeOf(graph.node(group.id)))) })),
    edges: edges.map((edge, number) => {
      const { points, at } = wayOf(graph.edge({ v: edge.from, w: edge.to, name: String(number) }));
      const way = { points: points.map(turn), at: at === null ? null : turn(at) };
      return { ...edge, ...way, points: betweenBoxes(way, { from: places.get(edge.from), to: places.get(edge.to), ranks }) };
    }),
  };
}

/** Whether more of what one box leads to stands from the right to the left than as it was declared; then all is drawn the other way round. */
function isFromRightToLeft(nodes: readonly (DrawnNode & Place)[], edges: readonly DrawnEdge[]): boolean {
  const places = new Map(nodes.map((node) => [node.id, node]));
  let reversed = 0;
  for (const ways of Map.groupBy(edges, ({ from }) => from).values()) {
    const reached = ways.filter(({ kind }) => kind !== "again").map(({ to }) => places.get(to)?.x ?? 0);
    for (const [index, x] of reached.entries()) if (index > 0) reversed += Math.sign((reached[index - 1] ?? 0) - x);
  }
  return reversed > 0;
}

/** What has to be below what, although no way leads there: after a frame comes what follows it, below its dead ends too. */
function below({ nodes, groups, edges }: Pick<Drawing, "nodes" | "groups" | "edges">): readonly (readonly [string, string])[] {
  const around = new Map(groups.map(({ id, group }) => [id, group]));
  const frames = new Map(nodes.map(({ id, group }) => [id, framesOf(group, around)]));
  const goOn = new Set(edges.filter(({ kind }) => kind !== "again").map(({ from }) => from));
  const deadEnds = nodes.filter(({ id }) => !goOn.has(id));
  return edges.flatMap(({ from, to, kind }) => {
    const left = frames.get(from)?.findLast((frame) => frames.get(to)?.includes(frame) !== true);
    if (kind === "again" || left === undefined) return [];
    return deadEnds.filter(({ id }) => frames.get(id)?.includes(left)).map(({ id }) => [id, to] as const);
  });
}

/** The frames that something stands in, from the inside out. */
function framesOf(group: string | null, around: ReadonlyMap<string, string | null>): readonly string[] {
  return group === null ? [] : [group, ...framesOf(around.get(group) ?? null, around)];
}

/** Above what is in a frame is its caption, and below that the tip of the way that leads into it. */
function withCaption({ y, height, ...place }: Place): Place {
  return { ...place, y: y - HEIGHT_OF_TIP / 2, height: height + HEIGHT_OF_TIP };
}

/** dagre makes a frame as wide as what is in it, so the first box of each is given the room that the caption needs. */
function widthsFor(nodes: readonly DrawnNode[], groups: readonly DrawnGroup[]): ReadonlyMap<string, number> {
  const around = new Map(groups.map(({ id, group }) => [id, group]));
  const widths = new Map<string, number>();
  for (const frame of groups) {
    const first = nodes.find(({ group }) => framesOf(group, around).includes(frame.id));
    if (first !== undefined) widths.set(first.id, Math.max(widths.get(first.id) ?? 0, sizeOfGroup(frame).width));
  }
  return widths;
}

interface Between {
  readonly from: Place | undefined;
  readonly to: Place | undefined;
  /** The boxes beside each other, by the height of their middles. */
  readonly ranks: ReadonlyMap<number, readonly Place[]>;
}

/** The same way from the edge of one box to the edge of the other, which may be narrower than the room that they were given. */
function betweenBoxes({ points, at }: ReturnType<typeof wayOf>, { from, to, ranks }: Between): readonly Point[] {
  if (from !== undefined && from === to) return roundOf(from, at);
  const inner = points.slice(1, -1);
  const [first, last] = [inner[0], inner.at(-1)];
  if (from === undefined || to === undefined || first === undefined || last === undefined) return points;
  const way = [...pastRank(from, first, ranks), ...inner, ...pastRank(to, last, ranks)];
  return [edgeOf(from, way[0] ?? first), ...way, edgeOf(to, way.at(-1) ?? last)];
}

/** A way that would pass behind a higher box beside its own goes straight up or down until it is past that. */
function pastRank(box: Place, to: Point, ranks: ReadonlyMap<number, readonly Place[]>): readonly Point[] {
  const { x, y } = box;
  const [dx, dy] = [to.x - x, Math.abs(to.y - y)];
  const hiding = (ranks.get(Math.round(y)) ?? []).filter((other) => {
    if (other.x === x || other.height <= box.height || dy < other.height / 2) return false;
    const past = x + (dx * other.height) / 2 / dy; // where the way is when it is past it
    return Math.max(x, past) > other.x - other.width / 2 && Math.min(x, past) < other.x + other.width / 2;
  });
  const highest = Math.max(0, ...hiding.map(({ height }) => height));
  return highest === 0 ? [] : [{ x, y: y + (Math.sign(to.y - y) * highest) / 2 }];
}

/** From a box back to itself: out at its right side, and in again above. */
function roundOf({ x, y, width, height }: Place, at: Point | null): readonly Point[] {
  const [right, far] = [x + width / 2, Math.max(at?.x ?? 0, x + width / 2 + 18)];
  const [above, below] = [y - height / 4, y + height / 4];
  return [
    { x: right, y: below },
    { x: far, y: below + 8 },
    { x: far, y: above - 8 },
    { x: right, y: above },
  ];
}

/** Where a straight line from the middle of a box to a point leaves it. */
function edgeOf({ x, y, width, height }: Place, to: Point): Point {
  const [dx, dy] = [to.x - x, to.y - y];
  const part = Math.min(width / 2 / Math.abs(dx), height / 2 / Math.abs(dy), 1);
  return { x: x + dx * part, y: y + dy * part };
}

function sizeOf(node: DrawnNode): Pick<Place, "width" | "height"> {
  const { kind, label } = node;
  if (kind === "start" || kind === "end") return { width: 22, height: 22 };
  if (kind === "join") return label === "" ? { width: 10, height: 10 } : { width: widthOfText(label, "small") + 22, height: 22 };
  const captions = captionsOf(node);
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
