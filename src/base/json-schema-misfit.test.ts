import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Json } from "./json.ts";
import { jsonSchemaMisfit } from "./json-schema-misfit.ts";
import { jsonSchemaOf } from "./schema.ts";

const Order = z.object({
  number: z.string().min(3).max(5),
  cents: z.number().int().positive().max(100_000),
  kind: z.enum(["refund", "news"]),
  note: z.string().optional(),
  lines: z.array(z.object({ what: z.string(), count: z.number().min(1) })).min(1),
  by: z.union([z.object({ name: z.string() }), z.null()]),
  tags: z.record(z.string(), z.boolean()),
  spot: z.tuple([z.number(), z.string()]),
});
const fine = { number: "4471", cents: 5, kind: "news", lines: [{ what: "a", count: 1 }], by: null, tags: { a: true }, spot: [1, "x"] };

describe("a value against the JSON Schema of a real schema", () => {
  const schema = jsonSchemaOf(Order, "order");

  test("that fits has no misfit", () => {
    expect(jsonSchemaMisfit(schema, fine)).toBeNull();
    expect(jsonSchemaMisfit(schema, { ...fine, note: "x", by: { name: "Ada" } })).toBeNull();
    expect(Order.safeParse(fine).success).toBe(true);
  });

  test.each([
    ["nothing at all", undefined, "expected object, received nothing"],
    ["a list", [], "expected object, received array"],
    ["what is missing", { ...fine, number: undefined }, '"number" is missing'],
    ["another type", { ...fine, number: 4471 }, "number: expected string, received number"],
    ["what is too short", { ...fine, number: "1" }, "number: expected at least 3 characters"],
    ["what is too long", { ...fine, number: "123456" }, "number: expected at most 5 characters"],
    ["a fraction", { ...fine, cents: 1.5 }, "cents: expected integer, received number"],
    ["too little", { ...fine, cents: 0 }, "cents: expected more than 0"],
    ["too much", { ...fine, cents: 100_001 }, "cents: expected at most 100000"],
    ["no choice there is", { ...fine, kind: "other" }, 'kind: expected "refund" or "news"'],
    ["an item", { ...fine, lines: [{ what: "a", count: 0 }] }, "lines[0].count: expected at least 1"],
    ["too few items", { ...fine, lines: [] }, "lines: expected at least 1 items"],
    ["none of several ways", { ...fine, by: "Ada" }, "by: fits none of 2 ways it may be written"],
    ["a member of a record", { ...fine, tags: { a: 1 } }, "tags.a: expected boolean, received number"],
    ["a place of a tuple", { ...fine, spot: ["1", "x"] }, "spot[0]: expected number, received string"],
  ])("is told of %s, and the real schema says no too", (_what, value, said) => {
    expect(jsonSchemaMisfit(schema, value)).toBe(said);
    expect(Order.safeParse(value).success).toBe(false);
  });
});

test("references are followed, in circles too, and where they lead nowhere nothing is known", () => {
  const tree: Json = {
    $ref: "#/$defs/tree",
    $defs: { tree: { type: "object", properties: { left: { $ref: "#/$defs/tree" } }, additionalProperties: false } },
  };
  expect(jsonSchemaMisfit(tree, { left: { left: {} } })).toBeNull();
  expect(jsonSchemaMisfit(tree, { left: { left: { right: 1 } } })).toBe('left.left: "right" is unknown');
  expect(jsonSchemaMisfit({ $ref: "#" }, 1)).toBeNull();
  expect(jsonSchemaMisfit({ $ref: "#/$defs/none" }, 1)).toBeNull();
  expect(jsonSchemaMisfit({ $ref: "https://example.com/schema" }, 1)).toBeNull();
});

test("all of allOf must fit; one way is told by what is wrong with it", () => {
  const both: Json = { allOf: [{ type: "number" }, { minimum: 3, exclusiveMaximum: 5 }] };
  expect(jsonSchemaMisfit(both, 4)).toBeNull();
  expect(jsonSchemaMisfit(both, 2)).toBe("expected at least 3");
  expect(jsonSchemaMisfit(both, 5)).toBe("expected less than 5");
  expect(jsonSchemaMisfit({ anyOf: [{ type: "string" }] }, 1)).toBe("expected string, received number");
});

test("what it does not know it lets pass: true, other words, a schema that is none", () => {
  for (const schema of [true, {}, { format: "email" }, { type: 7 }, null, "text"] as const)
    expect(jsonSchemaMisfit(schema, "x")).toBeNull();
  expect(jsonSchemaMisfit(false, "x")).toBe("nothing fits here");
});
