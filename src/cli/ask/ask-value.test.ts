import { expect, test } from "vitest";
import { z } from "zod";
import { askValue } from "./ask-value.ts";
import type { Asker } from "./asker.ts";

type Said = string | boolean | readonly number[] | number;

/** Gives these answers in turn (a number chooses by position), and keeps what was asked. */
function scripted(answers: readonly Said[]): Asker & { readonly asked: string[]; readonly refused: string[]; readonly shown: unknown[] } {
  const left = [...answers];
  const [asked, refused]: [string[], string[]] = [[], []];
  const shown: unknown[] = [];
  const next = (question: string): Said => {
    asked.push(question);
    const answer = left.shift();
    if (answer === undefined) throw new Error(`There is no answer to "${question}".`);
    return answer;
  };
  /** `ENTER` takes what is there to begin with. */
  const orPresent = (said: Said, present: unknown): unknown => {
    shown.push(present);
    return said === ENTER ? present : said;
  };
  return {
    asked,
    refused,
    shown,
    confirm: async (question, present) => orPresent(next(question), present) === true,
    choose: async (question, choices, present) =>
      choices[Number(orPresent(next(`${question} [${choices.map(({ label }) => label).join("|")}]`), present))]?.value,
    chooseSome: async (question, choices, present) =>
      (orPresent(next(question), present) as readonly number[]).map((index) => choices[index]?.value),
    text: async (question, check, present) => {
      for (;;) {
        const text = String(orPresent(next(question), present));
        const problem = check(text);
        if (problem === null) return text;
        refused.push(problem);
      }
    },
  };
}

const ENTER = "⏎";

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
  const value = await askValue(asker, { schema: schemaOf(schema), title: "approve" });
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
  const value = await askValue(scripted(answers), { schema: schemaOf(schema), title: "it" });
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
  expect(await askValue(scripted(["Ada", false]), { schema, title: "it" })).toEqual({ person: { name: "Ada" } });
  expect(await askValue(scripted(["Ada", true, "Bob"]), { schema, title: "it" })).toEqual({
    person: { name: "Ada" },
    other: { name: "Bob" },
  });
});

test("a pattern nobody here understands is left to the schema itself; hostile words are made printable", async () => {
  expect(await askValue(scripted(["x"]), { schema: { type: "string", pattern: "(?<" }, title: "it" })).toBe("x");
  const asker = scripted(["x"]);
  await askValue(asker, { schema: { type: "string", description: "\u001B[2Jevil\u202E" }, title: "it" });
  expect(asker.asked).toEqual(["it: evil"]);
});

const REFUND = z.object({
  usd: z.number(),
  to: z.string(),
  reason: z.enum(["damaged", "late", "other"]).optional(),
  tags: z.array(z.enum(["a", "b"])),
  lines: z.array(z.object({ sku: z.string() })),
  isUrgent: z.boolean(),
  by: z.union([z.object({ kind: z.literal("card"), last4: z.string() }), z.object({ kind: z.literal("bank"), iban: z.string() })]),
  letter: z.string(),
  more: z.unknown(),
});
const NOW = {
  usd: 249,
  to: "jane",
  reason: "late",
  tags: ["b"],
  lines: [{ sku: "x" }, { sku: "y" }],
  isUrgent: false,
  by: { kind: "bank", iban: "DE1" },
  letter: "two\nlines",
  more: "42",
};

test("a value that is there is offered field by field: pressing Enter all the way keeps it to the letter", async () => {
  const asker = scripted(Array.from({ length: 10 }, () => ENTER));
  expect(await askValue(asker, { schema: schemaOf(REFUND), title: "refund", present: NOW })).toEqual(NOW);
  expect(asker.shown).toEqual(["249", "jane", 1, [1], true, false, 1, "DE1", true, '"42"']);
});

test("a value that is there is changed where something else is typed, and nowhere else", async () => {
  const answers = ["100", ENTER, 3, [0, 1], false, true, "z", false, true, 0, "4242", false, "one line", "{}"];
  const asker = scripted(answers);
  const changed = await askValue(asker, { schema: schemaOf(REFUND), title: "refund", present: NOW });
  expect(changed).toEqual({
    usd: 100,
    to: "jane",
    tags: ["a", "b"],
    lines: [{ sku: "z" }],
    isUrgent: true,
    by: { kind: "card", last4: "4242" },
    letter: "one line",
    more: {},
  });
});

test("fields that the schema does not name stay as they are", async () => {
  const schema = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };
  expect(await askValue(scripted(["new"]), { schema, title: "it", present: { a: "old", b: 1 } })).toEqual({ a: "new", b: 1 });
});
