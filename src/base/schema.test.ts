import { expect, test } from "vitest";
import { z } from "zod";
import { checkWith, describeIssues } from "./schema.ts";

async function wrongWith(schema: z.ZodType, value: unknown): Promise<string> {
  const checked = await checkWith(schema, value);
  return checked.ok ? "" : describeIssues(checked.issues);
}

test("what is wrong with a value is told as each form of a union, at most four of them, wherever the union stands", async () => {
  const form = z.union([z.string(), z.object({ question: z.string() })]);
  const expected =
    "Invalid input (Invalid input: expected string, received object; or question: Invalid input: expected string, received undefined)";
  expect(await wrongWith(form, { quest: "what" })).toBe(expected);
  expect(await wrongWith(z.object({ asked: z.array(form) }), { asked: ["a", { quest: "what" }] })).toBe(`asked[1]: ${expected}`);
  const many = z.union([1, 2, 3, 4, 5, 6].map((n) => z.literal(n)) as never);
  expect((await wrongWith(many, 7)).match(/expected \d/g)).toHaveLength(4);
});

test("a message that ends in a full stop stands in a sentence that has its own", async () => {
  expect(await wrongWith(z.object({ n: z.number("A number, please.") }), { n: "x" })).toBe("n: A number, please");
  expect(await wrongWith(z.number("What is this?"), "x")).toBe("What is this?");
});
