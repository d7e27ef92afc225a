import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { AnyStep } from "../../src/index.ts";
import { background, cached, defineKind, pipeline, planOf, refine, step, withPolicy } from "../../src/index.ts";
import { captionOf } from "../../src/drawing/caption.ts";
import type { Drawing } from "../../src/drawing/drawing.ts";
import { drawPlan } from "../../src/drawing/draw-plan.ts";
import { mermaidOf } from "../../src/drawing/mermaid.ts";
import { svgOf } from "../../src/drawing/svg.ts";

const same = (name: string) => step(name, (value: string) => value);
const text = z.string();
const line = (name: string) => pipeline({ name, input: text });

const talk = (times: number, name: string) =>
  pipeline({ name }).step(same("open")).loop(same("speak"), { maxIterations: times, name: "by turns" });
const rounds = defineKind({
  kind: "rounds",
  expand: ({ times, name = "talk" }: { readonly times: number; readonly name?: string }) => talk(times, name),
  caption: ({ times }) => `${times} rounds`,
});
const polished = defineKind({
  kind: "polished",
  expand: () => refine({ name: "text", generate: same("write"), critique: step("judge", () => true), maxIterations: 2 }),
});
const safe = defineKind({ kind: "safe", expand: () => withPolicy(same("ask"), { fallback: same("instead") }) });
const outer = defineKind({ kind: "outer", expand: () => rounds({ times: 3, name: "long talk" }), caption: () => "all" });

const drawn = (program: AnyStep, isFolded = false): Drawing => drawPlan(planOf(program), { noteOf: () => "", isFolded });
const framesOf = ({ groups }: Drawing) => groups.map((group) => captionOf(group));

/** What stands in a frame, by the frame's caption. */
function insideOf({ groups, nodes }: Drawing): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    groups.map((group) => [captionOf(group), nodes.filter((node) => node.group === group.id).map(({ label }) => label)]),
  );
}

describe("a drawing of what a kind made", () => {
  test("has a frame with its name, its kind and what it says of its options; a pipeline has no other in it", () => {
    const drawing = drawn(
      line("p")
        .step(rounds({ times: 2 }))
        .step(same("end")),
    );
    expect(insideOf(drawing)).toEqual({ "talk · rounds · 2 rounds": ["open"], "by turns · loop": ["speak"] });
    expect(drawing.groups[0]).toMatchObject({ kind: "custom", called: "rounds", path: "p/talk" });
  });

  test("has it around the whole where the kind is all that runs", () => {
    expect(framesOf(drawn(rounds({ times: 2 })))).toEqual(["talk · rounds · 2 rounds", "by turns · loop"]);
  });

  test("has the frame of what is built in within it, which does not say its name again, and a frame for each kind of several", () => {
    expect(framesOf(drawn(polished()))).toEqual(["text · polished", "refine"]);
    expect(framesOf(drawn(outer()))).toEqual(["long talk · outer · all", "long talk · rounds · 3 rounds", "by turns · loop"]);
  });

  test("has the fallback inside where the kind made it, and outside where it was put around", () => {
    expect(insideOf(drawn(line("p").step(safe())))).toEqual({ "ask · safe": ["ask", "instead"] });
    const around = line("p").step(withPolicy(rounds({ times: 1 }), { fallback: same("instead") }));
    expect(drawn(around).nodes.find(({ label }) => label === "instead")?.group).toBeNull();
  });

  test("shows it in caches, taps and runs in the background, whose name it has", () => {
    const program = line("p")
      .step(cached(rounds({ times: 1 })))
      .tap(safe(), { name: "ask" })
      .step(background(rounds({ times: 2, name: "other" })));
    expect(framesOf(drawn(program))).toEqual([
      "talk · cache",
      "talk · rounds · 1 rounds",
      "by turns · loop",
      "ask · tap",
      "ask · safe",
      "other · background",
      "other · rounds · 2 rounds",
      "by turns · loop",
    ]);
  });

  test("folded, is one box with the same words, led through as the whole was; what is put around it is there", () => {
    const program = line("p")
      .step(rounds({ times: 2 }))
      .step(safe())
      .step(withPolicy(outer(), { fallback: same("apart") }));
    const { nodes, groups, edges } = drawn(program, true);
    const labels = new Map(nodes.map(({ id, label }) => [id, label]));
    expect(groups).toEqual([]);
    expect(nodes.flatMap(({ kind, called, label, note }) => (kind === "custom" ? [`${label} · ${called} · ${note}`] : []))).toEqual([
      "talk · rounds · 2 rounds",
      "ask · safe · ",
      "long talk · outer · all",
    ]);
    expect(edges.map(({ from, to, label }) => `${labels.get(from)} -${label}-> ${labels.get(to)}`)).toEqual([
      "talk --> ask",
      "long talk -if it fails-> apart",
      "ask --> long talk",
      "start --> talk",
      "long talk --> end",
      "apart --> end",
    ]);
  });

  test("is written as Mermaid and as a picture, whatever the kind says of itself", async () => {
    const odd = defineKind({ kind: "odd", expand: () => same("x"), caption: () => 'a "quoted" <b> & `thing`' });
    const program = line("p")
      .step(odd())
      .step(rounds({ times: 2 }));
    expect(mermaidOf(drawn(program))).toContain('subgraph g0["x · odd · a #34;quoted#34; #60;b#62; #38; #96;thing#96;"]');
    expect(mermaidOf(drawn(program, true))).toContain('[["talk<br/><small>rounds · 2 rounds</small>"]]');
    const svg = await svgOf(drawn(program));
    expect(svg).toContain("a &quot;quoted&quot; &lt;b&gt; &amp; `thing`");
    expect(svg).toContain('class="frame custom"');
    expect(await svgOf(drawn(program, true))).toContain(">rounds<");
  });
});
