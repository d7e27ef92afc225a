import { describe, expect, test } from "vitest";
import { z } from "zod";
import { checkGolden } from "../../src/golden/check.ts";
import { describe as tell } from "../../src/golden/drift/describe.ts";
import { plainText } from "../../src/golden/drift/description.ts";
import { recordGolden } from "../../src/golden/record.ts";
import { updateGolden } from "../../src/golden/update.ts";
import type { Schema } from "../../src/index.ts";
import { pipeline } from "../../src/index.ts";

// A golden begins with what schemas have made of input and context: what they would not let through any more is drift.

const line = (input: Schema, context: Schema<unknown, object> = z.object({})) =>
  pipeline({ name: "p", input, context }).step("say", (given) => typeof given);

async function causes(recorded: ReturnType<typeof line>, now: ReturnType<typeof line>, input: unknown) {
  const checked = await checkGolden(now, await recordGolden(recorded, input));
  return checked.causes.map(({ head }) => `${head.class} ${head.about}`);
}

describe("what a pipeline begins with", () => {
  test("is refused where its schema asks for something else: one cause, in words, and no update", async () => {
    const golden = await recordGolden(line(z.object({ order: z.string() })), { order: "4471" });
    const now = line(z.object({ order: z.number() }));
    const { level, causes: all } = await checkGolden(now, golden);
    expect([level, all.length]).toEqual(["fail", 1]);
    const [cause] = all;
    if (cause === undefined) throw new Error("There is no cause.");
    const lines = plainText(await tell(cause, { file: "a.golden.yaml" })).split("\n");
    expect(lines.slice(0, 4)).toEqual([
      "The input that was recorded is not taken any more.",
      "  at the run as a whole (a.golden.yaml)",
      '    - { order: "4471" }',
      "    + not taken: order: Invalid input: expected number, received string",
    ]);
    expect(lines.slice(4).join(" ")).toContain("record the golden again");
    await expect(updateGolden(now, golden, { env: {} })).rejects.toMatchObject({ code: "usage_invalid" });
  });

  test("is another one where a context has one field more, and an update takes that over", async () => {
    const golden = await recordGolden(line(z.string(), z.object({ a: z.string().default("x") })), "in");
    const now = line(z.string(), z.object({ a: z.string().default("x"), b: z.number().default(3) }));
    const checked = await checkGolden(now, golden);
    expect(checked.causes.map(({ head }) => [head.class, head.about, head.recorded, head.now])).toEqual([
      ["request", "context", { a: "x" }, { a: "x", b: 3 }],
    ]);
    const { updated } = await updateGolden(now, golden, { env: {} });
    expect(updated.context).toEqual({ a: "x", b: 3 });
    expect((await checkGolden(now, updated)).level).toBe("clean");
  });

  test("is told where a schema takes less than it did, in every form of it", async () => {
    expect(await causes(line(z.string()), line(z.string().min(9)), "in")).toEqual(["request inputSchema"]);
    expect(await causes(line(z.enum(["a", "b"])), line(z.enum(["b", "c"])), "a")).toEqual(["request inputSchema"]);
    expect(await causes(line(z.object({ a: z.string() })), line(z.object({})), { a: "x" })).toEqual(["request input"]);
  });

  test("is clean where a schema takes all that it gives, and where it takes nothing of it", async () => {
    const schemas: readonly (readonly [Schema, unknown])[] = [
      [z.string().transform((text) => text.length), "in"],
      [z.coerce.number(), "7"],
      [z.object({ at: z.date() }), { at: new Date(0) }],
      [z.preprocess((value) => [value], z.array(z.string())), "in"],
      [z.object({ a: z.string().optional(), b: z.string().nullable().default(null) }), { a: undefined }],
      [z.union([z.string(), z.object({ a: z.record(z.string(), z.number()) })]), { a: { b: 1 } }],
      [z.any(), new Map([["a", 1]])],
    ];
    for (const [schema, input] of schemas) expect(await causes(line(schema), line(schema), input)).toEqual([]);
  });

  test("need not fit where something in it was redacted", async () => {
    const short = z.object({ mail: z.string().max(20), n: z.number() });
    expect(await causes(line(short), line(short), { mail: "ada@example.com", n: 1 })).toEqual([]);
  });
});
