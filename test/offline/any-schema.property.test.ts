import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { offlineExtract } from "../../src/agents/offline/index.ts";

type Json = Readonly<Record<string, unknown>>;

const name = fc.constantFrom(
  "title",
  "total",
  "date",
  "email",
  "isOpen",
  "items",
  "owner",
  "due_date",
  "phoneNumber",
  "level",
  "x",
  "customerName",
  "__proto__x",
  "notes",
);
const described = (schema: fc.Arbitrary<Json>): fc.Arbitrary<Json> =>
  fc
    .tuple(
      schema,
      fc.option(
        fc.constantFrom("the day it ends", "how many, 1 = few, 5 = many", "red: stop. green: go", "one sentence", "not the total"),
        { nil: undefined },
      ),
    )
    .map(([inner, description]) => (description === undefined ? inner : { ...inner, description }));

const text = fc.oneof(
  fc.record({ type: fc.constant("string") }),
  fc.record({ type: fc.constant("string"), format: fc.constantFrom("email", "uri", "date", "date-time", "uuid") }),
  fc.tuple(fc.nat(20), fc.nat(40)).map(([least, more]) => ({ type: "string", minLength: least, maxLength: least + more })),
  fc
    .constantFrom("^[A-Z]{2}-\\d{3,5}$", "^\\d{5}$", "^(?:yes|no)$", "^[a-z][a-z0-9_]*$", "^[^\\s@]+@[^\\s@]+$")
    .map((pattern) => ({ type: "string", pattern })),
  fc
    .uniqueArray(fc.constantFrom("red", "green", "blue", "other", "low", "high"), { minLength: 1 })
    .map((values) => ({ type: "string", enum: values })),
);
const figure = fc.oneof(
  fc.constantFrom({ type: "number" }, { type: "integer" }),
  fc
    .tuple(fc.integer({ min: -50, max: 50 }), fc.nat(100))
    .map(([least, more]) => ({ type: "integer", minimum: least, maximum: least + more })),
  fc
    .tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 2, max: 90 }))
    .map(([least, more]) => ({ type: "number", exclusiveMinimum: least, exclusiveMaximum: least + more })),
  fc.integer({ min: 1, max: 9 }).map((step) => ({ type: "integer", multipleOf: step, minimum: 0 })),
);

const { schema } = fc.letrec<{ schema: Json; object: Json; list: Json; union: Json; record: Json; tuple: Json }>((tie) => ({
  schema: described(
    fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      text,
      figure,
      fc.constant({ type: "boolean" }),
      fc.constant({ const: "fixed" }),
      fc.constant({ type: "null" }),
      fc.constant({ type: ["string", "null"] }),
      fc.constant({ type: ["integer", "boolean"] }),
      tie("object"),
      tie("list"),
      tie("union"),
      tie("record"),
      tie("tuple"),
    ),
  ),
  record: tie("schema").map((additionalProperties) => ({ type: "object", additionalProperties })),
  tuple: fc
    .array(tie("schema"), { minLength: 1, maxLength: 3 })
    .map((prefixItems) => ({ type: "array", prefixItems, items: false, minItems: prefixItems.length })),
  object: fc.tuple(fc.dictionary(name, tie("schema"), { maxKeys: 5 }), fc.nat()).map(([properties, seed]) => ({
    type: "object",
    properties,
    required: Object.keys(properties).filter((_key, index) => ((seed >> index) & 1) === 1),
    additionalProperties: false,
  })),
  list: fc
    .tuple(tie("schema"), fc.nat(3), fc.nat(3))
    .map(([items, least, more]) => ({ type: "array", items, minItems: least, maxItems: least + more })),
  union: fc.array(tie("schema"), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
}));

const prose = fc.oneof(
  fc.string({ maxLength: 300, unit: "binary" }),
  fc
    .array(
      fc.constantFrom(
        "Title: a walk",
        "Owner: Ada Quinn",
        "due 3 March 2026",
        "total 12.50 EUR",
        "- one\n- two",
        "call 0151 2345678",
        "x@example.org",
        "\n\n",
        "Items",
        "AB-1234",
        "12345",
        "yes",
        "nothing works!!",
        '{"a":1}',
        "|a|b|\n|1|2|",
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join("\n")),
);

async function fill(schemaOf: Json, prompt: string): Promise<unknown> {
  const { content } = await offlineExtract().doGenerate({
    prompt: [{ role: "user", content: [{ type: "text", text: prompt }] }],
    responseFormat: { type: "json", schema: schemaOf },
  });
  const [part] = content;
  return part?.type === "text" ? JSON.parse(part.text) : undefined;
}

test("whatever the schema and the text, the answer fits the schema, and is the same the second time", async () => {
  await fc.assert(
    fc.asyncProperty(schema, prose, async (wanted, prompt) => {
      const answer = await fill(wanted, prompt);
      const checked = z.fromJSONSchema(wanted).safeParse(answer);
      if (!checked.success) throw new Error(`${JSON.stringify(answer)}: ${checked.error.message}`);
      expect(await fill(wanted, prompt)).toEqual(answer);
    }),
    { numRuns: 1_000 },
  );
}, 60_000);

test("a schema that refers to itself ends", async () => {
  const tree = {
    $ref: "#/$defs/node",
    $defs: {
      node: {
        type: "object",
        properties: { name: { type: "string" }, children: { type: "array", items: { $ref: "#/$defs/node" } } },
        required: ["name", "children"],
      },
    },
  };
  expect(await fill(tree, "Name: oak\nChildren: elm, ash")).toMatchObject({ name: "oak" });
  const list = {
    $ref: "#/$defs/cell",
    $defs: {
      cell: {
        type: "object",
        properties: { value: { type: "integer" }, next: { anyOf: [{ $ref: "#/$defs/cell" }, { type: "null" }] } },
        required: ["value", "next"],
      },
    },
  };
  expect(await fill(list, "Value: 4")).toMatchObject({ value: 4 });
});

test.each([
  ["nothing at all", {}],
  ["true", true],
  ["a word", "string"],
  ["properties that are none", { type: "object", properties: 5, required: "all" }],
  ["a reference to nowhere", { $ref: "#/$defs/gone" }],
  ["a circle", { $ref: "#" }],
  ["an enum of nothing", { enum: [] }],
  ["a pattern that is none", { type: "string", pattern: "([" }],
])("%s as a schema is survived", async (_name, odd) => {
  await expect(fill(odd as Json, "Name: Ada")).resolves.toBeDefined();
});
