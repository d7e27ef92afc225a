import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { FlujoError } from "../base/errors.ts";
import type { PlanNode } from "../model/node.ts";
import { childrenOf } from "../model/plan-nodes.ts";
import { agent, branch, human, map, parallel, policy, sequence, step, tool } from "../../test/plan/sample-definitions.ts";
import { compile } from "./compile.ts";
import type { AgentDefinition, Definition } from "./definition.ts";

function pathsOf(node: PlanNode): string[] {
  return [node.path, ...childrenOf(node).flatMap(pathsOf)];
}
function refusalOf(definition: unknown): FlujoError {
  try {
    compile(definition as Definition);
  } catch (error) {
    if (FlujoError.is(error)) return error;
    throw error;
  }
  throw new Error("It was not refused.");
}

const TRIAGE = sequence("triage", [
  agent("classify", { tools: [tool("lookUp")], output: z.object({ area: z.string() }) }),
  branch(
    { bug: sequence(null, [parallel({ summary: step("summarise"), similar: step("search") }), step("file")]), other: step("reply") },
    { default: step("refuse") },
  ),
  map(sequence(null, [step("a"), map(step("b"))]), { name: "parts" }),
  map(step("c")),
  map(step("d")),
  human("approve", { show: (value) => value }),
]);

describe("paths", () => {
  test("every node has its place, by the names and the slots above it", () => {
    expect(pathsOf(compile(TRIAGE).plan.root)).toEqual([
      "triage",
      "triage/classify",
      "triage/branch",
      "triage/branch/bug",
      "triage/branch/bug/parallel",
      "triage/branch/bug/parallel/summary",
      "triage/branch/bug/parallel/similar",
      "triage/branch/bug/file",
      "triage/branch/other",
      "triage/branch/default",
      "triage/parts",
      "triage/parts[]",
      "triage/parts[]/a",
      "triage/parts[]/map",
      "triage/parts[]/map[]",
      "triage/map",
      "triage/map[]",
      "triage/map-2",
      "triage/map-2[]",
      "triage/approve",
    ]);
  });

  test("the last segment is the slot, the name stays the author's", () => {
    const { root } = compile(
      sequence("p", [branch({ bug: step("fix"), other: sequence(null, [step("x")]) }), map(sequence(null, [step("y")]))]),
    ).plan;
    const [choice, loop] = childrenOf(root) as [PlanNode, PlanNode];
    expect(childrenOf(choice).map(({ name, segment }) => [name, segment])).toEqual([
      ["fix", "bug"],
      ["other", "other"],
    ]);
    expect(childrenOf(loop).map(({ name, segment }) => [name, segment])).toEqual([["each", "[]"]]);
  });

  test("unnamed members make room for those that were named", () => {
    const { root } = compile(sequence("p", [map(step("a")), step("map"), map(step("b")), step("map-3"), map(step("c"))])).plan;
    expect(childrenOf(root).map((node) => node.segment)).toEqual(["map-2", "map", "map-4", "map-3", "map-5"]);
  });

  test("a branch may have a key called default beside its default", () => {
    const { root } = compile(sequence("p", [branch({ default: step("a") }, { default: step("b") })])).plan;
    expect(pathsOf(root).slice(2)).toEqual(["p/branch/default", "p/branch/default-2"]);
  });

  test("an agent or a step alone is a program; a pipeline without a name is called pipeline", () => {
    expect(compile(agent("alone")).plan).toMatchObject({ name: "alone", version: "0.0.0", root: { kind: "agent", path: "alone" } });
    expect(compile(sequence(null, [step("a"), sequence(null, [step("b")])])).plan.root.path).toBe("pipeline");
  });
});

describe("plan and bindings", () => {
  test("a plan is frozen to its last corner, and is JSON", () => {
    const { plan } = compile(TRIAGE);
    const walk = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      expect(Object.isFrozen(value)).toBe(true);
      for (const inner of Object.values(value)) walk(inner);
    };
    walk(plan);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  test("code has a version for each function, by the path of its node", () => {
    const { plan, bindings } = compile(TRIAGE);
    expect(Object.keys(plan.code)).toContain("triage/classify:lookUp");
    expect(Object.keys(plan.code)).toContain("triage/branch:key");
    expect(Object.keys(plan.code)).toContain("triage/approve:show");
    expect(plan.code["triage/branch/other"]).toMatch(/^[0-9a-f]{16}$/);
    expect([...bindings.agents.keys()]).toEqual(["triage/classify"]);
    expect([...bindings.decisions.keys()]).toEqual(["triage/branch:key", "triage/approve:show"]);
    expect([...bindings.answers.keys()]).toEqual(["triage/approve"]);
  });

  test("a declared version stands for the function's source", () => {
    expect(compile(step("a", { version: "7" })).plan.code).toEqual({ a: "7" });
  });

  test("no limit of time may be written Infinity, one attempt is no policy", () => {
    expect(compile(step("a", { timeoutMs: Number.POSITIVE_INFINITY, retry: { ...policy, maxAttempts: 1 } })).plan.root).toMatchObject({
      timeoutMs: null,
      retry: null,
    });
  });

  test("a model object is called by its provider and id", () => {
    const labelOf = (model: object): unknown => compile(agent("a", { model })).plan.root;
    expect(labelOf({ specificationVersion: "v4", provider: "mock", modelId: "m1" })).toMatchObject({ model: "mock:m1" });
    expect(labelOf({ specificationVersion: "v4" })).toMatchObject({ model: "custom:model" });
  });

  test("what is shown to a person is given the output with the rest", () => {
    const { bindings } = compile(human("h", { show: ({ output, initialPrompt }) => [output, initialPrompt] }));
    const show = [...bindings.decisions.values()][0];
    expect(show?.(1, { context: {}, initialPrompt: "go" })).toEqual([1, "go"]);
  });

  test("the same definition is compiled once", () => {
    expect(compile(TRIAGE)).toBe(compile(TRIAGE));
  });

  test("the root's input is checked by the runner alone", () => {
    const input = z.string();
    const { bindings } = compile(step("a", { input }));
    expect(bindings.input).toBe(input);
    expect([...bindings.steps.values()][0]?.input).toBeNull();
  });

  test("a nested pipeline's input is checked by a first step, unless its first member does it", () => {
    const input = z.coerce.number();
    const nested = sequence("inner", [step("a")], { input });
    const checked = sequence("twin", [step("a", { input })], { input });
    expect(pathsOf(compile(sequence("p", [nested, checked])).plan.root)).toEqual([
      "p",
      "p/inner",
      "p/inner/input",
      "p/inner/a",
      "p/twin",
      "p/twin/a",
    ]);
    const check = [...compile(sequence("p", [nested])).bindings.steps.values()][0];
    expect(check?.run(7, {} as never)).toBe(7);
    expect(check?.input).toBe(input);
  });

  test("no bound on concurrency is the largest integer", () => {
    const { root } = compile(sequence("p", [map(step("a"), { concurrency: Number.POSITIVE_INFINITY })])).plan;
    expect(childrenOf(root)[0]).toMatchObject({ concurrency: Number.MAX_SAFE_INTEGER });
  });
});

describe("fingerprints", () => {
  const printOf = (definition: Definition): string => compile(definition).plan.root.fingerprint;

  test("change with what is asked", () => {
    const base = agent("a", { output: z.object({ x: z.string() }) });
    const changes: Partial<AgentDefinition>[] = [
      { instructions: "Do it well." },
      { model: "openai:gpt-5-mini" },
      { output: z.object({ x: z.number() }) },
      { input: z.string() },
      { tools: [tool("t")] },
      { tools: [tool("t", { description: "Another." })] },
    ];
    const prints = [base, ...changes.map((change) => ({ ...base, ...change }))].map(printOf);
    expect(new Set(prints).size).toBe(prints.length);
  });

  test("do not change with retries, time limits, children or the same schema made anew", () => {
    expect(printOf(step("a", { retry: policy, timeoutMs: 5, input: z.string() }))).toBe(printOf(step("a", { input: z.string() })));
    expect(printOf(sequence("p", [step("a")]))).toBe(printOf(sequence("p", [step("b")])));
  });

  test("a schema that cannot describe itself is no obstacle for a step", () => {
    expect(() => compile(step("a", { input: v.string(), output: z.date() }))).not.toThrow();
  });
});

describe("refusals: one clear error that names the place", () => {
  const deep = (levels: number): Definition => {
    let definition: Definition = step("bottom");
    for (let n = 1; n < levels; n++) definition = sequence("p", [definition]);
    return definition;
  };
  const circle = (): Definition => {
    const children: Definition[] = [];
    const outer = sequence("outer", [sequence("inner", children)]);
    children.push(outer);
    return outer;
  };
  const bomb = (): Definition => {
    let definition: Definition = step("bottom");
    for (let n = 0; n < 40; n++) definition = parallel({ a: definition, b: definition });
    return definition;
  };
  const inP = (...children: unknown[]): Definition => sequence("p", children as Definition[]);

  test.each<[string, unknown, string]>([
    ["duplicate names", inP(step("a"), step("b"), step("a")), 'p: two members are called "a": member 1 and member 3 would both be p/a.'],
    ["a name with a slash", inP(step("a/b")), 'p, member 1: a step is called "a/b".'],
    ["an empty name", inP(step("")), "p, member 1: a step has no name."],
    ["a root without a name", step(undefined as never), "step: a step has no name."],
    ["a key that is no name", inP(branch({ "a/b": step("x") })), 'p/branch: a branch has the key "a/b".'],
    [
      "a key that is not like others",
      inP(parallel(JSON.parse('{"__proto__":0}') as never)),
      'p/parallel: a branch has the key "__proto__".',
    ],
    ["an empty pipeline", inP(), "p: the pipeline is empty."],
    ["an empty pipeline inside", inP(sequence("q", [])), "p/q: the pipeline is empty."],
    ["no branches", inP(branch({})), "p/branch: it has no branches."],
    ["no parallel branches", inP(parallel({})), "p/parallel: it has no branches."],
    ["concurrency 0", inP(map(step("a"), { concurrency: 0 })), "p/map: concurrency is 0."],
    ["concurrency 1.5", inP(parallel({ a: step("a") }, { concurrency: 1.5 })), "p/parallel: concurrency is 1.5."],
    ["a negative timeout", inP(step("a", { timeoutMs: -1 })), "p/a: timeoutMs is -1."],
    ["NaN as a timeout", inP(agent("a", { timeoutMs: Number.NaN })), "p/a: timeoutMs is NaN."],
    ["a timeout that a timer cannot keep", inP(step("a", { timeoutMs: 2 ** 31 })), "p/a: timeoutMs is 2147483648."],
    ["negative retries", inP(step("a", { retry: { ...policy, maxAttempts: 0 } })), "p/a: retries is -1."],
    ["a retry that is no object", inP(step("a", { retry: 3 as never })), "p/a: retry is 3."],
    ["a delay that is too long", inP(step("a", { retry: { ...policy, firstDelayMs: "1" as never } })), 'p/a: retry.firstDelayMs is "1".'],
    ["retries that are no number", inP(step("a", { retry: "3" as never })), 'p/a: retry is "3".'],
    ["a negative delay", inP(step("a", { retry: { ...policy, firstDelayMs: -1 } })), "p/a: retry.firstDelayMs is -1."],
    [
      "an endless delay",
      inP(step("a", { retry: { ...policy, maxDelayMs: Number.POSITIVE_INFINITY } })),
      "p/a: retry.maxDelayMs is Infinity.",
    ],
    ["a shrinking delay", inP(step("a", { retry: { ...policy, factor: 0.5 } })), "p/a: retry.factor is 0.5."],
    ["maxTurns 0", inP(agent("a", { maxTurns: 0 })), "p/a: maxTurns is 0."],
    ["an unknown effect", inP(step("a", { effect: "twice" as never })), 'p/a: effect is "twice".'],
    ["an unknown merge", inP(map(step("a"), { merge: "best" as never })), 'p/map: merge is "best".'],
    ["an unknown onFailure of a map", inP(map(step("a"), { onFailure: "ignore" as never })), 'p/map: onFailure is "ignore".'],
    [
      "an unknown onFailure of a parallel",
      inP(parallel({ a: step("a") }, { onFailure: "collect" as never })),
      'p/parallel: onFailure is "collect".',
    ],
    ["a step without a function", inP(step("a", { run: 1 as never })), "p/a: run is 1, not a function."],
    [
      "a branch without a selector",
      inP(branch({ a: step("a") }, { key: null as never })),
      "p/branch: the selector is null, not a function.",
    ],
    ["an input that is no schema", inP(step("a", { input: {} as never })), "p/a: input is an object, not a schema."],
    ["an answer that is no schema", inP(human("a", { answer: null as never })), "p/a: answer is null, not a schema."],
    ["a model that is a number", inP(agent("a", { model: 5 as never })), "p/a: model is 5, not a model."],
    [
      "instructions that are far too much of the wrong thing",
      inP(agent("a", { model: "m".repeat(3), maxTurns: "x".repeat(50) as never })),
      `p/a: maxTurns is "${"x".repeat(40)}…".`,
    ],
    ["a model that is none", inP(agent("a", { model: {} })), "p/a: model is an object, not a model."],
    ["a provider instead of a model", inP(agent("a", { model: () => 0 })), "p/a: model is a function, not a model."],
    ["an empty model", inP(agent("a", { model: " " })), 'p/a: model is " ".'],
    ["instructions that are no text", inP(agent("a", { instructions: undefined as never })), "p/a: instructions is undefined."],
    ["tools that are no list", inP(agent("a", { tools: {} as never })), "p/a: tools is an object."],
    ["a tool that is none", inP(agent("a", { tools: [step("a") as never] })), "p/a: one of its tools is an object, not a tool."],
    ["a tool's name that providers refuse", inP(agent("a", { tools: [tool("look up")] })), 'p/a: a tool is called "look up".'],
    [
      "two tools of one name",
      inP(agent("a", { tools: [tool("t"), tool("t")] })),
      'p/a: two of its tools are called "t" (both would be p/a:t).',
    ],
    [
      "a program that is a tool and takes the place of a question",
      inP(agent("a", { tools: [{ ...tool("approval"), kind: "program-tool", program: step("x") } as never] })),
      'p/a: one of its tools is a program called "approval", which is where a call waits for a person.',
    ],
    ["a tool without a schema", inP(agent("a", { tools: [tool("t", { input: null as never })] })), "p/a:t: input is null, not a schema."],
    ["a tool without a description", inP(agent("a", { tools: [tool("t", { description: "" })] })), "p/a:t: description is empty."],
    [
      "a name that looks like another's code",
      inP(branch({ a: step("x") }, { name: "b" }), step("b:key")),
      "p/b:key: two pieces of code have this place.",
    ],
    ["an empty version", inP(step("a", { version: "" })), "p/a: version is empty."],
    ["a definition that contains itself", circle(), "outer/inner/outer: it contains itself: the same definition stands at outer already."],
    ["a look-alike at the root", { name: "a", run: () => 0 }, "a: an object stands where a program should."],
    ["nothing at the root", null, "program: null is not a program."],
    ["a look-alike inside", inP(step("a"), "b"), 'p, member 2: "b" stands where a program should.'],
    ["a look-alike in a slot", inP(branch({ a: (() => 0) as never })), "p/branch/a: a function stands where a program should."],
    ["branches as a list", inP(parallel([step("a")] as never)), "p/parallel: its branches are a list."],
    ["members that are no list", sequence("p", {} as never), "p: its members are an object."],
    [
      "an unknown reducer",
      sequence("p", [step("a")], { context: { schema: z.object({}), reducers: { n: "add" as never } } }),
      'p: the context\'s field "n" has the reducer "add".',
    ],
    [
      "reducers that are no object",
      sequence("p", [step("a")], { context: { schema: z.object({}), reducers: [] as never } }),
      "p: the context's reducers are not an object.",
    ],
  ])("%s", (_what, definition, summary) => {
    const error = refusalOf(definition);
    expect([error.code, error.summary]).toEqual(["pipeline_invalid", summary]);
  });

  test("a context that the pipeline around it does not have, or reduces otherwise", () => {
    const schema = z.object({ n: z.number() });
    const inner = sequence("inner", [step("a")], { context: { schema, reducers: { n: "sum" } } });
    expect(refusalOf(inP(inner)).summary).toBe("p/inner: it declares a context, but the pipeline around it has none.");
    expect(refusalOf(inP(inner)).remedy).toContain("in a map, loop or branch pipeline().step(inner, { context: {} })");
    const plain = sequence("p", [inner], { context: { schema, reducers: {} } });
    expect(refusalOf(plain).summary).toBe('p/inner: its context reduces "n" by sum, the outer pipeline\'s has no reducer for it.');
    const other = sequence("p", [inner], { context: { schema, reducers: { n: "max" } } });
    expect(refusalOf(other).summary).toBe('p/inner: its context reduces "n" by sum, the outer pipeline\'s by max.');
    expect(() => compile(sequence("p", [inner], { context: { schema, reducers: { n: "sum" } } }))).not.toThrow();
  });

  test("a shape that must be told but cannot be described", () => {
    const error = refusalOf(inP(agent("a", { tools: [tool("t", { input: v.object({}) })] })));
    expect([error.code, error.summary]).toEqual([
      "schema_without_json_schema",
      "p/a:t, input: the schema (valibot) cannot describe itself as JSON Schema.",
    ]);
    expect(refusalOf(inP(human("h", { answer: z.date() }))).code).toBe("schema_without_json_schema");
  });

  test("a schema that says something else than JSON of itself", () => {
    const schemaSaying = (said: unknown): never =>
      ({
        "~standard": { version: 1, vendor: "own", validate: (value: unknown) => ({ value }), jsonSchema: { input: () => said } },
      }) as never;
    expect(refusalOf(inP(human("h", { answer: schemaSaying(undefined) }))).summary).toBe(
      "p/h, answer: what the schema says of itself is not JSON.",
    );
    const circle: unknown[] = [];
    circle.push(circle);
    expect(refusalOf(inP(human("h", { answer: schemaSaying(circle) }))).code).toBe("schema_without_json_schema");
  });

  test("200 levels are taken, 201 are refused, and so are 100,000 without an overflow", () => {
    expect(() => compile(deep(200))).not.toThrow();
    expect(refusalOf(deep(201)).code).toBe("nesting_too_deep");
    expect(refusalOf(deep(100_000)).code).toBe("nesting_too_deep");
  });

  test("a place too deep to be told in full is shortened; one that is not, is not", () => {
    expect(refusalOf(deep(201)).summary).toMatch(/^p\/p\/p\/p\/…\/\w+ lies 201 levels deep\.$/);
    let wide: Definition = step("bottom");
    for (let n = 0; n < 5; n++) wide = parallel(Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`k${at}`, wide])));
    expect(refusalOf(wide).summary).toMatch(/^parallel(\/k\d+)+: the pipeline has more than 100000 nodes\.$/);
  });

  test("a definition that doubles at every level is refused before it fills the memory", () => {
    expect(refusalOf(bomb()).summary).toMatch(/more than 100000 nodes\.$/);
  });
});
