import { describe, expect, test } from "vitest";
import { paintFor } from "../cli/terminal/paint.ts";
import { planLines } from "../cli/terminal/plan-tree.ts";
import { agent, definitionOf, pipeline, plugin, step, withPolicy } from "../dsl/index.ts";
import type { AnyStep } from "../dsl/index.ts";
import { changesBetween } from "./compare.ts";
import { compile } from "./compile.ts";
import type { Definition } from "./definition.ts";

const planOf = (program: AnyStep) => compile(definitionOf(program)).plan;
const told = (before: AnyStep, after: AnyStep): string[] =>
  changesBetween(planOf(before), planOf(after)).map(({ kind, path, says }) => `${kind} ${path}: ${says}`);

const grow = step("grow", (n: number) => n + 1);
const shrink = step("shrink", (n: number) => n - 1);
const fine = plugin("fine", (n: number) => n > 0);
const p = pipeline({ name: "p" });

function refusalOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return String(error);
  }
  return "nothing was refused";
}

/** A policy whose plugins and redirects no builder has looked at. */
function withRaw(options: object): Definition {
  return { ...definitionOf(withPolicy(grow, {})), ...options };
}

describe("plugins and redirects in a plan", () => {
  test("are there by their names, below their node, and bound by the versions of their code", () => {
    const { plan, bindings } = compile(definitionOf(p.step(grow, { plugins: [fine], redirects: { shrink, "a b": shrink } })));
    const node = plan.root.kind === "sequence" ? plan.root.children[0] : undefined;
    expect(node?.policy).toMatchObject({ plugins: ["fine"], redirects: { shrink: { path: "p/grow/redirect-shrink" } } });
    expect(plan.code["p/grow:plugin fine"]).toMatch(/^[0-9a-f]+$/);
    expect(bindings.steps.has("p/grow/redirect-a b" as never)).toBe(true);
  });

  test("a redirect's place is its own, whatever the program itself holds", () => {
    const held = pipeline({ name: "held" }).step("redirect-other", (n: number) => n);
    const plan = planOf(p.step(held, { plugins: [fine], redirects: { other: shrink } }));
    expect(Object.keys(plan.code)).toEqual(expect.arrayContaining(["p/held/redirect-other", "p/held/redirect-other-2"]));
  });

  test("without any, a plan is what it was", () => {
    expect(planOf(p.step(withPolicy(grow, { plugins: [] }))).hash).toBe(planOf(p.step(withPolicy(grow, {}))).hash);
    const ask = { name: "ask", model: "offline:extract", instructions: "" } as const;
    expect(planOf(agent({ ...ask, promptProcessors: [], outputProcessors: [] })).hash).toBe(planOf(agent(ask)).hash);
  });

  test("what changed of them is told", () => {
    const stern = plugin("fine", (n: number) => n > 1);
    expect(told(p.step(grow, { plugins: [fine] }), p.step(grow, { plugins: [stern] }))).toEqual([
      "code-changed p/grow:plugin fine: the code of its plugin fine changed",
    ]);
    expect(told(p.step(grow, { plugins: [fine] }), p.step(grow, { plugins: [fine], redirects: { shrink } }))).toEqual([
      "changed p/grow: what is done around it changed",
      "added p/grow/redirect-shrink: it is new",
    ]);
    const trim = plugin("trim", () => true);
    expect(told(p.step(grow, { plugins: [fine, trim] }), p.step(grow, { plugins: [trim, fine] }))).toEqual([
      "changed p/grow: its plugins, or their order, changed",
    ]);
    expect(told(p.step(grow, { plugins: [fine], timeoutMs: 5 }), p.step(grow, { plugins: [fine], timeoutMs: 6 }))).toEqual([
      "changed p/grow: the timeout of an attempt as a whole changed",
    ]);
    const ask = { name: "ask", model: "offline:extract", instructions: "" } as const;
    const plain = agent({ ...ask, outputProcessors: [(text) => text] });
    const trims = agent({ ...ask, outputProcessors: [(text) => text.trim()] });
    expect(told(plain, trims)).toEqual(["code-changed ask:outputProcessor 1: the code of its output processor 1 changed"]);
  });

  test("flujo explain says them", () => {
    const ask = agent({ name: "ask", model: "offline:extract", instructions: "", promptProcessors: [(parts) => parts] });
    const program = p
      .step(grow, { plugins: [fine, (n) => n > 1], redirects: { shrink }, fallback: shrink })
      .step("text", String)
      .step(ask);
    expect(planLines(planOf(program), { paint: paintFor({ isTTY: false }, {}), model: null, width: 120 }).slice(1)).toEqual([
      "  ├ grow                        step   plugins fine, plugin",
      "  │  ├ redirect-shrink: shrink  step",
      "  │  └ fallback: shrink         step",
      "  ├ text                        step",
      "  └ ask                         agent  offline:extract · 1 prompt processor · at most 10 turns · 2 retries",
    ]);
  });
});

describe("what could not run is refused", () => {
  test.each<[string, () => unknown, string]>([
    [
      "a plugin called as a validator is",
      () => planOf(withPolicy(grow, { plugins: [fine], validate: { name: "fine", check: () => true } })),
      'grow: two of its plugins and validators are called "fine".',
    ],
    ["a plugin called __proto__", () => compile(withRaw({ plugins: [{ ...fine, name: "__proto__" }] })), 'a plugin is called "__proto__".'],
    ["a plugin without a function", () => compile(withRaw({ plugins: [{ name: "a" }] })), 'the plugin "a"'],
    [
      "redirects that nobody redirects to",
      () => compile(withRaw({ redirects: { b: definitionOf(shrink) } })),
      "no plugin that could redirect",
    ],
    ["redirects that are a list", () => compile(withRaw({ plugins: [fine], redirects: [definitionOf(shrink)] })), "redirects is a list."],
    [
      "a redirect that is the program itself",
      () => compile(withRaw({ plugins: [fine], redirects: { b: definitionOf(grow) } })),
      'the redirect "b" is the program itself.',
    ],
    [
      "a redirect that leads back to the program",
      () => planOf(withPolicy(grow, { plugins: [fine], redirects: { b: pipeline({ name: "b" }).step(grow) } })),
      "grow/redirect-b/grow: it contains itself",
    ],
    [
      "processors that are no list",
      () => planOf(agent({ name: "a", model: "offline:extract", instructions: "", promptProcessors: ((x: unknown) => x) as never })),
      "a: promptProcessors is a function. Give a list of functions.",
    ],
    [
      "a processor that is no function",
      () => planOf(agent({ name: "a", model: "offline:extract", instructions: "", outputProcessors: ["trim"] as never })),
      "a: outputProcessors[0]",
    ],
  ])("%s", (_what, call, message) => {
    expect(refusalOf(call)).toContain(message);
  });
});
