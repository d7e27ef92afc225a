import type { KindMark, Plan, PlanNode } from "../model/node.ts";
import { nodesIn } from "../model/plan-nodes.ts";
import type { DrawnEdge, DrawnGroup, DrawnKind, DrawnNode, Drawing } from "./drawing.ts";

/** How a plan is drawn. */
export interface DrawOptions {
  /** More of a node, in a few words. */
  readonly noteOf: (node: PlanNode) => string;
  /** Whether what a kind of an author's own made is one box, and nothing of what is in it is drawn. @defaultValue `false` */
  readonly isFolded?: boolean;
}

/** Where something that was drawn is come to, and where it is left. */
export interface Ends {
  readonly entries: readonly string[];
  readonly exits: readonly string[];
}

/** Draws a node without what its policy adds to it, in a frame or in none. */
export type DrawKind = (draft: Draft, node: PlanNode, group: string | null) => Ends;

/** A drawing that is being made: what every kind of node is drawn with. */
export class Draft {
  readonly #plan: Plan;
  readonly #options: DrawOptions;
  readonly #drawKind: DrawKind;
  readonly #own: ReadonlySet<PlanNode>;
  readonly #labels = new Map<PlanNode, string>();
  readonly #nodes: DrawnNode[] = [];
  readonly #groups: DrawnGroup[] = [];
  readonly #edges: DrawnEdge[] = [];

  constructor(plan: Plan, options: DrawOptions, drawKind: DrawKind) {
    this.#plan = plan;
    this.#options = options;
    this.#drawKind = drawKind;
    this.#own = new Set(nodesIn(plan.root));
  }

  /** All of the plan, from where a run begins to where it ends. */
  drawing(): Drawing {
    const { name, version, root } = this.#plan;
    const start = this.mark("start", "start", null);
    const body = this.chain(membersOf(root), null);
    const end = this.mark("end", "end", null);
    this.lead([start], body.entries);
    this.lead(body.exits, [end]);
    return { title: `${name} ${version}`, nodes: this.#nodes, groups: this.#groups, edges: this.#edges };
  }

  /** A node, what runs in its place where it has failed, and what undoes it. */
  draw(node: PlanNode, group: string | null): Ends {
    const { madeBy = [] } = node;
    const [outermost] = madeBy;
    if (this.#options.isFolded === true && outermost !== undefined) {
      const box = only(this.#add({ ...this.#made(node, outermost), group }));
      return outermost.hasPolicy === true ? box : this.#withPolicy(node, box, group);
    }
    const around = madeBy.filter(({ hasPolicy = false }) => hasPolicy);
    const outside = this.#frames(node, around, group);
    const inside = this.#frames(node, madeBy.slice(around.length), outside);
    const isFrame = node.kind === "sequence" && inside !== group; // a frame of its own within theirs would say nothing
    const drawn = isFrame ? this.chain(node.children, inside) : this.#drawKind(this, node, inside);
    return this.#withPolicy(node, drawn, outside);
  }

  /** A frame for each of the kinds that made a node, one in the other. Gives the innermost. */
  #frames(node: PlanNode, marks: readonly KindMark[], group: string | null): string | null {
    let at = group;
    for (const mark of marks) {
      const id = `g${this.#groups.length}`;
      this.#groups.push({ id, ...this.#made(node, mark), group: at });
      at = id;
    }
    return at;
  }

  /** What runs in a node's place where it has failed, and what undoes it. */
  #withPolicy(node: PlanNode, drawn: Ends, group: string | null): Ends {
    const exits = [...drawn.exits];
    for (const redirect of Object.values(node.policy?.redirects ?? {})) {
      const { entries, exits: more } = this.drawSlot(redirect, group);
      this.lead(drawn.exits, entries, { label: "if a plugin says so", kind: "otherwise" });
      exits.push(...more);
    }
    for (const fallback of node.policy?.fallbacks ?? []) {
      const { entries, exits: more } = this.draw(fallback, group);
      this.lead(drawn.exits, entries, { label: "if it fails", kind: "otherwise" });
      exits.push(...more);
    }
    const undoes = node.policy?.compensation;
    if (undoes !== undefined) this.lead(drawn.exits, this.draw(undoes, group).entries, { label: "undo", kind: "otherwise" });
    return { entries: drawn.entries, exits };
  }

  /** One by the name of the slot that it stands in, which says more than its own. */
  drawSlot(node: PlanNode, group: string | null): Ends {
    const { name, segment } = node;
    if (segment !== name) this.#labels.set(node, `${segment}: ${name}`);
    return this.draw(node, group);
  }

  /** One after the other. */
  chain(children: readonly PlanNode[], group: string | null): Ends {
    let entries: readonly string[] | null = null;
    let exits: readonly string[] = [];
    for (const child of children) {
      const drawn = this.draw(child, group);
      if (entries === null) entries = drawn.entries;
      else this.lead(drawn.entries.length < 2 ? exits : this.joined(exits, group), drawn.entries);
      exits = drawn.exits;
    }
    return { entries: entries ?? [], exits };
  }

  /** Many ways to many places would be a tangle: they meet first. */
  joined(exits: readonly string[], group: string | null): readonly string[] {
    if (exits.length < 2) return exits;
    const join = this.mark("join", "", group);
    this.lead(exits, [join]);
    return [join];
  }

  /** A frame around what belongs to a node; where that is nothing, the node is a box in it. */
  within(node: PlanNode, group: string | null, draw: (inside: string) => Ends): Ends {
    const id = `g${this.#groups.length}`;
    const { label, ...said } = this.#said(node);
    const isNamed = node.madeBy === undefined; // else by the frame around it
    this.#groups.push({ id, ...said, label: isNamed ? label : "", kind: node.kind, group });
    const drawn = draw(id);
    return drawn.entries.length === 0 ? only(this.box(node, id)) : drawn;
  }

  /** Gives the id. */
  box(node: PlanNode, group: string | null): string {
    return this.#add({ ...this.#said(node), kind: node.kind, group });
  }

  /** What is no node of the plan. Gives the id. */
  mark(kind: DrawnKind, label: string, group: string | null): string {
    return this.#add({ kind, label, note: "", group, path: null });
  }

  lead(from: readonly string[], to: readonly string[], how: Pick<DrawnEdge, "label" | "kind"> = { label: "", kind: "next" }): void {
    for (const start of from) for (const end of to) this.#edges.push({ from: start, to: end, ...how });
  }

  /** What is said of something that a kind made. A sequence has no frame of its own in it, so that the innermost says what it says. */
  #made(node: PlanNode, mark: KindMark) {
    const { label, note, path } = this.#said(node);
    const own = node.kind === "sequence" && mark === node.madeBy?.at(-1) ? note : "";
    return { kind: "custom", called: mark.kind, label, note: [mark.caption, own].filter((text) => text !== "").join(" · "), path } as const;
  }

  #said(node: PlanNode): Pick<DrawnNode & DrawnGroup, "label" | "note"> & Pick<DrawnNode, "path"> {
    const label = this.#labels.get(node) ?? node.name;
    return { label, note: this.#options.noteOf(node), path: this.#own.has(node) ? node.path : null };
  }

  #add(node: Omit<DrawnNode, "id">): string {
    const id = `n${this.#nodes.length}`;
    this.#nodes.push({ id, ...node });
    return id;
  }
}

/** What is come to and left at the same place. */
export function only(id: string): Ends {
  return { entries: [id], exits: [id] };
}

/** What a program does one after the other, where nothing is done around it as a whole and no kind made it; else itself. */
export function membersOf(node: PlanNode): readonly PlanNode[] {
  return node.kind === "sequence" && node.policy === undefined && node.madeBy === undefined ? node.children : [node];
}
