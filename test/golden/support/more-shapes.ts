import { z } from "zod";
import { agent, asTool, context, pipeline, resource, step, tool, withPolicy } from "../../../src/index.ts";
import type { ModelScript } from "../../../src/testing/scripted-model.ts";
import { scriptedModel } from "../../../src/testing/scripted-model.ts";
import type { Shape } from "./shapes.ts";

// Contexts that are merged and mapped, agents that go wrong, people who disagree, policies in policies.

const text = z.string();
const line = (name: string) => pipeline({ name, input: text });
const says = (name: string) => step(name, (value: string) => `${value} ${name}`);
const fails = (name: string) =>
  step(name, (value: string): string => {
    if (value !== "") throw new RangeError(`${name} cannot`);
    return value;
  });
const Notes = context(z.object({ lines: z.array(text).default([]), pages: z.number().default(0), last: text.default("") }), {
  lines: "append",
  pages: "sum",
});
const notes = (name: string) =>
  step({
    name,
    context: Notes,
    run: (value: string, { contribute }) => {
      contribute("lines", name);
      contribute("pages", 2);
      return value;
    },
  });
const sets = (name: string) =>
  step({
    name,
    context: Notes,
    run: (value: string, { update }) => {
      update((draft) => {
        draft.last = name;
      });
      return value;
    },
  });
const noted = () => pipeline({ name: "p", input: text, context: Notes });
const Ticket = z.object({ area: z.enum(["billing", "other"]), urgency: z.number() });
const ticket = (script: ModelScript) =>
  agent({ name: "classify", model: scriptedModel(script), instructions: "Classify.", output: Ticket });
const pay = tool({
  name: "pay",
  description: "Pays.",
  input: z.object({ cents: z.number() }),
  effect: "once",
  needsApproval: true,
  run: ({ cents }) => cents,
});
const weigh = tool({
  name: "weigh",
  description: "Weighs.",
  input: z.object({ item: text }),
  run: ({ item }): number => {
    if (item === "lead") throw new RangeError("too heavy");
    return item.length;
  },
});
const pays = () =>
  agent({
    name: "cashier",
    model: scriptedModel([{ calls: [{ tool: "pay", input: { cents: 500 } }] }, "done"]),
    instructions: "Pay.",
    tools: [pay],
  });

/** By what they show. */
export const MORE_SHAPES: Readonly<Record<string, () => Shape>> = {
  "a branch by key": () => ({
    program: line("p").branch((value) => (value === "in" ? "in" : "out"), { in: says("inside"), out: says("outside") }),
  }),
  "a branch by default": () => ({
    program: line("p").branch((value): string => `${value}?`, { in: says("inside") }, { default: says("else") }),
  }),
  "a branch that knows no such key": () => ({ program: line("p").branch(() => "nowhere" as "in", { in: says("inside") }) }),
  "branches that add to one context": () => ({
    program: noted().parallel({ a: notes("a"), b: noted().step(notes("b1")).step(notes("b2")) }),
  }),
  "branches that disagree about the context": () => ({ program: noted().parallel({ a: sets("a"), b: sets("b") }) }),
  "branches of which the first to be declared counts": () => ({
    program: noted().parallel({ a: sets("a"), b: sets("b") }, { merge: "keepFirst" }),
  }),
  "a branch whose failure is ignored": () => ({ program: line("p").parallel({ a: fails("a"), b: says("b") }, { onFailure: "ignore" }) }),
  "a loop that maps and gives what it maps": () => ({
    program: line("p").loop(says("x"), {
      maxIterations: 3,
      next: (value) => `${value}+`,
      output: (value) => value.length,
      onExhausted: "return",
    }),
  }),
  "a loop that was not enough": () => ({ program: line("p").loop(says("x"), { until: () => false, maxIterations: 2 }) }),
  "a loop with a person in it": () => ({
    program: line("p").loop(
      line("body")
        .human("more", { answer: z.boolean() })
        .step("text", ({ input }) => `${input}!`),
      {
        until: (value) => value.length > 3,
        maxIterations: 3,
      },
    ),
  }),
  "a program with a context of its own": () => {
    const inner = pipeline({ name: "inner", input: text, context: Notes }).step(notes("a"));
    const Outer = z.object({ read: z.number().default(0) });
    const program = pipeline({ name: "p", input: text, context: Outer }).step(inner, {
      context: { in: () => ({ last: "begin" }), out: (within, outer) => ({ read: outer.read + within.pages }) },
    });
    return { program };
  },
  "an agent whose first answer does not fit": () => ({ program: line("p").step(ticket(["no JSON", '{"area":"billing","urgency":2}'])) }),
  "an agent that refuses": () => ({ program: line("p").step(ticket([{ text: "I will not.", finish: "refusal" }])) }),
  "an agent that is cut off": () => ({ program: line("p").step(ticket([{ text: '{"area":"bil', finish: "length" }])) }),
  "a model whose stream breaks off": () => ({
    program: line("p").step(ticket([{ text: "half an", breaks: "error" }, { json: { area: "other", urgency: 1 } }])),
  }),
  "a model that is always broken, and a fallback": () => ({
    program: line("p").step(
      withPolicy(ticket([{ text: "half", breaks: "cut" }]), { fallback: step("guess", () => ({ area: "other", urgency: 0 })) }),
    ),
  }),
  "an agent whose instructions are a function": () => ({
    program: line("p").step(agent({ name: "look", model: scriptedModel(["seen"]), instructions: (input) => `Look at ${String(input)}.` })),
  }),
  "a tool that fails, of which the model is told": () => ({
    program: line("p").step(
      agent({
        name: "scale",
        model: scriptedModel([
          { calls: [{ tool: "weigh", input: { item: "lead" } }] },
          { calls: [{ tool: "weigh", input: { item: "tin" } }] },
          "3",
        ]),
        instructions: "Weigh.",
        tools: [weigh],
      }),
    ),
  }),
  "a tool that is called with what does not fit": () => ({
    program: line("p").step(
      agent({
        name: "scale",
        model: scriptedModel([
          {
            calls: [
              { tool: "weigh", input: { it: 1 } },
              { tool: "nothing", input: {} },
            ],
          },
          "none",
        ]),
        instructions: "Weigh.",
        tools: [weigh],
      }),
    ),
  }),
  "an agent that turns for ever": () => ({
    program: line("p").step(
      agent({
        name: "scale",
        model: scriptedModel(() => ({ calls: [{ tool: "weigh", input: { item: "tin" } }] })),
        instructions: "Weigh.",
        tools: [weigh],
        maxTurns: 3,
      }),
    ),
  }),
  "an agent as a tool of another": () => {
    const helper = agent({ name: "helper", model: scriptedModel(["42"]), instructions: "Compute.", input: z.object({ sum: text }) });
    const model = scriptedModel([{ calls: [{ tool: "compute", input: { sum: "6 * 7" } }] }, "It is 42."]);
    const tools = [asTool(helper, { name: "compute", description: "Computes." })];
    return { program: line("p").step(agent({ name: "boss", model, instructions: "Ask.", tools })) };
  },
  "a payment that a person rejects": () => ({ program: line("p").step(pays()), approves: { decision: "reject", note: "not this month" } }),
  "a payment that a person changes": () => ({ program: line("p").step(pays()), approves: { decision: "edit", input: { cents: 100 } } }),
  "people in several places at once": () => ({
    program: pipeline({ name: "p", input: z.array(text) }).map(line("each").human("ok", { answer: z.boolean() }), { concurrency: 3 }),
    input: ["a", "b", "c"],
  }),
  "what a person is shown": () => ({ program: line("p").human("look", { answer: z.boolean(), show: (value) => ({ letter: value }) }) }),
  "validators that tell the next attempt": () => ({
    program: line("p").step(
      withPolicy(
        step("write", (value: string, { feedback }) => (feedback === null ? `${value}!` : value)),
        {
          retry: { retries: 2, firstDelayMs: 0 },
          validate: [{ name: "tone", check: (value) => ({ ok: !value.includes("!"), score: 0.5, feedback: "Do not shout." }) }],
        },
      ),
    ),
  }),
  "a failure that is told and replaced": () => ({
    program: line("p").step(withPolicy(fails("a"), { onFailure: () => undefined, onError: { default: "instead" } })),
  }),
  "a chain of fallbacks": () => ({ program: line("p").step(withPolicy(fails("a"), { fallback: [fails("b"), says("c")] })) }),
  "attempts at a whole program": () => ({
    program: noted().step(
      withPolicy(
        noted()
          .step(notes("a"))
          .step("b", (value, { feedback }) => {
            if (feedback === null) throw new RangeError("not the first time");
            return value;
          }),
        { retry: { retries: 1, firstDelayMs: 0 } },
      ),
    ),
  }),
  "a tap whose failure is ignored": () => ({ program: line("p").tap(fails("t"), { onError: "ignore" }) }),
  "a step that is done once": () => ({
    program: line("p").step(step({ name: "send", effect: "once", run: (value: string) => `${value} sent` })),
  }),
  "a resource that is kept open": () => {
    const session = resource({ open: () => ({ send: (value: string) => value.length }) });
    const send = step({ name: "send", resources: { session }, run: (value: string, { resources }) => resources.session.send(value) });
    return { program: line("p").step(send) };
  },
  "time and chance in a step": () => ({
    program: line("p")
      .sleep("nap", "3 days")
      .step("draw", () => ({ at: new Date().toISOString(), dice: Math.random(), id: crypto.randomUUID() })),
    isRecorded: true,
  }),
  "values that are no JSON": () => ({
    program: line("p").step("values", () => ({
      at: new Date(0),
      big: 12n,
      none: undefined,
      list: new Set(["a"]),
      map: new Map([["k", 1]]),
    })),
  }),
};
