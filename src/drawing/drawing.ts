import type { NodeKind } from "../model/node.ts";
import type { NodePath } from "../model/path.ts";

/** What stands at a place of a drawing: a node, what a kind of an author's own made, where a run begins or ends, or where several ways come together. */
export type DrawnKind = NodeKind | "custom" | "start" | "end" | "join";

/** One box. */
export interface DrawnNode {
  /** Unique in its drawing; letters and digits. */
  readonly id: string;
  readonly kind: DrawnKind;
  /** What its author calls such a kind; absent for what is built in. */
  readonly called?: string;
  readonly label: string;
  /** More of it, in a few words, in a line or two; empty where there is nothing to say. */
  readonly note: string;
  /** The group it stands in; null for none. */
  readonly group: string | null;
  /** Null for what is no node of the plan: marks, and what belongs to the plan of a run that it starts. */
  readonly path: NodePath | null;
}

/** A frame around what belongs to one node. */
export interface DrawnGroup {
  readonly id: string;
  readonly kind: NodeKind | "custom";
  /** As of a box. */
  readonly called?: string;
  /** Empty where the frame around it says it already. */
  readonly label: string;
  readonly note: string;
  /** The group it stands in; null for none. */
  readonly group: string | null;
  /** Null in the plan of a run that it starts. */
  readonly path: NodePath | null;
}

/** A way from one box to another. */
export interface DrawnEdge {
  readonly from: string;
  readonly to: string;
  /** Empty where it says nothing. */
  readonly label: string;
  /** `next`: what comes after; `again`: back, for another round; `otherwise`: only where something has failed, or when it is asked for. */
  readonly kind: "next" | "again" | "otherwise";
}

/** A plan as boxes, frames and ways, without places: what Mermaid and SVG are made of. */
export interface Drawing {
  readonly title: string;
  readonly nodes: readonly DrawnNode[];
  /** Those around others come first. */
  readonly groups: readonly DrawnGroup[];
  readonly edges: readonly DrawnEdge[];
}
