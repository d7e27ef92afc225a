import { expect, test } from "vitest";
import { z } from "zod";
import { agent, asTool, Flujo, mcpServer, tool } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";

/** Plain JavaScript can write anything. */
const loose = { agent, asTool, mcpServer, tool } as unknown as Readonly<Record<string, (...given: unknown[]) => never>>;

const TOOL = { name: "pay", description: "Pays.", input: z.object({}), run: () => 1 };
const AGENT = { name: "a", model: scriptedModel([]), instructions: "i" };
const SERVER = { name: "s", command: "true" };
const inner = agent({ ...AGENT, input: z.object({ q: z.string() }) });

test.each([
  ["a tool", () => loose["tool"]?.({ ...TOOL, needsAproval: true }), 'tool "pay": there is no option "needsAproval"', "needsApproval"],
  [
    "a program as a tool",
    () => loose["asTool"]?.(inner, { description: "d", needApproval: true }),
    "asTool(): there is no option",
    "needsApproval",
  ],
  ["a server", () => loose["mcpServer"]?.({ ...SERVER, needsAproval: true }), 'mcpServer "s": there is no option', "needsApproval"],
  [
    "a server's tool",
    () => loose["mcpServer"]?.({ ...SERVER, tools: { pay: { needsAproval: true } } }),
    'mcpServer "s", tool "pay": there is no option',
    "needsApproval",
  ],
  ["an agent", () => loose["agent"]?.({ ...AGENT, toolz: [] }), 'agent "a": there is no option "toolz"', "tools"],
])("a misspelt option of %s is refused, and not taken for none: a tool would run without asking", (_what, make, said, meant) => {
  expect(make).toThrowError(expect.objectContaining({ code: "pipeline_invalid", message: expect.stringContaining(said) }));
  expect(make).toThrowError(`Did you mean "${meant}"`);
});

test("an option that is there and undefined is none", () => {
  expect(() => loose["tool"]?.({ ...TOOL, whatever: undefined })).not.toThrow();
});

test.each([
  ["a tool whose arguments are a text", { tools: [tool({ ...TOOL, input: z.string() })] }, "a:pay: input is a schema of"],
  ["a list of tools with a hole", { tools: Array.from({ length: 1 }) }, "a: one of its tools is undefined"],
  ["a header with a line break", { settings: { headers: { "x-a": "b\nc" } } }, "a: settings.headers"],
  ["a header whose name is no name", { settings: { headers: { "x a": "b" } } }, "a: settings.headers"],
])("%s is refused, naming the place", async (_what, options, said) => {
  await using flujo = new Flujo();
  const program = loose["agent"]?.({ ...AGENT, ...options });
  await expect(flujo.run(program as never, "hi" as never)).rejects.toMatchObject({
    code: "pipeline_invalid",
    message: expect.stringContaining(said),
  });
});

test.each([
  ["null", null],
  ["a signal that is none", { signal: {} }],
  ["a listener that is no function", { onEvent: 5 }],
  ["a model that is no text", { model: 5 }],
  ["a thread whose name ends in half a character", { thread: "c\ud800" }],
])("a run with %s for options does not begin", async (_what, options) => {
  await using flujo = new Flujo();
  await expect(flujo.run(agent(AGENT), "hi", options as never)).rejects.toMatchObject({ code: "usage_invalid" });
  expect(await flujo.list()).toEqual([]);
});

test("a cancel whose reason is no text is refused, and the run goes on waiting", async () => {
  const pay = tool({ ...TOOL, needsApproval: true });
  const program = agent({ ...AGENT, model: scriptedModel([{ calls: [{ tool: "pay", input: {} }] }, "x"]), tools: [pay] });
  await using flujo = new Flujo();
  const { runId } = await flujo.run(program, "hi");
  await expect(flujo.cancel(runId, {} as never)).rejects.toMatchObject({ code: "usage_invalid" });
  expect(await flujo.find(runId)).toMatchObject({ status: "paused" });
});
