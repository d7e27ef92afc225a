import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Drawing } from "../../src/drawing/drawing.ts";
import { drawPlan } from "../../src/drawing/draw-plan.ts";
import { layOut } from "../../src/drawing/lay-out.ts";
import { mermaidOf } from "../../src/drawing/mermaid.ts";
import { svgOf } from "../../src/drawing/svg.ts";
import type { Plan } from "../../src/index.ts";
import { pipeline, planOf, step, withPolicy } from "../../src/index.ts";
import { nodesIn } from "../../src/model/plan-nodes.ts";
import { allKinds } from "../kill/all-kinds.ts";

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
  test("has every node of a plan of all kinds, as a box or as a frame, and no way that leads nowhere", () => {
    const plan = planOf(allKinds);
    const { nodes, groups, edges } = drawn(plan);
    const paths = new Set([...nodes, ...groups].map(({ path }) => path));
    const missing = nodesIn(plan.root).filter(({ path, kind, name }) => !paths.has(path) && kind !== "sequence" && !isStandIn(name, path));
    expect(missing.map(({ path }) => path)).toEqual([]);
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
      "both --> double",
      "double --> all",
      "both --> double",
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

function isStandIn(name: string, path: string): boolean {
  return name === "run" || path.endsWith("/run");
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
  test("keeps what stands beside each other apart, and what is in a frame within it", async () => {
    const { nodes, groups, width, height } = await layOut(drawn(planOf(allKinds)));
    for (const [index, one] of nodes.entries())
      for (const other of nodes.slice(index + 1)) expect(overlap(one, other), `${one.label} and ${other.label}`).toBe(false);
    for (const inner of [...nodes, ...groups]) {
      const frame = groups.find(({ id }) => id === inner.group);
      if (frame !== undefined) expect(isWithin(inner, frame), `${inner.label} in ${frame.label}`).toBe(true);
      expect(isWithin(inner, { x: width / 2, y: height / 2, width, height })).toBe(true);
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
