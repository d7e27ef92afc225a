import { describe, expect, test } from "vitest";
import { z } from "zod";
import { agent, context, definitionOf, pipeline, step, tool } from "../dsl/index.ts";
import type { AnyStep } from "../dsl/index.ts";
import type { HistoryPolicy } from "../model/history-policy.ts";
import type { Plan } from "../model/node.ts";
import { changesBetween, describeChanges } from "./compare.ts";
import { compile } from "./compile.ts";

const planOf = (program: AnyStep): Plan => compile(definitionOf(program)).plan;
const told = (before: AnyStep, after: AnyStep): string[] =>
  changesBetween(planOf(before), planOf(after)).map(({ kind, path, says }) => `${kind} ${path}: ${says}`);

const a = step("a", (n: number) => n);
const b = step("b", (n: number) => n);
const c = step("c", (n: number) => n);
const p = pipeline({ name: "p", input: z.number() });
const find = { name: "find", description: "Finds.", input: z.object({ id: z.string() }), run: () => "x" } as const;
const ask = { name: "ask", model: "offline:extract", instructions: "Answer.", tools: [tool(find)] } as const;

const REMEMBERS = "changed q/loop: what is given of the conversation before changed";

/** An agent in a loop. */
function asked(history?: HistoryPolicy): AnyStep {
  const again = { maxIterations: 2, ...(history === undefined ? {} : { history }) };
  return pipeline({ name: "q", input: z.string() }).loop(agent({ ...ask, tools: [] }), again);
}

describe("changes between two plans are told by path, in words", () => {
  test.each<[string, AnyStep, AnyStep, string[]]>([
    ["none", p.step(a), p.step(a), []],
    ["a new member and one that is gone", p.step(a).step(b), p.step(a).step(c), ["added p/c: it is new", "removed p/b: it is gone"]],
    ["another order", p.step(a).step(b), p.step(b).step(a), ["changed p: its members are in another order"]],
    ["another function", a, step("a", (n: number) => n + 1), ["code-changed a: the code of its function changed"]],
    ["another kind", p.step(a), p.step(agent({ ...ask, name: "a" })), ["changed p/a: its kind was step and is agent"]],
    ["another name of the whole", p.step(a), pipeline({ name: "q", input: z.number() }).step(a), ["changed p: it is called q now"]],
    ["a history of a loop that is new", asked(), asked({ keep: "whole" }), [REMEMBERS]],
    ["one that is another", asked({ keep: "whole" }), asked({ keep: "exchanges", exchanges: 2 }), [REMEMBERS]],
    ["one that is gone", asked({ keep: "whole" }), asked(), [REMEMBERS]],
    [
      "another version",
      p.step(a),
      pipeline({ name: "p", version: "2", input: z.number() }).step(a),
      ["changed p: its version was 0.0.0 and is 2"],
    ],
    [
      "another input schema",
      p.step(a),
      pipeline({ name: "p", input: z.number().min(1) }).step(a),
      ["changed p: the schema of its input or its context changed"],
    ],
    [
      "another reducer",
      pipeline({ name: "p", input: z.number(), context: context(z.object({ n: z.number() }), { n: "sum" }) }).step(a),
      pipeline({ name: "p", input: z.number(), context: context(z.object({ n: z.number() }), { n: "max" }) }).step(a),
      ["changed p: the reducers of its context changed"],
    ],
    [
      "options of a step",
      step({ name: "s", version: "1", run: () => 1 }),
      step({ name: "s", version: "1", run: () => 1, retries: 1, timeoutMs: 5, effect: "once" }),
      ["changed s: its effect changed", "changed s: its retries changed", "changed s: its timeout changed"],
    ],
    [
      "an agent's own",
      agent(ask),
      agent({ ...ask, model: "openai:gpt-5-mini", instructions: "Answer well.", maxTurns: 3, output: z.object({ x: z.string() }) }),
      [
        "changed ask: its model changed",
        "changed ask: its instructions changed",
        "changed ask: its output schema changed",
        "changed ask: its limit of turns changed",
      ],
    ],
    [
      "an agent's tools",
      agent({ ...ask, tools: [tool(find), tool({ ...find, name: "old" }), tool({ ...find, name: "same" })] }),
      agent({
        ...ask,
        tools: [
          tool({ ...find, description: "Seeks." }),
          tool({ ...find, name: "new" }),
          tool({ ...find, name: "same", input: z.object({}), run: () => "y" }),
        ],
      }),
      [
        "changed ask:find: its description changed",
        "added ask:new: it is a new tool",
        "changed ask:same: its schema changed",
        "removed ask:old: this tool is gone",
        "code-changed ask:same: the code of the tool changed",
      ],
    ],
    [
      "an agent's input schema",
      agent({ ...ask, input: z.string() }),
      agent({ ...ask, input: z.number() }),
      ["changed ask: the schema of its input or output changed"],
    ],
    [
      "a selector, and what is shown",
      p.branch(() => "a", { a }).human("h", { show: () => 1, answer: z.boolean() }),
      p.branch(() => "a" as const, { a }, {}).human("h", { show: () => 2, answer: z.string() }),
      ["changed p/h: the schema of its answer changed", "code-changed p/h:show: the code of what it shows changed"],
    ],
    [
      "nothing shown any more",
      p.human("h", { show: () => 1, answer: z.boolean() }),
      p.human("h", { answer: z.boolean() }),
      ["code-changed p/h:show: what it shows is gone"],
    ],
    [
      "something shown now",
      p.human("h", { answer: z.boolean() }),
      p.human("h", { show: () => 1, answer: z.boolean() }),
      ["code-changed p/h:show: what it shows is new"],
    ],
    [
      "how concurrent work is joined",
      pipeline({ name: "p" })
        .map(a, { concurrency: 1 })
        .parallel({ b: step("b", String), c: step("c", String) }),
      pipeline({ name: "p" })
        .map(a, { onFailure: "collect" })
        .parallel({ c: step("c", String), b: step("b", String) }, { merge: "none" }),
      [
        "changed p/map: its concurrency changed",
        "changed p/map: what it does on failure changed",
        "changed p/parallel: how it merges the context changed",
        "changed p/parallel: its members are in another order",
      ],
    ],
    [
      "another selector",
      p.branch(() => "a", { a }),
      p.branch((n) => (n > 0 ? "a" : "a"), { a }),
      ["code-changed p/branch:key: the code of its selector changed"],
    ],
  ])("%s", (_what, before, after, expected) => {
    expect(told(before, after)).toEqual(expected);
  });

  test("many are told as five and how many more", () => {
    const changes = changesBetween(
      planOf(p.step(a)),
      planOf("t u v w x y z".split(" ").reduce((grown, name) => grown.step(name, (n) => n), p.step(a))),
    );
    expect(describeChanges(changes)).toBe("p/t: it is new; p/u: it is new; p/v: it is new; p/w: it is new; p/x: it is new; and 2 more");
    expect(describeChanges(changes.slice(0, 1))).toBe("p/t: it is new");
  });
});
