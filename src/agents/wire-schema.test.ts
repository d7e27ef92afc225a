import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Json } from "../base/json.ts";
import { jsonSchemaOf } from "../base/schema.ts";
import { unwrap, wireSchemaOf } from "./wire-schema.ts";

function wireOf(schema: z.ZodType) {
  return wireSchemaOf(jsonSchemaOf(schema, "test"));
}

describe("a schema on its way to a provider", () => {
  test("objects are closed at every depth, so that it may be kept to the letter", () => {
    const address = z.object({ city: z.string() });
    const wire = wireOf(
      z.object({ area: z.enum(["a", "b"]), n: z.number().int().min(1).max(5), list: z.array(address), maybe: address.nullable() }),
    );
    expect(wire).toMatchObject({ strict: true, wrapped: false });
    expect(JSON.stringify(wire.schema).match(/"additionalProperties":false/g)).toHaveLength(3);
  });

  test("one schema used twice, by reference, is closed where it is defined", () => {
    const Node = z.object({
      name: z.string(),
      get next() {
        return Node.nullable();
      },
    });
    const wire = wireOf(z.object({ first: Node, second: Node }));
    expect(wire.strict).toBe(true);
    expect(JSON.stringify(wire.schema)).toContain('"$defs"');
  });

  test.each([
    ["an optional property", z.object({ a: z.string().optional() })],
    ["a default", z.object({ a: z.string().default("x") })],
    ["any other property", z.looseObject({ a: z.string() })],
    ["a record", z.object({ a: z.record(z.string(), z.number()) })],
    ["a tuple", z.object({ a: z.tuple([z.string(), z.number()]) })],
    [
      "one of several by a tag",
      z.object({ a: z.discriminatedUnion("t", [z.object({ t: z.literal("x") }), z.object({ t: z.literal("y") })]) }),
    ],
    ["a format it does not know", z.object({ a: z.url() })],
    ["a pattern with look-ahead", z.object({ a: z.email() })],
    ["a length", z.object({ a: z.string().min(3) })],
    ["anything", z.object({ a: z.unknown() }).partial()],
  ])("%s is sent as it is, not to the letter", (_what, schema) => {
    expect(wireOf(schema)).toEqual({ schema: jsonSchemaOf(schema, "test"), strict: false, wrapped: false });
  });

  test("more than ten levels are not sent to the letter", () => {
    let deep: z.ZodType = z.string();
    for (let level = 0; level < 11; level++) deep = z.object({ deeper: deep });
    expect(wireOf(deep).strict).toBe(false);
  });

  test.each([
    ["a list", z.array(z.string())],
    ["a choice", z.enum(["a", "b"])],
    ["a number", z.number()],
    ["a union of objects", z.union([z.object({ a: z.string() }), z.object({ b: z.string() })])],
  ])("%s at the root is asked for inside an object", (_what, schema) => {
    const { $schema: _dialect, ...inner } = jsonSchemaOf(schema, "test") as { readonly [key: string]: Json };
    const wire = wireOf(schema);
    expect(wire).toMatchObject({
      strict: true,
      wrapped: true,
      schema: { type: "object", required: ["value"], additionalProperties: false },
    });
    expect((wire.schema as { properties: { value: unknown } }).properties.value).toMatchObject(inner["anyOf"] === undefined ? inner : {});
  });

  test("references move with the root", () => {
    const wire = wireSchemaOf({
      type: "array",
      items: { anyOf: [{ $ref: "#" }, { $ref: "#/$defs/leaf" }, { $ref: "#/items" }] },
      $defs: { leaf: { type: "string" } },
    });
    expect(wire.schema).toMatchObject({
      properties: {
        value: { items: { anyOf: [{ $ref: "#/properties/value" }, { $ref: "#/$defs/leaf" }, { $ref: "#/properties/value/items" }] } },
      },
      $defs: { leaf: { type: "string" } },
    });
  });

  test("a schema that says only yes or no is asked for inside an object, not to the letter", () => {
    expect(wireSchemaOf(true)).toEqual({
      schema: { type: "object", properties: { value: true }, required: ["value"] },
      strict: false,
      wrapped: true,
    });
  });
});

test.each([
  ['{"value":[1,2]}', "[1,2]"],
  ['{"value":null}', "null"],
  ["[1,2]", "[1,2]"],
  ['```json\n{"value":[1]}\n```', "[1]"],
  ["```json\n[1]\n```", "```json\n[1]\n```"],
  ['{"value":1,"why":2}', '{"value":1,"why":2}'],
  ["not json", "not json"],
])("out of its object, %s is %s", (text, expected) => {
  expect(unwrap(text)).toBe(expected);
});
