import { expect, test } from "vitest";
import type { Json } from "../../base/json.ts";
import type { RunReport, RunsPort } from "./runs-port.ts";
import { toolsOf } from "./tools.ts";

const REPORT: RunReport = { runId: "r", pipeline: "p", status: "running", usage: {}, cost: {} };

function served(inputSchema: Json | null) {
  const started: unknown[] = [];
  const none = async () => REPORT;
  const runs: RunsPort = {
    programs: [{ name: "p", description: "Starts p.", inputSchema }],
    start: async (_name, input) => {
      started.push(input);
      return REPORT;
    },
    status: none,
    answer: none,
    resume: none,
  };
  const [start] = toolsOf(runs);
  if (start === undefined) throw new Error("There is no tool.");
  return { start, started };
}

test("a program that takes an object has tool arguments of that shape", async () => {
  const schema = { type: "object", properties: { a: { $ref: "#/$defs/A" } }, $defs: { A: { type: "string" } } };
  const { start, started } = served(schema);
  expect(start.inputSchema).toEqual(schema);
  await start.run({ args: { a: "x" }, key: null });
  expect(started).toEqual([{ a: "x" }]);
});

test("one that takes something else has it as its argument input, and what the schema refers to in itself is found there", async () => {
  const { start, started } = served({
    $ref: "#/$defs/List",
    $defs: { List: { type: "array", items: { anyOf: [{ type: "number" }, { $ref: "#" }, { $ref: "https://example.com/other#/a" }] } } },
  });
  expect(start.inputSchema).toEqual({
    type: "object",
    properties: {
      input: {
        $ref: "#/properties/input/$defs/List",
        $defs: {
          List: {
            type: "array",
            items: { anyOf: [{ type: "number" }, { $ref: "#/properties/input" }, { $ref: "https://example.com/other#/a" }] },
          },
        },
      },
    },
    required: ["input"],
    additionalProperties: false,
  });
  await start.run({ args: { input: [1] }, key: null });
  expect(started).toEqual([[1]]);
});

test("one that takes anything may be given nothing", async () => {
  const { start, started } = served(null);
  expect(start.inputSchema).toMatchObject({ type: "object", properties: { input: {} } });
  expect(start.inputSchema["required"]).toBeUndefined();
  await start.run({ args: {}, key: null });
  expect(started).toEqual([undefined]);
});
