import { expect, test } from "vitest";
import { z } from "zod";
import { agent, Flujo, pipeline, type RunEvent, step, tool } from "../../src/index.ts";
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
