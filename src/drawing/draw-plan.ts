import type { NodeOf, Plan, PlanNode } from "../model/node.ts";
import { childrenOf } from "../model/plan-nodes.ts";
import type { DrawnEdge, DrawnGroup, DrawnKind, DrawnNode, Drawing } from "./drawing.ts";

/** How a plan is drawn. */
export interface DrawOptions {
  /** More of a node, in a few words. */
  readonly noteOf: (node: PlanNode) => string;
}

/** Where something that was drawn is come to, and where it is left. */
interface Ends {
  readonly entries: readonly string[];
  readonly exits: readonly string[];
}

/** Draws a plan: every node with what comes after it, what it goes round, and what stands in for it. */
export function drawPlan(plan: Plan, options: DrawOptions): Drawing {
  return new Draft(options).drawing(plan);
}

class Draft {
  readonly #options: DrawOptions;
  readonly #nodes: DrawnNode[] = [];
  readonly #groups: DrawnGroup[] = [];
  readonly #edges: DrawnEdge[] = [];

  constructor(options: DrawOptions) {
    this.#options = options;
  }

  drawing({ name, version, root }: Plan): Drawing {
    const start = this.#mark("start", "start", null);
    const body = root.kind === "sequence" && root.policy === undefined ? this.#chain(root.children, null) : this.#draw(root, null);
    const end = this.#mark("end", "end", null);
    this.#lead([start], body.entries);
    this.#lead(body.exits, [end]);
    return { title: `${name} ${version}`, nodes: this.#nodes, groups: this.#groups, edges: this.#edges };
  }

  /** A node, and what runs in its place where it has failed. */
  #draw(node: PlanNode, group: string | null): Ends {
    const drawn = this.#drawKind(node, group);
    const exits = [...drawn.exits];
    for (const fallback of node.policy?.fallbacks ?? []) {
      const { entries, exits: more } = this.#draw(fallback, group);
      this.#lead(drawn.exits, entries, { label: "if it fails", kind: "otherwise" });
      exits.push(...more);
    }
    return { entries: drawn.entries, exits };
  }

  #drawKind(node: PlanNode, group: string | null): Ends {
    switch (node.kind) {
      case "sequence":
        return this.#within(node, group, (inside) => this.#chain(node.children, inside));
      case "branch":
        return this.#branch(node, group);
      case "parallel":
        return this.#atOnce(node, node.branches, { group, label: "", joined: joinOf(node) });
      case "loop":
        return this.#round(node, group, "again");
      case "agent":
        return this.#agent(node, group);
      case "human":
      case "signal":
        return this.#wait(node, group);
      default: {
        const children = ownChildren(node);
        if (children.length === 0 || standsIn(node, children)) return only(this.#box(node, group));
        return this.#within(node, group, (inside) => this.#chain(children, inside));
      }
    }
  }

  /** One after the other. */
  #chain(children: readonly PlanNode[], group: string | null): Ends {
    let entries: readonly string[] | null = null;
    let exits: readonly string[] = [];
    for (const child of children) {
      const drawn = this.#draw(child, group);
      if (entries === null) entries = drawn.entries;
      else this.#lead(this.#joined(exits, drawn.entries, group), drawn.entries);
      exits = drawn.exits;
    }
    return { entries: entries ?? [], exits };
  }

  /** Many ways to many places would be a tangle: they meet first. */
  #joined(exits: readonly string[], entries: readonly string[], group: string | null): readonly string[] {
    if (exits.length < 2 || entries.length < 2) return exits;
    const join = this.#mark("join", "", group);
    this.#lead(exits, [join]);
    return [join];
  }

  #branch(node: NodeOf<"branch">, group: string | null): Ends {
    const question = this.#box(node, group);
    const exits: string[] = [];
    const slots = Object.entries(node.branches);
    for (const [key, branch] of node.default === null ? slots : [...slots, ["otherwise", node.default] as const]) {
      const drawn = this.#draw(branch, group);
      this.#lead([question], drawn.entries, { label: key, kind: "next" });
      exits.push(...drawn.exits);
    }
    return { entries: [question], exits };
  }

  #atOnce(node: PlanNode, branches: readonly PlanNode[], how: { group: string | null; label: string; joined: string }): Ends {
    const { group, label, joined } = how;
    const fork = this.#box(node, group);
    const join = this.#mark("join", joined, group);
    for (const branch of branches) {
      const drawn = this.#draw(branch, group);
      this.#lead([fork], drawn.entries, { label: label === "" ? "" : branch.segment, kind: "next" });
      this.#lead(drawn.exits, [join]);
    }
    return { entries: [fork], exits: [join] };
  }

  /** What is gone round until it is enough. */
  #round(node: PlanNode, group: string | null, label: string): Ends {
    return this.#within(node, group, (inside) => {
      const drawn = this.#chain(ownChildren(node), inside);
      this.#lead(drawn.exits, drawn.entries.slice(0, 1), { label, kind: "again" });
      return drawn;
    });
  }

  /** An agent with the programs that it may call. */
  #agent(node: NodeOf<"agent">, group: string | null): Ends {
    const programs = ownChildren(node);
    if (programs.length === 0) return only(this.#box(node, group));
    return this.#within(node, group, (inside) => {
      const box = this.#box(node, inside);
      for (const program of programs) this.#lead([box], this.#draw(program, inside).entries, { label: "may call", kind: "otherwise" });
      return only(box);
    });
  }

  #wait(node: NodeOf<"human" | "signal">, group: string | null): Ends {
    const box = this.#box(node, group);
    const program = node.limit?.program ?? null;
    if (program === null) return only(box);
    const drawn = this.#draw(program, group);
    this.#lead([box], drawn.entries, { label: "not in time", kind: "otherwise" });
    return { entries: [box], exits: [box, ...drawn.exits] };
  }

  #within(node: PlanNode, group: string | null, draw: (inside: string) => Ends): Ends {
    const id = `g${this.#groups.length}`;
    const { kind, name: label, path } = node;
    this.#groups.push({ id, kind, label, note: this.#options.noteOf(node), group, path });
    const drawn = draw(id);
    return drawn.entries.length === 0 ? only(this.#box(node, id)) : drawn;
  }

  #box(node: PlanNode, group: string | null): string {
    const { kind, name: label, path } = node;
    return this.#add({ kind, label, note: this.#options.noteOf(node), group, path });
  }

  #mark(kind: DrawnKind, label: string, group: string | null): string {
    return this.#add({ kind, label, note: "", group, path: null });
  }

  #add(node: Omit<DrawnNode, "id">): string {
    const id = `n${this.#nodes.length}`;
    this.#nodes.push({ id, ...node });
    return id;
  }

  #lead(from: readonly string[], to: readonly string[], how: Pick<DrawnEdge, "label" | "kind"> = { label: "", kind: "next" }): void {
    for (const start of from) for (const end of to) this.#edges.push({ from: start, to: end, ...how });
  }
}

function only(id: string): Ends {
  return { entries: [id], exits: [id] };
}

/** Whether all that is below it is what it does, called like itself: the function of a tap. */
function standsIn({ name }: PlanNode, [child, ...others]: readonly PlanNode[]): boolean {
  return child !== undefined && others.length === 0 && child.name === name && child.policy === undefined && childrenOf(child).length === 0;
}

function joinOf({ join }: NodeOf<"parallel">): string {
  return join === undefined ? "all" : String(join);
}

/** Those below a node, without what runs in its place. */
function ownChildren(node: PlanNode): readonly PlanNode[] {
  const fallbacks = node.policy?.fallbacks.length ?? 0;
  const all = childrenOf(node);
  return fallbacks === 0 ? all : all.slice(0, -fallbacks);
}
