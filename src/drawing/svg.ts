import type { XmlElement } from "../base/xml/write-xml.ts";
import { writeXml, xmlText } from "../base/xml/write-xml.ts";
import { captionOf, captionsOf } from "./caption.ts";
import type { DrawnKind, Drawing } from "./drawing.ts";
import type { LaidOut, Place, Point } from "./lay-out.ts";
import { layOut } from "./lay-out.ts";
import { HEIGHT_OF_LINE, widthOfText } from "./text-size.ts";

/** A drawing as a picture, for light and dark pages. Needs no browser. */
export async function svgOf(drawing: Drawing): Promise<string> {
  const laidOut = await layOut(drawing);
  const { width, height } = laidOut;
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  return writeXml({
    svg: {
      "@_xmlns": "http://www.w3.org/2000/svg",
      "@_width": w,
      "@_height": h,
      "@_viewBox": `0 0 ${w} ${h}`,
      "@_role": "img",
      "@_aria-label": xmlText(drawing.title),
      title: xmlText(drawing.title),
      style: STYLE,
      defs: { marker: MARKER },
      rect: { "@_class": "page", "@_width": w, "@_height": h },
      g: [
        { "@_class": "groups", g: laidOut.groups.map(groupOf) },
        { "@_class": "ways", g: laidOut.edges.map(wayOf) },
        { "@_class": "nodes", g: laidOut.nodes.map(nodeOf) },
        { "@_class": "captions", g: laidOut.groups.map(captionOfGroup) },
      ],
    },
  });
}

const MARKER = {
  "@_id": "tip",
  "@_viewBox": "0 0 8 8",
  "@_refX": "7",
  "@_refY": "4",
  "@_markerWidth": "7",
  "@_markerHeight": "7",
  "@_orient": "auto",
  path: { "@_class": "tip", "@_d": "M0 0L8 4L0 8z" },
};

const STYLE = [
  ":root { color-scheme: light dark; --page: #fff; --ink: #1d2430; --faint: #6b7484; --box: #f5f7fa; --line: #9aa4b2; --frame: #d5dae2 }",
  "@media (prefers-color-scheme: dark) { :root { --page: #14181f; --ink: #e8ecf2; --faint: #98a2b3; --box: #1f2630; --line: #667085; --frame: #343d4b } }",
  "text { font-family: ui-sans-serif, system-ui, sans-serif; fill: var(--ink) }",
  ".page { fill: var(--page) } .name { font-size: 13px; font-weight: 600 } .small { font-size: 11px; fill: var(--faint) }",
  ".box { fill: var(--box); stroke: var(--line) } .frame { fill: none; stroke: var(--frame); stroke-width: 1.5 }",
  ".way { fill: none; stroke: var(--line); stroke-width: 1.4 } .tip { fill: var(--line) } .again, .otherwise { stroke-dasharray: 5 4 }",
  ".behind { fill: var(--page) } .start, .join { fill: var(--line) } .end { fill: var(--page); stroke: var(--line); stroke-width: 4 }",
  ".agent { stroke: #7c5cff; stroke-width: 1.8 } .human, .signal { stroke: #e0962a; stroke-width: 1.8 } .sleep { stroke: #2f9e8f } .custom { stroke: #3d7dd8 }",
].join("\n");

function nodeOf(node: LaidOut["nodes"][number]): XmlElement {
  const { kind, label, x, y, width } = node;
  const place = { x, y, width, height: node.height };
  if (kind === "start" || kind === "end" || (kind === "join" && label === ""))
    return { circle: { "@_class": kind, "@_cx": round(x), "@_cy": round(y), "@_r": round(width / 2 - (kind === "end" ? 2 : 0)) } };
  if (kind === "join") return { rect: boxOf("box", place, 11), text: line(label, "small", { x, y: y + 4 }) };
  const texts = [label, ...captionsOf(node)];
  const top = y - ((texts.length - 1) * HEIGHT_OF_LINE) / 2 + 4;
  const lines = texts.map((text, index) => line(text, index === 0 ? "name" : "small", { x, y: top + index * HEIGHT_OF_LINE }));
  return { rect: boxOf(`box ${kind}`, place, ROUND[kind] ?? 4), text: lines };
}

/** How round the corners of a box are, in pixels. */
const ROUND: Partial<Readonly<Record<DrawnKind, number>>> = { agent: 18, human: 10, signal: 10, sleep: 10, branch: 0 };

function groupOf(group: LaidOut["groups"][number]): XmlElement {
  return { rect: boxOf(group.kind === "custom" ? "frame custom" : "frame", group, 8) };
}

/** Over the ways, which lead into a frame where its caption stands. */
function captionOfGroup(group: LaidOut["groups"][number]): XmlElement {
  const text = captionOf(group);
  const [left, top] = [group.x - group.width / 2 + 8, group.y - group.height / 2 + 1];
  const width = widthOfText(text, "small") + 2;
  const behind = { "@_class": "behind", ...corner({ x: left + width / 2, y: top + HEIGHT_OF_LINE / 2, width, height: HEIGHT_OF_LINE }) };
  return { rect: behind, text: { ...line(text, "small", { x: left, y: top + 12 }), "@_text-anchor": "start" } };
}

function wayOf({ points, label, kind, at }: LaidOut["edges"][number]): XmlElement {
  const path = { "@_class": `way ${kind}`, "@_d": curve(points), "@_marker-end": "url(#tip)" };
  if (label === "" || at === null) return { path };
  const width = widthOfText(label, "small") + 6;
  const behind = { "@_class": "behind", ...corner({ ...at, width, height: HEIGHT_OF_LINE }) };
  return { path, rect: behind, text: line(label, "small", { x: at.x, y: at.y + 4 }) };
}

/** Through the points, round at each. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  const last = rest.pop();
  const parts = [`M${round(first.x)} ${round(first.y)}`];
  rest.forEach((point, index) => {
    const next = rest[index + 1] ?? last ?? point;
    const isLast = index === rest.length - 1;
    const [x, y] = isLast ? [next.x, next.y] : [(point.x + next.x) / 2, (point.y + next.y) / 2];
    parts.push(`Q${round(point.x)} ${round(point.y)} ${round(x)} ${round(y)}`);
  });
  if (rest.length === 0 && last !== undefined) parts.push(`L${round(last.x)} ${round(last.y)}`);
  return parts.join("");
}

function boxOf(name: string, place: Place, radius: number): XmlElement {
  return { "@_class": name, "@_rx": radius, ...corner(place) };
}

function corner({ x, y, width, height }: Place): XmlElement {
  return { "@_x": round(x - width / 2), "@_y": round(y - height / 2), "@_width": round(width), "@_height": round(height) };
}

function line(text: string, name: string, { x, y }: Point): XmlElement {
  return { "@_class": name, "@_x": round(x), "@_y": round(y), "@_text-anchor": "middle", "#text": xmlText(text) };
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
