import { type } from "arktype";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { FlujoError } from "../base/errors.ts";
import { childrenOf } from "../model/plan-nodes.ts";
import { compile } from "../plan/compile.ts";
import type { AgentDefinition, StepDefinition } from "../plan/definition.ts";
import { agent, agenticLoop, asTool, context, definitionOf, gate, isProgram, machine, pipeline, step, tool } from "./index.ts";

const upper = step("upper", (text: string) => text.toUpperCase());
const length = step("length", (text: string) => text.length);
const ask = agent({ name: "ask", model: "offline:extract", instructions: "Answer." });

describe("steps", () => {
  test("have the defaults that their documentation promises", () => {
    const { run: _run, ...rest } = definitionOf(upper) as StepDefinition;
    expect(rest).toEqual({
      kind: "step",
      name: "upper",
      effect: "none",
      inDoubt: "retry",
      input: null,
      output: null,
      version: null,
      retry: null,
      timeoutMs: null,
    });
  });

  test("take retries in short and in detail", () => {
    const policyOf = (options: object): unknown => (definitionOf(step({ name: "s", run: () => 1, ...options })) as StepDefinition).retry;
    expect(policyOf({ retries: 2 })).toEqual({ maxAttempts: 3, firstDelayMs: 250, factor: 2, maxDelayMs: 10_000, jitter: "none" });
    expect(policyOf({ retry: { retries: 1, firstDelayMs: 5 } })).toEqual({
      maxAttempts: 2,
      firstDelayMs: 5,
      factor: 2,
      maxDelayMs: 10_000,
      jitter: "none",
    });
    expect(policyOf({ retry: { retries: 1, jitter: "full" } })).toMatchObject({ jitter: "full" });
    expect(policyOf({ retries: 0 })).toBeNull();
    expect(() => compile(definitionOf(step({ name: "s", run: () => 1, retries: "3" as never })))).toThrow('s: retries is "3".');
    expect(() => compile(definitionOf(step({ name: "s", run: () => 1, retries: -1 })))).toThrow("s: retries is -1.");
  });

  test("take schemas of any library, those that are functions too", () => {
    const either = step({ name: "s", input: type("string"), run: (text) => text.length });
    expect(() => compile(definitionOf(pipeline({ name: "p" }).step(either)))).not.toThrow();
  });
});

describe("agents and tools", () => {
  test("have the defaults that their documentation promises", () => {
    expect(definitionOf(ask)).toEqual({
      kind: "agent",
      name: "ask",
      model: "offline:extract",
      instructions: "Answer.",
      input: null,
      output: null,
      tools: [],
      servers: [],
      providerTools: [],
      toolChoice: "auto",
      settings: {},
      endings: {},
      history: null,
      maxTurns: 10,
      retry: { maxAttempts: 3, firstDelayMs: 250, factor: 2, maxDelayMs: 10_000, jitter: "full" },
      timeoutMs: null,
    });
  });

  test("an agent holds the definitions of its tools", () => {
    const find = tool({ name: "find", description: "Finds.", input: z.object({ id: z.string() }), run: ({ id }) => id });
    const finder = agent({ name: "finder", model: "offline:extract", instructions: "Find.", tools: [find] });
    expect((definitionOf(finder) as AgentDefinition).tools).toEqual([find.definition]);
  });

  test.each([
    [{ settings: { temperature: "hot" } }, 'a: settings.temperature is "hot". Give a number of at least 0.'],
    [{ settings: { heat: 1 } }, 'a: there is no setting "heat". Those there are: temperature, topP'],
    [{ settings: "hot" }, 'a: settings is "hot".'],
    [{ settings: { headers: { a: 1 } } }, "a: settings.headers is an object. Give texts by header name."],
    [{ endings: { bored: "fail" } }, 'a: there is no ending "bored". Those there are: cut-off, refused'],
    [{ endings: { empty: "ignore" } }, 'a: endings.empty is "ignore". Choose "feedback", "retry" or "fail".'],
    [{ history: { keep: "some" } }, 'a: history is {"keep":"some"}.'],
    [{ history: { keep: "summary", over: 10, newest: 20 } }, "a: history is"],
    [{ toolChoice: "always" }, 'a: toolChoice is "always".'],
    [{ toolChoice: { tool: "find" } }, 'a: toolChoice names the tool "find", and it has none of that name.'],
    [{ providerTools: [{ id: "search" }] }, 'a: one of its providerTools has the id "search".'],
    [{ mcpServers: [{}] }, "a: one of its mcpServers is an object."],
    [{ mcpServers: "files" }, 'a: mcpServers is "files".'],
    [{ instructions: 42 }, "a: instructions is 42."],
    [{ retry: { retries: 1, jitter: "some" } }, 'a: retry.jitter is "some". Choose "full" or "none".'],
  ])("an agent with %j is refused with its place", (options, message) => {
    const wrong = agent({ name: "a", model: "offline:extract", instructions: "", ...(options as object) });
    expect(() => compile(definitionOf(wrong))).toThrow(message);
  });

  test.each([
    [{ onError: "shrug" }, 'a:t: onError is "shrug". Choose "tell" or "fail".'],
    [{ needsApproval: "yes" }, 'a:t: needsApproval is "yes".'],
    [{ inDoubt: "hope" }, 'a:t: inDoubt is "hope". Declare "retry" or "fail".'],
    [{ name: "two words" }, 'a: a tool is called "two words".'],
  ])("a tool with %j is refused with its place", (options, message) => {
    const wrong = tool({ name: "t", description: "Finds.", input: z.object({}), run: () => 1, ...(options as object) });
    expect(() => compile(definitionOf(agent({ name: "a", model: "offline:extract", instructions: "", tools: [wrong] })))).toThrow(message);
  });

  test("a program is a tool of what it takes, and refused where nothing says what that is", () => {
    const loose = step("loose", (text: string) => text);
    expect(() => asTool(loose as never, { description: "Does." })).toThrow('asTool(): nothing says what the arguments of "loose" are.');
    expect(() => asTool(pipeline() as never, { description: "Does." })).toThrow("asTool(): the program has no name.");
  });

  test("a program that is a tool stands in the plan where its runs lie", () => {
    const inner = agent({ name: "inner", model: "offline:extract", instructions: "", input: z.object({}) });
    const outer = agent({ name: "outer", model: "offline:extract", instructions: "", tools: [asTool(inner, { description: "Asks." })] });
    expect(compile(definitionOf(outer)).plan.root).toMatchObject({
      tools: [{ runner: { kind: "program", node: { path: "outer/turn[]/tool[]/inner" } } }],
    });
  });

  test("what is no tool is refused with the agent's place", () => {
    const wrong = agent({ name: "wrong", model: "offline:extract", instructions: "", tools: [{ name: "x" } as never] });
    expect(() => compile(definitionOf(wrong))).toThrow("wrong: one of its tools is an object, not a tool.");
    const none = agent({ name: "none", model: "offline:extract", instructions: "", tools: "x" as never });
    expect(() => compile(definitionOf(none))).toThrow('none: tools is "x".');
  });
});

describe("pipelines", () => {
  const shared = context(z.object({ notes: z.array(z.string()) }), { notes: "append" });
  const whole = pipeline({ name: "whole", version: "1.2.3", input: z.string(), context: shared })
    .step(upper)
    .step("again", (text) => text)
    .branch((text) => text === "", { true: length, false: length }, { name: "empty", default: length })
    .parallel({ ask, two: pipeline().step("two", (n: number) => [n]) }, { onFailure: "ignore", concurrency: 1 })
    .step("list", () => ["a"])
    .map(upper, { onFailure: "collect", merge: "overwrite" })
    .human("approve", { show: ({ output }) => output.length, answer: z.boolean() });

  test("become the definition that their methods say", () => {
    const { plan, bindings } = compile(definitionOf(whole));
    expect([plan.name, plan.version, plan.reducers]).toEqual(["whole", "1.2.3", { notes: "append" }]);
    expect(childrenOf(plan.root).map((node) => [node.kind, node.segment])).toEqual([
      ["step", "upper"],
      ["step", "again"],
      ["branch", "empty"],
      ["parallel", "parallel"],
      ["step", "list"],
      ["map", "map"],
      ["human", "approve"],
    ]);
    expect(childrenOf(plan.root)[3]).toMatchObject({ concurrency: 1, onFailure: "ignore", merge: "update" });
    expect(childrenOf(plan.root)[5]).toMatchObject({ concurrency: 8, onFailure: "collect", merge: "overwrite" });
    const show = [...bindings.decisions].find(([path]) => path === "whole/approve:show")?.[1];
    expect(show?.([1, 2], { context: {}, initialPrompt: "" })).toBe(2);
  });

  test("are immutable: a method gives a new one and leaves the old", () => {
    const base = pipeline({ name: "base", input: z.string() }).step(upper);
    const longer = base.step(length);
    expect(childrenOf(compile(definitionOf(base)).plan.root)).toHaveLength(1);
    expect(childrenOf(compile(definitionOf(longer)).plan.root)).toHaveLength(2);
    expect(() => Object.assign(base, { name: "other" })).toThrow(TypeError);
    expect(definitionOf(base)).toBe(definitionOf(base));
  });

  test("are no thenables: a promise of one settles with it", async () => {
    const load = async (): Promise<typeof whole> => whole;
    expect(await load()).toBe(whole);
    expect("then" in whole).toBe(false);
  });

  test("take 20,000 members in linear time", () => {
    let long = pipeline({ name: "long", input: z.number() }).step("s0", (n) => n);
    for (let at = 1; at < 20_000; at++) long = long.step(`s${at}`, (n) => n);
    expect(childrenOf(compile(definitionOf(long)).plan.root)).toHaveLength(20_000);
  });
});

describe("what is no program", () => {
  test("is told from one, also when another copy of the package made it", () => {
    const ofAnotherCopy = { name: "other", [Symbol.for("flujo.definition")]: definitionOf(upper) };
    expect([upper, ask, ofAnotherCopy].map(isProgram)).toEqual([true, true, true]);
    expect([null, undefined, {}, "text", () => 0, definitionOf(upper)].map(isProgram)).toEqual([false, false, false, false, false, false]);
  });

  test.each<[string, () => unknown, string]>([
    ["a function as a step", () => pipeline().step((() => 0) as never), "A function is not a program."],
    ["nothing as a step", () => pipeline().step(undefined as never), "undefined is not a program."],
    [
      "an object as a branch",
      () => pipeline().parallel({ a: {} } as never),
      'parallel(): the branch "a" is an object, and that is not a program.',
    ],
    ["a list of branches", () => pipeline().parallel([upper] as never), "parallel(): its branches are a list."],
    ["a list of judges", () => gate({ name: "g", judges: [upper] as never }), 'gate "g": its judges are a list.'],
    ["a gate without judges", () => compile(definitionOf(gate({ name: "g", judges: {} }))), "g: it has no judges."],
    [
      "an agent of a loop without its description",
      () => agenticLoop({ name: "l", planner: upper, agents: { a: upper }, maxCommands: 1 } as never),
      'agentic loop "l", agent "a": it is a program alone.',
    ],
    [
      "a function as a state",
      () => machine({ name: "m", states: { a: () => 0 }, on: [] } as never),
      'machine "m": the state "a" is a function, and that is not a program.',
    ],
    ["text as options of a pipeline", () => pipeline("name" as never), 'pipeline(): its options are "name".'],
    ["nothing as options of a human step", () => pipeline().human("ask", undefined as never), "human(): its options are undefined."],
    ["nothing as options of a step", () => step(undefined as never), "step(): its options are undefined."],
    ["nothing as options of a tool", () => tool(undefined as never), "tool(): its options are undefined."],
    ["nothing as options of an agent", () => agent(undefined as never), "agent(): its options are undefined."],
    ["a context without a schema", () => context({} as never), "context(): an object is not a schema."],
    [
      "a reducer that there is not",
      () => context(z.object({ n: z.number() }), { n: "add" } as never),
      'context(): the context\'s field "n" has the reducer "add".',
    ],
  ])("%s is refused at once", (_what, make, summary) => {
    try {
      make();
    } catch (error) {
      expect(FlujoError.is(error, "pipeline_invalid") && error.summary).toBe(summary);
      return;
    }
    throw new Error("It was not refused.");
  });

  test("a context that is no schema is refused with its place", () => {
    expect(() => compile(definitionOf(pipeline({ name: "p", input: z.string(), context: 1 as never }).step(upper)))).toThrow(
      "p: the context is 1, not a schema.",
    );
  });
});
