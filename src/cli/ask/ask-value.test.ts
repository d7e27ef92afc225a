import { expect, test } from "vitest";
import { z } from "zod";
import { askValue } from "./ask-value.ts";
import type { Asker } from "./asker.ts";

type Said = string | boolean | readonly number[] | number;

/** Gives these answers in turn (a number chooses by position), and keeps what was asked. */
function scripted(answers: readonly Said[]): Asker & { readonly asked: string[]; readonly refused: string[] } {
  const left = [...answers];
  const [asked, refused]: [string[], string[]] = [[], []];
  const next = (question: string): Said => {
    asked.push(question);
    const answer = left.shift();
    if (answer === undefined) throw new Error(`There is no answer to "${question}".`);
    return answer;
  };
  return {
    asked,
    refused,
    confirm: async (question) => next(question) === true,
    choose: async (question, choices) => choices[Number(next(`${question} [${choices.map(({ label }) => label).join("|")}]`))]?.value,
    chooseSome: async (question, choices) => (next(question) as readonly number[]).map((index) => choices[index]?.value),
    text: async (question, check) => {
      for (;;) {
        const text = String(next(question));
        const problem = check(text);
        if (problem === null) return text;
        refused.push(problem);
      }
    },
  };
}

const schemaOf = (schema: z.ZodType): unknown => z.toJSONSchema(schema);

test("an object is asked for field by field; optional ones may be left out", async () => {
  const schema = z.object({
    ok: z.boolean().describe("Send it?"),
    note: z.string().optional(),
    area: z.enum(["billing", "bug"]),
    urgency: z.number().int().min(1).max(5),
    to: z.object({ name: z.string(), cc: z.string().optional() }),
    sure: z.boolean().optional(),
  });
  const asker = scripted([true, "", 1, "many", "9", "4", "Ada", "", 2]);
  const value = await askValue(asker, schemaOf(schema), "approve");
  expect(value).toEqual({ ok: true, area: "bug", urgency: 4, to: { name: "Ada" } });
  expect(schema.parse(value)).toEqual(value);
  expect(asker.refused).toEqual(["Write a number.", "Write at most 5."]);
  expect(asker.asked[0]).toBe("approve.ok: Send it?");
  expect(asker.asked).toContain("approve.note (optional)");
  expect(asker.asked).toContain("approve.sure (optional) [yes|no|(leave out)]");
});

test.each([
  ["a boolean", z.boolean(), [true], true],
  ["a text", z.string(), ["hello"], "hello"],
  ["a text that must be there", z.string().min(1), ["", "x"], "x"],
  ["a number", z.number(), ["2.5"], 2.5],
  ["a choice", z.enum(["a", "b"]), [1], "b"],
  ["the one value there is", z.literal("yes"), [], "yes"],
  ["nothing or something: nothing", z.string().nullable(), [1], null],
  ["nothing or something: something", z.string().nullable(), [0, "x"], "x"],
  ["one of several shapes", z.union([z.object({ a: z.string() }), z.number()]), [1, "7"], 7],
  ["a list", z.array(z.number()), [true, "1", true, "2", false], [1, 2]],
  ["some of several", z.array(z.enum(["a", "b", "c"])), [[0, 2]], ["a", "c"]],
  ["anything: JSON", z.unknown(), ['{"a":1}'], { a: 1 }],
  ["anything: text", z.unknown(), ["words"], "words"],
  ["an object of any keys", z.record(z.string(), z.number()), ['{"k": 1}'], { k: 1 }],
] as const)("%s", async (_what, schema, answers, expected) => {
  const value = await askValue(scripted(answers), schemaOf(schema), "it");
  expect(value).toEqual(expected);
  expect(schema.parse(value)).toEqual(expected);
});

test("an optional object is asked for only where it is wanted; references are followed", async () => {
  const schema = {
    type: "object",
    properties: { person: { $ref: "#/$defs/Person" }, other: { $ref: "#/$defs/Person" } },
    required: ["person"],
    $defs: { Person: { type: "object", properties: { name: { type: "string" } }, required: ["name"] } },
  };
  expect(await askValue(scripted(["Ada", false]), schema, "it")).toEqual({ person: { name: "Ada" } });
  expect(await askValue(scripted(["Ada", true, "Bob"]), schema, "it")).toEqual({ person: { name: "Ada" }, other: { name: "Bob" } });
});

test("a pattern nobody here understands is left to the schema itself; hostile words are made printable", async () => {
  expect(await askValue(scripted(["x"]), { type: "string", pattern: "(?<" }, "it")).toBe("x");
  const asker = scripted(["x"]);
  await askValue(asker, { type: "string", description: "\u001B[2Jevil\u202E" }, "it");
  expect(asker.asked).toEqual(["it: evil"]);
});
