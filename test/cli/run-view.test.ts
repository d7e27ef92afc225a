import { expect, test } from "vitest";
import { z } from "zod";
import { agent, asTool, Flujo, mcpServer, pipeline, type RunEvent, step, tool } from "../../src/index.ts";
import { applyEntry, applyEvent, EMPTY_VIEW, type NodeView, viewOf } from "../../src/model/run-view.ts";
import { scriptedModel } from "../../src/testing/index.ts";

const look = tool({ name: "look", description: "looks", input: z.object({ at: z.string() }), run: ({ at }) => `saw ${at}` });
const asks = agent({
  name: "asks",
  model: scriptedModel(
    ({ turn }) =>
      turn === 0
        ? {
            calls: [
              { tool: "look", input: { at: "a" } },
              { tool: "look", input: { at: "b" } },
            ],
          }
        : { json: { area: "bug" } },
    { provider: "openai.chat", modelId: "gpt-5-mini" },
  ),
  instructions: "",
  output: z.object({ area: z.enum(["bug", "other"]) }),
  tools: [look],
});
let calls = 0;
const shaky = step({
  name: "shaky",
  retries: 2,
  run: (n: number) => {
    calls++;
    if (calls % 2 === 1) throw new Error("once");
    return n;
  },
});
const each = pipeline()
  .step(shaky)
  .branch((n: number) => (n > 1 ? "big" : "small"), {
    big: pipeline().parallel({ left: step("l", () => 1), right: step("r", () => 2) }),
    small: step("little", () => "s"),
  });
const program = pipeline({ name: "p" })
  .step("list", (n: number) => Array.from({ length: n }, (_, index) => index))
  .map(each, { name: "items", concurrency: 1 })
  .step(asks)
  .human("check", { answer: z.boolean() });

function find(root: NodeView | null, ...segments: readonly string[]): NodeView {
  let node = root;
  for (const segment of segments) node = node?.children.get(segment) ?? null;
  if (node === null) throw new Error(`There is no ${segments.join("/")}.`);
  return node;
}

test("a run's events come to the tree of what happened; its journal alone comes to the same", async () => {
  await using flujo = new Flujo();
  const events: RunEvent[] = [];
  const paused = await flujo.run(program, 3, { runId: "r", onEvent: (event) => events.push(event) });
  const live = events.reduce(applyEvent, EMPTY_VIEW);
  const entries = await flujo.entries("r");
  expect(live).toEqual(viewOf(entries, "r"));
  expect(live).toEqual(entries.reduce(applyEntry, { ...EMPTY_VIEW, runId: "r" }));
  expect(live.pauses).toEqual(["p/check"]);
  expect({ usage: live.usage, cost: live.cost }).toEqual({ usage: paused.usage, cost: paused.cost });

  const root = live.root;
  expect(find(root, "items")).toMatchObject({ kind: "map", items: 3, status: "succeeded" });
  expect(find(root, "items", "items[1]", "shaky")).toMatchObject({ kind: "step", attempts: 2, status: "succeeded", output: 1 });
  expect(find(root, "items", "items[1]", "branch")).toMatchObject({ kind: "branch", key: "small", output: "s" });
  expect(find(root, "items", "items[2]", "branch", "big", "parallel", "left")).toMatchObject({ name: "l", kind: "step", output: 1 });
  expect(find(root, "asks")).toMatchObject({ kind: "agent", output: { area: "bug" } });
  expect(find(root, "asks").usage).toMatchObject({ modelCalls: 2, toolCalls: 2 });
  expect([...find(root, "asks", "turn[0]").children.values()].map(({ kind, name, output }) => ({ kind, name, output }))).toEqual([
    { kind: "tool", name: "look", output: "saw a" },
    { kind: "tool", name: "look", output: "saw b" },
  ]);
  expect(find(root, "check")).toMatchObject({ kind: "human", status: "waiting", question: { answerSchema: { type: "boolean" } } });

  const after: RunEvent[] = [];
  const done = await flujo.answer(program, "r", { value: true, options: { onEvent: (event) => after.push(event) } });
  const ended = after.reduce(applyEvent, live);
  expect(ended).toEqual(viewOf(await flujo.entries("r"), "r"));
  expect(ended).toMatchObject({ pauses: [], end: { status: "succeeded" } });
  expect(ended.usage).toEqual(done.usage);
  for (const step of done.steps)
    expect(find(ended.root, step.path.split("/").at(-1) ?? "")).toMatchObject({
      status: step.status,
      usage: step.usage,
      cost: step.cost,
      output: step.status === "succeeded" && step.name !== "check" ? step.output : expect.anything(),
    });
});

test("ten thousand items fold in time that grows with their number, not with its square", async () => {
  await using flujo = new Flujo();
  const wide = pipeline({ name: "wide" }).map(
    step("one", (n: number) => n),
    { name: "m" },
  );
  await flujo.run(
    wide,
    Array.from({ length: 10_000 }, (_, n) => n),
    { runId: "r" },
  );
  const entries = await flujo.entries("r");
  const before = performance.now();
  const view = viewOf(entries, "r");
  expect(performance.now() - before).toBeLessThan(1_000);
  expect(find(view.root, "m").children.size).toBe(10_000);
});

const price = tool({ name: "price", description: "d", input: z.object({ sku: z.string() }), run: ({ sku }) => ({ sku, usd: 5 }) });
const refund = tool({
  name: "refund",
  description: "Pays back.",
  input: z.object({ usd: z.number() }),
  needsApproval: true,
  run: ({ usd }) => `paid ${usd}`,
});
const colleague = agent({
  name: "colleague",
  instructions: "x",
  input: z.object({ question: z.string() }),
  tools: [price],
  model: scriptedModel(({ turn }) => (turn === 0 ? { calls: [{ tool: "price", input: { sku: "b" } }] } : "five")),
});
const desk = pipeline({ name: "desk", input: z.object({ text: z.string() }) })
  .step("upper", ({ text }) => text.toUpperCase())
  .human("boss", { answer: z.string() })
  .step("say", ({ answer }) => answer);
const broken = asTool(
  step({
    name: "broken",
    input: z.object({}),
    run: () => {
      throw new Error("no power");
    },
  }),
  { description: "d" },
);

/** An agent that does everything an agent can do, in two turns of calls; between them it answers badly. */
function busyProgram() {
  const model = scriptedModel([
    {
      calls: [
        { tool: "price", input: { sku: "a" } },
        { tool: "prize", input: { sku: "a" } },
        { tool: "price", input: '{"sku":' },
        { tool: "refund", input: { usd: 1 } },
        { tool: "refund", input: { usd: 2 } },
        { tool: "refund", input: { usd: "much" } },
        { tool: "colleague", input: { question: "b?" } },
        { tool: "desk", input: { text: "hm" } },
        { tool: "broken", input: {} },
      ],
    },
    { text: "no JSON" },
    { json: { done: true } },
  ]);
  const busy = agent({
    name: "busy",
    model,
    instructions: () => "work",
    output: z.object({ done: z.boolean() }),
    tools: [price, refund, asTool(colleague, { description: "asks" }), asTool(desk, { description: "asks" }), broken],
  });
  return pipeline({ name: "p" }).map(busy, { name: "turn" }); // a map that is called like what an agent has
}

const CALLS = "p/turn[0]/turn[0]/tool";

test("whatever became of a tool call is in the tree: run, unknown, unreadable, approved, denied, refused by its schema, a program", async () => {
  await using flujo = new Flujo();
  const program = busyProgram();
  expect(await flujo.run(program, ["x"], { runId: "r" })).toMatchObject({ status: "paused" });
  const waiting = viewOf(await flujo.entries("r"), "r");
  const turn = ["turn", "turn[0]", "turn[0]"];
  expect(find(waiting.root, "turn")).toMatchObject({ kind: "map" });
  expect(find(waiting.root, "turn", "turn[0]")).toMatchObject({ kind: "agent", name: "busy", status: "running" });
  expect(find(waiting.root, ...turn)).toMatchObject({ kind: "turn", status: "succeeded" });
  expect(find(waiting.root, ...turn, "tool[3]")).toMatchObject({ status: "running", attempts: 0, request: { usd: 1 } });
  expect(find(waiting.root, ...turn, "tool[3]", "approval")).toMatchObject({ kind: "approval", status: "waiting", name: "refund" });
  expect(find(waiting.root, ...turn, "tool[7]", "desk", "boss")).toMatchObject({ kind: "human", status: "waiting" });
  expect(find(waiting.root, ...turn, "tool[1]")).toMatchObject({ name: "prize", status: "running", attempts: 0 }); // the model has not been told yet

  await flujo.answer(program, "r", { pause: `${CALLS}[3]/approval`, value: { decision: "edit", input: { usd: 3 }, note: "more" } });
  await flujo.answer(program, "r", { pause: `${CALLS}[4]/approval`, value: { decision: "reject", note: "no" } });
  const done = await flujo.answer(program, "r", { value: "yes" });
  expect(done).toMatchObject({ status: "succeeded", output: [{ done: true }] });
  const entries = await flujo.entries("r");
  const view = viewOf(entries, "r");
  const calls = [...find(view.root, ...turn).children.values()];
  expect(calls.map(({ name, status, attempts, output, failure }) => [name, status, attempts, output ?? failure?.message ?? null])).toEqual([
    ["price", "succeeded", 1, { sku: "a", usd: 5 }],
    ["prize", "failed", 0, 'There is no tool "prize".'],
    ["price", "failed", 0, expect.stringContaining("JSON")],
    ["refund", "succeeded", 1, "paid 3"],
    ["refund", "denied", 0, null],
    ["refund", "failed", 0, expect.stringContaining("usd")],
    ["colleague", "succeeded", 1, "five"],
    ["desk", "succeeded", 1, "yes"],
    ["broken", "failed", 1, expect.stringContaining("no power")],
  ]);
  expect(find(view.root, ...turn, "tool[3]", "approval")).toMatchObject({
    status: "succeeded",
    output: { decision: "edit", input: { usd: 3 }, note: "more" },
  });
  expect(find(view.root, ...turn, "tool[6]", "colleague", "turn[0]", "tool[0]")).toMatchObject({
    kind: "tool",
    name: "price",
    output: { sku: "b", usd: 5 },
  });
  expect(find(view.root, "turn", "turn[0]").decisions).toMatchObject([{ about: "instructions", outcome: { value: "work" } }]);
  expect(find(view.root, "turn", "turn[0]", "turn[1]").outcomes).toMatchObject([
    { attempt: 1, failure: null, ending: { ending: "malformed" } },
  ]);
  expect(find(view.root, "turn", "turn[0]").usage).toEqual(done.usage);
  expect(view.root?.usage).toEqual(done.usage);
  const nodes = [view.root as NodeView];
  for (const node of nodes) nodes.push(...node.children.values());
  expect(nodes.filter(({ kind }) => kind === "map")).toHaveLength(1);
  expect(nodes.filter(({ status, endedAtMs }) => status === "running" || status === "waiting" || endedAtMs === null)).toEqual([]);
  for (let cut = 0; cut <= entries.length; cut++)
    expect(entries.slice(cut).reduce(applyEntry, viewOf(entries.slice(0, cut), "r"))).toEqual(view);
});

test("the attempts of a model call are told with why each was not enough, and what it cost", async () => {
  await using flujo = new Flujo();
  const model = scriptedModel([Object.assign(new Error("gone"), { code: "ECONNRESET" }), { text: "" }, "well"], {
    provider: "openai.chat",
    modelId: "gpt-5-mini",
  });
  const shaky = agent({
    name: "shaky",
    model,
    instructions: "x",
    endings: { empty: "retry" },
    retry: { retries: 2, firstDelayMs: 1, factor: 1, jitter: "none" },
  });
  await flujo.run(shaky, "go", { runId: "r" });
  const view = viewOf(await flujo.entries("r"), "r");
  expect(
    find(view.root, "turn[0]").outcomes.map(({ attempt, failure, ending }) => [attempt, failure?.code ?? ending?.ending ?? null]),
  ).toEqual([
    [1, "model_call_failed"],
    [2, "empty"],
    [3, null],
  ]);
});

test("a call that its agent ended before it could run says so", async () => {
  await using flujo = new Flujo();
  const strict = tool({
    name: "strict",
    description: "d",
    input: z.object({}),
    onError: "fail",
    run: () => {
      throw new Error("stop");
    },
  });
  const model = scriptedModel([
    {
      calls: [
        { tool: "strict", input: {} },
        { tool: "nowhere", input: {} },
        { tool: "refund", input: { usd: 1 } },
      ],
    },
  ]);
  const program = agent({ name: "a", model, instructions: "x", tools: [strict, refund] });
  expect(await flujo.run(program, "go", { runId: "r" })).toMatchObject({ status: "failed" });
  const view = viewOf(await flujo.entries("r"), "r");
  expect([...find(view.root, "turn[0]").children.values()].map(({ name, status, failure }) => [name, status, failure?.code])).toEqual([
    ["strict", "failed", "tool_failed"],
    ["nowhere", "cancelled", "cancelled"],
    ["refund", "cancelled", "cancelled"],
  ]);
});

test("what tool servers offer stands with the turn that asked them, and a failure to say so with it too", async () => {
  await using flujo = new Flujo();
  const dead = mcpServer({ name: "dead", command: "no-such-program-anywhere" });
  const program = agent({ name: "a", model: scriptedModel(["x"]), instructions: "x", mcpServers: [dead] });
  expect(await flujo.run(program, "go", { runId: "r" })).toMatchObject({ status: "failed" });
  const view = viewOf(await flujo.entries("r"), "r");
  expect(find(view.root, "turn[0]")).toMatchObject({ kind: "turn", status: "failed", failure: { code: "tool_server_failed" } });
});
