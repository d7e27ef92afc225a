import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Drawing } from "../../src/drawing/drawing.ts";
import { drawPlan } from "../../src/drawing/draw-plan.ts";
import type { Point } from "../../src/drawing/lay-out.ts";
import { layOut } from "../../src/drawing/lay-out.ts";
import { mermaidOf } from "../../src/drawing/mermaid.ts";
import { svgOf } from "../../src/drawing/svg.ts";
import { captionOf } from "../../src/drawing/caption.ts";
import { widthOfText } from "../../src/drawing/text-size.ts";
import { HANDLERS } from "../../src/core/handlers/index.ts";
import type { Plan } from "../../src/index.ts";
import { background, cached, gate, pipeline, planOf, step, withPolicy } from "../../src/index.ts";
import type { NodeKind, PlanNode } from "../../src/model/node.ts";
import { nodesIn } from "../../src/model/plan-nodes.ts";
import { allKinds } from "../kill/all-kinds.ts";
import { article, beside, everyKind, planned, rounds, trip } from "./every-kind.ts";

const double = step("double", (n: number) => n * 2);

function drawn(plan: Plan): Drawing {
  return drawPlan(plan, { noteOf: () => "" });
}

const half = step("half", (n: number) => n / 2);

/** From one label to another. */
function waysOf({ nodes, edges }: Drawing): readonly string[] {
  const labels = new Map(nodes.map(({ id, label, kind }) => [id, label === "" ? kind : label]));
  return edges.map(({ from, to, label }) => `${labels.get(from)} -${label}-> ${labels.get(to)}`);
}

describe("a drawing", () => {
  test("is tried with every kind of node that can be run", () => {
    const kinds = new Set(nodesIn(planOf(everyKind).root).map(({ kind }) => kind));
    expect(Object.keys(HANDLERS).filter((kind) => !kinds.has(kind as NodeKind))).toEqual([]);
  });

  test.for([
    ["every kind", everyKind],
    ["every policy", allKinds],
  ] as const)("has every node of a plan of %s, as what it is, as a box or as a frame, and no way that leads nowhere", ([, program]) => {
    const plan = planOf(program);
    const { nodes, groups, edges } = drawn(plan);
    const places = new Set([...nodes, ...groups].map(({ kind, path }) => `${kind} ${path}`));
    const missing = membersIn(plan.root).filter(({ kind, path }) => !places.has(`${kind} ${path}`));
    expect(missing.map(({ kind, path }) => `${kind} ${path}`)).toEqual([]);
    const ids = nodes.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { from, to } of edges) expect([ids.includes(from), ids.includes(to)]).toEqual([true, true]);
    const led = new Set(edges.map(({ to }) => to));
    expect(nodes.filter(({ id, kind }) => kind !== "start" && !led.has(id))).toEqual([]);
  });

  test("leads from one member to the next, into every branch by its key, and together again", () => {
    const program = pipeline({ name: "p", input: z.number() })
      .parallel({ a: double, b: double }, { name: "both" })
      .step("sum", ({ a, b }) => a + b)
      .branch((sum) => sum > 1, { true: double, false: pipeline().step(double).step(half) }, { name: "large" });
    expect(waysOf(drawn(planOf(program)))).toEqual([
      "both -a-> double",
      "double --> all",
      "both -b-> double",
      "double --> all",
      "all --> sum",
      "large -true-> double",
      "double --> half",
      "large -false-> double",
      "sum --> large",
      "start --> both",
      "double --> end",
      "half --> end",
    ]);
  });

  test("goes round in a loop, and shows what stands in for what failed and what comes of a wait that is not answered", () => {
    const careful = withPolicy(double, { fallback: step("instead", (n: number) => n) });
    const program = pipeline({ name: "p", input: z.number() })
      .loop(careful, { until: (n) => n > 9, maxIterations: 9, name: "again and again" })
      .human("agree", { answer: z.boolean(), timeoutMs: 5, onTimeout: step("alone", (n: number) => ({ input: n, answer: false })) });
    const drawing = drawn(planOf(program));
    expect(drawing.edges.filter(({ kind }) => kind !== "next").map(({ kind, label }) => `${kind}: ${label}`)).toEqual([
      "otherwise: if it fails",
      "again: again",
      "again: again",
      "otherwise: not in time",
    ]);
    expect(drawing.groups.map(({ label, kind }) => `${label} ${kind}`)).toEqual(["again and again loop"]);
  });
});

/** The dashed ways. */
function dashedOf(drawing: Drawing): readonly string[] {
  const { nodes, edges } = drawing;
  return waysOf({ ...drawing, nodes, edges: edges.filter(({ kind }) => kind !== "next") });
}

describe("a drawing of", () => {
  test("a route asks its router first, and leads into each branch by its name; what reduces stands after the join", () => {
    expect(waysOf(drawn(planOf(beside)))).toEqual(
      expect.arrayContaining([
        "both --> a",
        "all -reduce-> better",
        "ask --> desks",
        "desks -tea-> tea",
        "desks -milk-> milk",
        "tea --> join",
        "join -reduce-> sum up",
        "look -reduce-> summary",
      ]),
    );
  });

  test.for([
    ["all", "all agree"],
    ["majority", "most agree"],
    [1, "1 of 2 agree"],
  ] as const)("a gate that needs %s joins its judges by that", ([needs, joined]) => {
    const judges = { x: step("x", (n: number) => n > 0), y: step("y", (n: number) => n > 1) };
    const ways = waysOf(drawn(planOf(gate({ name: "agreed", judges, needs }))));
    expect(ways).toEqual(["agreed --> x", `x --> ${joined}`, "agreed --> y", `y --> ${joined}`, "start --> agreed", `${joined} --> end`]);
  });

  test("a loop, a refine and a search lead back to what begins the next round", () => {
    const drawing = drawn(planOf(rounds));
    expect(dashedOf(drawing)).toEqual(["polish -again-> polish", "critique: judge -again-> generate: write", "evaluate -again-> propose"]);
    expect(waysOf(drawing)).toEqual(expect.arrayContaining(["generate: write --> critique: judge", "propose -evaluate each-> evaluate"]));
  });

  test("a machine leads from state to state by its rules in their order, begins in one state and is left at its ends", () => {
    expect(waysOf(drawn(planOf(article)))).toEqual([
      "read once --> read twice",
      "draft --> read once",
      "read twice -if-> try: publish",
      "read twice -else if-> given up",
      "read twice -else-> correct",
      "correct --> read once",
      "try: publish --> done: celebrate",
      "try: publish -on timeout, rate_limited-> wake",
      "try: publish -on failure, if-> given up",
      "wake --> try: publish",
      "start --> draft",
      "done: celebrate --> end",
      "given up --> end",
    ]);
    expect(dashedOf(drawn(planOf(article)))).toHaveLength(2);
  });

  test("an agentic loop leads to what the planner may have done and back, and is left when it has finished", () => {
    expect(waysOf(drawn(planOf(planned)))).toEqual([
      "planner -may run-> find: search",
      "find: search --> planner",
      "planner -may run-> write",
      "write --> planner",
      "planner -may ask-> ask",
      "ask --> planner",
      "planner --> finished",
      "start --> planner",
      "finished --> end",
    ]);
    expect(dashedOf(drawn(planOf(planned)))).toHaveLength(6);
  });

  test("a saga has a dashed way from each step to what undoes it, after which nothing comes", () => {
    const drawing = drawn(planOf(trip));
    expect(dashedOf(drawing)).toEqual(["flight -undo-> cancel", "hotel -if it fails-> tent", "hotel -undo-> call off"]);
    expect(waysOf(drawing).filter((way) => /^(cancel|call off) /.test(way))).toEqual([]);
    expect(drawing.groups.map(({ label, kind }) => `${label} ${kind}`)).toEqual(["trip saga", "leave sequence"]);
  });

  test("a cache is a frame, and a program in the background one whose nodes are not of this plan", () => {
    const mail = pipeline({ name: "p", input: z.number() }).step(double).step(half);
    const program = pipeline({ name: "p", input: z.number() })
      .step(cached(double))
      .step(background(mail))
      .step("id", () => 1);
    const drawing = drawn(planOf(program));
    expect(drawing.groups.map(({ label, kind, path }) => `${label} ${kind} ${path}`)).toEqual([
      "double cache p/double",
      "p background p/p",
    ]);
    expect(dashedOf(drawing)).toEqual(["p -starts-> double"]);
    expect(waysOf(drawing)).toEqual(expect.arrayContaining(["double --> half", "p --> id"]));
    expect(waysOf(drawing).filter((way) => way.startsWith("half "))).toEqual([]);
    expect(drawing.nodes.filter(({ kind, path }) => kind === "step" && path === null).map(({ label }) => label)).toEqual([
      "double",
      "half",
    ]);
  });
});

/** All nodes, but for those that only stand for what is around them: the inside of a pipeline, the function of a tap. */
function membersIn(root: PlanNode): readonly PlanNode[] {
  const inside = nodesIn(root).flatMap((node) => {
    if (node.kind === "tap") return node.child.name === node.name ? [node.child] : [];
    const isFrame = node.kind === "nested" || node.kind === "cache" || node.kind === "saga";
    return isFrame && node.child.kind === "sequence" && node.child.name === node.name ? [node.child] : [];
  });
  return nodesIn(root).filter((node) => node !== root && !inside.includes(node));
}

describe("Mermaid", () => {
  test("quotes names, so that nothing in them says anything to it", () => {
    const program = pipeline({ name: 'a "b"' }).step('end"; click n1 <b>&quot;`x`', (n: number) => n);
    expect(mermaidOf(drawn(planOf(program)))).toBe(
      [
        "---",
        'title: "a \\"b\\" 0.0.0"',
        "---",
        "flowchart TD",
        '  n0(("start"))',
        '  n1["end#34;; click n1 #60;b#62;#38;quot;#96;x#96;"]',
        '  n2((("end")))',
        "  n0 --> n1",
        "  n1 --> n2",
        "",
      ].join("\n"),
    );
  });
});

describe("SVG", () => {
  test.for([
    ["every kind", everyKind],
    ["every policy", allKinds],
  ] as const)("keeps what stands beside each other apart, and what is in a frame within it: %s", async ([, program]) => {
    const { nodes, groups, width, height } = await layOut(drawn(planOf(program)));
    for (const [index, one] of nodes.entries())
      for (const other of nodes.slice(index + 1)) expect(overlap(one, other), `${one.label} and ${other.label}`).toBe(false);
    for (const inner of [...nodes, ...groups]) {
      const frame = groups.find(({ id }) => id === inner.group);
      if (frame !== undefined) expect(isWithin(inner, frame), `${inner.label} in ${frame.label}`).toBe(true);
      expect(isWithin(inner, { x: width / 2, y: height / 2, width, height })).toBe(true);
    }
  });

  test("has what follows a frame below all that is in it", async () => {
    const mail = pipeline({ name: "mail", input: z.number() }).step(double).step(half);
    const { nodes, groups } = await layOut(
      drawn(
        planOf(
          pipeline({ name: "p", input: z.number() })
            .step(background(mail))
            .step("id", () => 1),
        ),
      ),
    );
    const [frame, next] = [groups[0], nodes.find(({ label }) => label === "id")];
    expect(bottomOf(frame)).toBeLessThanOrEqual((next?.y ?? 0) - (next?.height ?? 0) / 2);
  });

  test("has branches, judges and members from the left to the right as they were declared", async () => {
    const [a, b, c] = ["a", "b", "c"].map((name) => step(name, (n: number) => n > 0));
    if (a === undefined || b === undefined || c === undefined) throw new Error("There are three.");
    const programs = [
      pipeline({ name: "p", input: z.number() }).parallel({ a, b, c }),
      pipeline({ name: "p", input: z.number() }).branch((n) => (n > 1 ? "a" : n > 0 ? "b" : "c"), { a, b, c }),
      gate({ name: "g", judges: { a, b, c }, needs: 2 }),
    ];
    for (const program of programs) {
      const { nodes, edges } = await layOut(drawn(planOf(program)));
      const beside = nodes.filter(({ label }) => ["a", "b", "c"].includes(label)).toSorted((one, other) => one.x - other.x);
      expect(beside.map(({ label }) => label)).toEqual(["a", "b", "c"]);
      const ends = edges.map(({ from, points }) => [nodes.find(({ id }) => id === from)?.x ?? 0, points] as const);
      for (const [x, points] of ends) expect(Math.abs((points[0]?.x ?? 0) - x)).toBeLessThan(80);
    }
  });

  test("has no way behind a box that is higher than the one it leaves", async () => {
    const { nodes, edges } = await layOut(drawPlan(planOf(planned), { noteOf: ({ kind }) => (kind === "human" ? "one\ntwo" : "") }));
    const finished = nodes.find(({ label }) => label === "finished");
    const [way] = edges.filter(({ from }) => from === finished?.id);
    const highest = Math.max(...nodes.filter(({ y }) => Math.abs(y - (finished?.y ?? 0)) < 1).map(bottomOf));
    expect(highest).toBeGreaterThan(bottomOf(finished));
    expect(way?.points[1]).toEqual({ x: finished?.x, y: highest });
  });

  test("gives every frame the room that its caption needs, and has every way begin and end at its boxes", async () => {
    const { nodes, groups, edges } = await layOut(drawPlan(planOf(everyKind), { noteOf: () => "in a good many words, as it is told" }));
    for (const group of groups) expect(group.width, group.label).toBeGreaterThanOrEqual(widthOfText(captionOf(group), "small"));
    const places = new Map(nodes.map((node) => [node.id, node]));
    for (const { from, to, points } of edges) {
      expect(distance(points[0], places.get(from)), `${from} to ${to}`).toBeCloseTo(0);
      expect(distance(points.at(-1), places.get(to)), `${from} to ${to}`).toBeCloseTo(0);
    }
  });

  test("is one document that says its title, has a box of each name, and keeps what is no XML out of it", async () => {
    const program = pipeline({ name: "p" }).step("a <b> & \u2028 c", (n: number) => n);
    const svg = await svgOf(drawn(planOf(program)));
    expect(svg).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="\d+" height="\d+"/);
    expect(svg).toContain("<title>p 0.0.0</title>");
    expect(svg).toContain("a &lt;b&gt; &amp; \u2028 c</text>");
    expect(svg.match(/<rect class="box step"/g)).toHaveLength(1);
    expect(svg).toMatch(/<\/svg>\s*$/);
  });
});

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function bottomOf(box: Box | undefined): number {
  return box === undefined ? Number.NaN : box.y + box.height / 2;
}

/** How far a point is from the edge of a box, in pixels. */
function distance(point: Point | undefined, box: Box | undefined): number {
  if (point === undefined || box === undefined) return Number.NaN;
  const [dx, dy] = [Math.abs(point.x - box.x) - box.width / 2, Math.abs(point.y - box.y) - box.height / 2];
  return Math.max(dx, dy);
}

function overlap(a: Box, b: Box): boolean {
  return Math.abs(a.x - b.x) < (a.width + b.width) / 2 && Math.abs(a.y - b.y) < (a.height + b.height) / 2;
}

function isWithin(inner: Box, outer: Box): boolean {
  return (
    inner.x - inner.width / 2 >= outer.x - outer.width / 2 - 0.01 &&
    inner.x + inner.width / 2 <= outer.x + outer.width / 2 + 0.01 &&
    inner.y - inner.height / 2 >= outer.y - outer.height / 2 - 0.01 &&
    inner.y + inner.height / 2 <= outer.y + outer.height / 2 + 0.01
  );
}
