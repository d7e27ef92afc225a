import { describe, expect, test } from "vitest";
import { z } from "zod";
import { jsonSchemaOf } from "../base/schema.ts";
import { compile } from "../plan/compile.ts";
import type { Step } from "./index.ts";
import { agenticLoop, commandSchema, definitionOf, step } from "./index.ts";

/** The builder with its types taken off. */
const loose = agenticLoop as unknown as (options: object) => Step<unknown, unknown>;

const same = step("same", (value: unknown) => value);
const good = { name: "l", planner: same, agents: { a: { program: same, description: "It is a." } }, maxCommands: 3 };

/** What is said of a loop that differs from a good one in this. */
function refused(different: object): string {
  try {
    compile(definitionOf(loose({ ...good, ...different })));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("It is taken.");
}

test("a good loop compiles, and so does one that only asks a person", () => {
  expect(() => compile(definitionOf(loose(good)))).not.toThrow();
  expect(() => compile(definitionOf(loose({ ...good, agents: {}, ask: z.string() })))).not.toThrow();
});

describe("a loop that cannot run is refused before it does", () => {
  test.each<[string, object]>([
    ["l: it has no agents and nobody to ask.", { agents: {} }],
    ["l: maxCommands is 0. Give a whole number of at least 1.", { maxCommands: 0 }],
    ["l: maxCommands is Infinity.", { maxCommands: Number.POSITIVE_INFINITY }],
    ['l: one of its agents is called "planner".', { agents: { planner: good.agents.a } }],
    ['l: one of its agents is called "ask".', { agents: { ask: good.agents.a } }],
    ["l: ", { agents: { a: { program: same, description: 3 } } }],
    ['agentic loop "l", agent "a": it is a function.', { agents: { a: () => 1 } }],
    ['agentic loop "l", agent "a": there is no option "descripton".', { agents: { a: { program: same, descripton: "x" } } }],
    ['agentic loop "l": agents is a list.', { agents: [] }],
    ['agentic loop "l": there is no option "tools".', { tools: [] }],
    ["is not a program", { planner: () => 1 }],
    ["answer is 3, not a schema", { ask: 3 }],
  ])("%s", (sentence, different) => {
    expect(refused(different)).toContain(sentence);
  });
});

describe("the schema of commands", () => {
  const schema = commandSchema({ agents: ["a", "b"], output: z.object({ n: z.number() }) });

  test("describes one flat object", () => {
    expect(jsonSchemaOf(schema, "commands")).toMatchObject({
      type: "object",
      properties: {
        do: { enum: ["run", "ask", "finish"] },
        agent: { enum: ["a", "b"] },
        question: { type: "string" },
        output: { type: "object", properties: { n: { type: "number" } } },
      },
      required: ["do"],
    });
    const silent = jsonSchemaOf(commandSchema({ ask: false }), "commands");
    expect(silent).toMatchObject({ properties: { do: { enum: ["run", "finish"] } } });
    expect(silent).not.toHaveProperty("properties.question");
  });

  test("takes commands, and makes of what one finishes with what its schema makes of it", async () => {
    const validate = commandSchema({ output: z.coerce.number() })["~standard"].validate;
    expect(await validate({ do: "run", agent: "a", input: [1], more: true })).toEqual({ value: { do: "run", agent: "a", input: [1] } });
    expect(await validate({ do: "ask", question: "why?" })).toEqual({ value: { do: "ask", question: "why?" } });
    expect(await validate({ do: "finish", output: "3" })).toEqual({ value: { do: "finish", output: 3 } });
  });

  test("waits for a schema that takes its time", async () => {
    const slow = commandSchema({ output: z.string().refine(async (text) => text !== "no") });
    expect(await slow["~standard"].validate({ do: "finish", output: "yes" })).toEqual({ value: { do: "finish", output: "yes" } });
    expect(await slow["~standard"].validate({ do: "finish", output: "no" })).toMatchObject({ issues: [{ path: ["output"] }] });
  });

  test("refuses what is none, in a sentence", async () => {
    const validate = schema["~standard"].validate;
    expect(await validate({ do: "dance" })).toEqual({ issues: [{ message: 'A command says what to do: "run", "ask" or "finish".' }] });
    expect(await validate({ do: "finish", output: { n: "x" } })).toMatchObject({ issues: [{ path: ["output"] }] });
  });
});
