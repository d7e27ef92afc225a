import { expect, test } from "vitest";
import { z } from "zod";
import type { HistoryPolicy } from "../../index.ts";
import { agent, context, Flujo, machine, pipeline, planOf, reducers, resource, saga, step, withPolicy } from "../../index.ts";
import { paintFor } from "./paint.ts";
import { planLines } from "./plan-tree.ts";

const same = (name: string) => step(name, (n: number) => n);
const shaky = pipeline({ name: "shaky" }).step("a", (n: number) => n);
const writer = agent({ name: "writer", model: "offline:extract", instructions: "x", input: z.number(), timeoutMs: 5_000 });
const inner = pipeline({ name: "research", context: z.object({ topic: z.string() }) }).step("look", (n: number) => n);
const door = resource({ open: () => 1, close: () => undefined });
const program = pipeline({ name: "order", input: z.number() })
  .step(shaky, { retries: 2, retryOn: ["timeout"], fallback: [same("guess"), same("ask")], totalTimeoutMs: 60_000 })
  .loop(same("inc"), { name: "up", until: (n) => n > 4, maxIterations: 9 })
  .loop(shaky, { name: "twice", maxIterations: 2 })
  .sleep("nap", "3 days")
  .sleepUntil("then", () => 0)
  .parallel({ fast: same("quick"), slow: same("sloth"), sure: same("turtle") }, { join: 2, name: "race" })
  .step("sum", () => 7)
  .step(writer, { retries: 1, validate: [{ name: "tone", check: () => true, minScore: 0.5 }], onError: { default: "none" } })
  .step("length", (text) => text.length)
  .step(withPolicy(same("rate"), { timeoutMs: 1_500, onFailure: () => undefined, resources: { door } }))
  .step(inner, { context: { in: () => ({ topic: "x" }) } })
  .tap("log", () => undefined, { onError: "ignore" })
  .waitFor("paid", { schema: z.number(), timeout: "2 days", default: 0 })
  .human("ok", { answer: z.boolean(), timeoutMs: 3_600_000, onTimeout: step("remind", () => false) });

test("a plan says of every node what it will do: bounds, joins, times, policies, and what stands in its place", async () => {
  await using flujo = new Flujo();
  const plan = await flujo.check(program);
  const lines = planLines(plan, { paint: paintFor({ isTTY: false }, {}), model: null, width: 120 });
  expect(lines.slice(1)).toEqual([
    "  ├ shaky                  sequence  2 retries on timeout · 1 m in all",
    "  │  ├ a                   step",
    "  │  ├ fallback: guess     step",
    "  │  └ fallback-2: ask     step",
    "  ├ up                     loop      until it is enough, at most 9 times",
    "  │  └ each time inc       step",
    "  ├ twice                  loop      2 times",
    "  │  └ each time shaky     sequence",
    "  │     └ a                step",
    "  ├ nap                    sleep     for 3 d",
    "  ├ then                   sleep     until a function says",
    "  ├ race                   parallel  the first 2 of 3",
    "  │  ├ fast: quick         step",
    "  │  ├ slow: sloth         step",
    "  │  └ sure: turtle        step",
    "  ├ sum                    step",
    "  ├ writer                 agent     offline:extract · at most 10 turns · 2 retries · timeout 5 s · checked by tone ≥ 0…",
    "  ├ length                 step",
    "  ├ rate                   step      opens door · timeout 1.5 s · tells of its failure",
    "  ├ research               nested    with a context of its own",
    "  │  └ look                step",
    "  ├ log                    tap       passes on what it is given · ignores failures",
    "  ├ paid                   signal    waits for a signal for 2 d at most, then goes on with a default",
    "  └ ok                     human     waits for an answer for 1 h at most, then something else",
    "     └ on timeout: remind  step",
  ]);
  const wide = planLines(plan, { paint: paintFor({ isTTY: false }, {}), model: null, width: Number.POSITIVE_INFINITY });
  expect(wide.find((line) => line.includes("writer"))).toContain(
    "checked by tone ≥ 0.5 · 1 retry as a whole · a default instead of a failure",
  );
});

test("a program with a policy around it stands in its own plan", async () => {
  await using flujo = new Flujo();
  const plan = await flujo.check(withPolicy(shaky, { retries: 1 }));
  const lines = planLines(plan, { paint: paintFor({ isTTY: false }, {}), model: null, width: 80 });
  expect(lines.slice(1)).toEqual(["  └ shaky  sequence  1 retry", "     └ a   step"]);
});

const Case = context(
  z.object({ title: z.string().default(""), cents: z.number().default(0), at: z.object({ desk: z.string().optional() }).default({}) }),
);
const says = step("says", (text: string) => text);
const looks = step({ name: "looks", context: Case, reads: ["title"], writes: ["cents"], run: (text: string) => text });
const blind = step({ name: "blind", context: Case, reads: [], run: (text: string) => text });
const kept = saga(
  pipeline({ name: "kept", input: z.string(), context: Case })
    .step(looks, { sinkTo: "at.desk", compensate: step("forget", () => null) })
    .step(blind)
    .parallel({ a: says, b: looks }, { name: "both", include: ["title", "cents"], reduce: reducers.first })
    .step("split", (text) => [text])
    .map(says, { name: "each one", include: [], reduce: reducers.judge(step("sum up", () => "all")) })
    .step(
      machine({
        name: "desk",
        initial: "open",
        states: { open: says },
        on: [{ from: "open", to: "shut" }],
        ends: ["shut"],
        maxHops: 2,
      }),
    ),
);

test("a plan says which fields of the context are read, written, let in and written to, what reduces, what undoes, and which states there are", () => {
  const lines = planLines(planOf(kept), { paint: paintFor({ isTTY: false }, {}), model: null, width: 120 });
  expect(lines.slice(1).map((line) => line.replaceAll(/ {2,}/g, "  "))).toEqual([
    "  └ kept  saga  undone as a whole where it fails",
    "  ├ looks  step  reads title · writes cents · written to at.desk",
    "  │  └ compensate: forget  step",
    "  ├ blind  step  reads nothing",
    "  ├ both  parallel  context: title, cents · reduced by a function",
    "  │  ├ a: says  step",
    "  │  └ b: looks  step  reads title · writes cents",
    "  ├ split  step",
    "  ├ each one  map  8 at once · context: nothing",
    "  │  ├ each says  step",
    "  │  └ reduce: sum up  step",
    "  └ desk  machine  begins in open · ends in shut · at most 2 transitions",
    "  └ open: says  step  → shut",
  ]);
});

test("it says what agents are given of what was said before, of a thread or of a loop", async () => {
  await using flujo = new Flujo();
  const told = async (history: HistoryPolicy): Promise<readonly string[]> => {
    const asked = agent({ name: "asked", model: "offline:extract", instructions: "x", input: z.string() });
    const body = pipeline()
      .step(asked)
      .step(agent({ name: "clerk", model: "offline:extract", instructions: "x", history }));
    const plan = await flujo.check(pipeline({ name: "p", input: z.string() }).loop(body, { maxIterations: 2, history }));
    const lines = planLines(plan, { paint: paintFor({ isTTY: false }, {}), model: null, width: 160 });
    return lines.filter((line) => line.includes("recalls")).map((line) => line.replace(/^.*recalls/, "").replace(/ · .*$/, ""));
  };
  expect(await told({ keep: "whole" })).toEqual([" all of what its agents said in it", " all of its thread"]);
  expect((await told({ keep: "exchanges", exchanges: 1 }))[0]).toBe(" the newest 1 exchange of what its agents said in it");
  expect((await told({ keep: "tokens", tokens: 8_000 }))[1]).toBe(" the newest 8,000 tokens of its thread");
  expect((await told({ keep: "summary", over: 9_000, newest: 50 }))[1]).toBe(" a summary, and the newest 50 to 9,000 tokens of its thread");
});

test("of a machine it is told where each state leads, and when; what is all of a plan is named once, by the title", () => {
  const on = [
    { from: "draft", to: "review" },
    { from: "review", to: "out", if: () => true },
    { from: "review", to: "draft" },
    { from: "review", to: "out", when: ["timeout"] },
  ] as const;
  const states = { draft: same("draft"), review: same("check") };
  const article = machine({ name: "article", initial: "draft", states, on, ends: ["out"], maxHops: 4 });
  const lines = planLines(planOf(article), { paint: paintFor({ isTTY: false }, {}), model: null, width: 120 });
  expect(lines.slice(1)).toEqual([
    "                    machine  begins in draft · ends in out · at most 4 transitions",
    "   ├ draft          step     → review",
    "   └ review: check  step     if → out; else → draft; on timeout → out",
  ]);
});
