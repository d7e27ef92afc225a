import { FlujoError } from "../../base/errors.ts";
import { isPlainObject, type Json } from "../../base/json.ts";
import type { RunReport, RunsPort, ServedProgram } from "./runs-port.ts";

/** An object in JSON Schema: what tools take and give. */
export interface ObjectSchema {
  readonly type: "object";
  readonly [keyword: string]: Json;
}

/** How a client calls a tool. */
export interface ToolCall {
  readonly args: Readonly<Record<string, unknown>>;
  readonly key: string | null;
}

/** One tool that clients see. */
export interface ServedTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: ObjectSchema;
  readonly annotations: { readonly readOnlyHint: boolean; readonly idempotentHint?: boolean };
  /** Whether a run that has failed is a failure of this tool: not where somebody only looks. */
  readonly tellsFailures: boolean;
  readonly run: (call: ToolCall) => Promise<RunReport>;
}

const RUN_ID = { type: "string", description: "The runId that starting it gave." } as const;

/** The tools: one to start each program, and those for the runs of all of them. */
export function toolsOf(runs: RunsPort): readonly ServedTool[] {
  return [...runs.programs.map((program) => startTool(runs, program)), statusTool(runs), answerTool(runs), resumeTool(runs)];
}

function startTool(runs: RunsPort, { name, description, inputSchema }: ServedProgram): ServedTool {
  const isDirect = isPlainObject(inputSchema) && inputSchema["type"] === "object";
  return {
    name: `${name}_start`,
    title: `Start ${name}`,
    description: `${description} Gives the output, or, where it takes longer or waits for a person, the runId to ask run_status for.`,
    inputSchema: isDirect ? (inputSchema as ObjectSchema) : wrapped(inputSchema),
    annotations: { readOnlyHint: false },
    tellsFailures: true,
    run: ({ args, key }) => runs.start(name, isDirect ? args : args["input"], key),
  };
}

/** Arguments are an object; an input that is none is its one member. */
function wrapped(schema: Json | null): ObjectSchema {
  if (schema === null) return { type: "object", properties: { input: { description: "What the program begins with." } } };
  return { type: "object", properties: { input: moved(schema, "#/properties/input") }, required: ["input"], additionalProperties: false };
}

/** A schema that stands somewhere else now: what it refers to in itself has moved with it. */
function moved(schema: Json, to: string): Json {
  if (Array.isArray(schema)) return (schema as readonly Json[]).map((each) => moved(each, to));
  if (!isPlainObject(schema)) return schema;
  const members = Object.entries(schema as Readonly<Record<string, Json>>).map(([key, value]) => {
    if (key === "$ref" && typeof value === "string" && value.startsWith("#")) return [key, to + value.slice(1)] as const;
    return [key, moved(value, to)] as const;
  });
  return Object.fromEntries(members);
}

function statusTool(runs: RunsPort): ServedTool {
  return {
    name: "run_status",
    title: "Status of a run",
    description: "Tells how a run stands: its output, why it failed, what it waits for, what it has used and cost.",
    inputSchema: { type: "object", properties: { runId: RUN_ID }, required: ["runId"], additionalProperties: false },
    annotations: { readOnlyHint: true },
    tellsFailures: false,
    run: async ({ args }) => runs.status(textOf(args, "runId")),
  };
}

function answerTool(runs: RunsPort): ServedTool {
  const pause = {
    type: "string",
    description: "Which of the things it waits for: the pause or the name that run_status gave. Needed where there are several.",
  };
  const value = { description: "The answer; the pause's answerSchema says its shape." };
  return {
    name: "run_answer",
    title: "Answer a run",
    description: "Answers what a run waits for, in the name of a person who has decided it, and goes on with the run.",
    inputSchema: { type: "object", properties: { runId: RUN_ID, pause, value }, required: ["runId", "value"], additionalProperties: false },
    annotations: { readOnlyHint: false },
    tellsFailures: true,
    run: async ({ args }) => {
      const which = args["pause"] === undefined ? null : textOf(args, "pause");
      if (!Object.hasOwn(args, "value"))
        throw new FlujoError("usage_invalid", "The value is missing.", { remedy: "Give the answer as `value`." });
      return runs.answer(textOf(args, "runId"), { pause: which, value: args["value"] });
    },
  };
}

function resumeTool(runs: RunsPort): ServedTool {
  return {
    name: "run_resume",
    title: "Go on with a run",
    description: "Goes on with a run that was stopped or interrupted. What it has done is not done again.",
    inputSchema: { type: "object", properties: { runId: RUN_ID }, required: ["runId"], additionalProperties: false },
    annotations: { readOnlyHint: false, idempotentHint: true },
    tellsFailures: true,
    run: async ({ args }) => runs.resume(textOf(args, "runId")),
  };
}

function textOf(args: Readonly<Record<string, unknown>>, name: string): string {
  const text = args[name];
  if (typeof text === "string" && text !== "") return text;
  throw new FlujoError("usage_invalid", `The argument ${name} is missing or no text.`, { remedy: `Give ${name} as text.` });
}

/** JSON Schema of a {@link RunReport}. */
export const REPORT_SCHEMA: ObjectSchema = {
  type: "object",
  properties: {
    runId: { type: "string" },
    pipeline: { type: "string" },
    status: { enum: ["running", "interrupted", "succeeded", "failed", "paused", "cancelled", "stopped"] },
    output: {},
    failure: {
      type: "object",
      properties: { code: { type: "string" }, message: { type: "string" }, remedy: { type: "string" } },
      required: ["code", "message", "remedy"],
    },
    pauses: {
      type: "array",
      items: {
        type: "object",
        properties: { pause: { type: "string" }, name: { type: "string" }, show: {}, answerSchema: {} },
        required: ["pause", "name", "answerSchema"],
      },
    },
    usage: { type: "object" },
    cost: { type: "object" },
    next: { type: "string" },
  },
  required: ["runId", "pipeline", "status", "usage", "cost"],
};
