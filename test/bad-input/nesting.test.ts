import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { AnyStep } from "../../src/index.ts";
import { agent, asTool, pipeline, step, withPolicy } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import type { Loose } from "./support/scene.ts";
import { fails, id, outcomeOf, start } from "./support/scene.ts";

const never = step("never", () => "never");
const mapped = (inner: AnyStep): AnyStep =>
  (pipeline({ name: "mapped", input: z.unknown(), context: z.object({}) }) as unknown as Loose).step(inner);

/** Every way in which a program can stand in another. */
const IN: Readonly<Record<string, (inner: AnyStep) => AnyStep>> = {
  sequence: (inner) => start().step(inner),
  parallel: (inner) => start().parallel({ a: inner }),
  map: (inner) =>
    start()
      .step("list", () => [1])
      .map(inner),
  loop: (inner) => start().loop(inner, { maxIterations: 1 }),
  branch: (inner) => start().branch(() => "a", { a: inner }),
  tap: (inner) => start().tap(inner),
  "nested context": (inner) => start().step(mapped(inner), { context: {} }),
  policy: (inner) => withPolicy(inner, { retries: 1 }),
  fallback: (inner) =>
    start().step(
      step("fails", () => Promise.reject(new Error("no"))),
      { fallback: inner },
    ),
  onTimeout: (inner) => start().waitFor("wait", { schema: z.string(), timeoutMs: 1, onTimeout: inner }),
  "program as a tool": (inner) => {
    const model = scriptedModel(({ turn }) => (turn === 0 ? { calls: [{ tool: "tool", input: {} }] } : "done"));
    const tool = asTool(inner, { name: "tool", description: "A tool.", input: z.object({}) } as never);
    return agent({ name: "agent", instructions: "", model, tools: [tool] });
  },
};

function nestedIn(around: (inner: AnyStep) => AnyStep, depth: number): AnyStep {
  let program: AnyStep = id;
  for (let level = 0; level < depth; level++) program = around(program);
  return program;
}

describe.each(Object.entries(IN))("%s", (_kind, around) => {
  test("60 levels run", async () => {
    expect(await outcomeOf(nestedIn(around, 60))).toMatchObject({ status: "succeeded" });
  });

  test.each([201, 20_000])("%i levels are refused in a sentence that says where and how deep, without a stack overflow", async (depth) => {
    await expect(outcomeOf(nestedIn(around, depth))).rejects.toMatchObject({
      code: "nesting_too_deep",
      summary: expect.stringMatching(/^.{1,200} lies 201 levels deep\.$/),
    });
  });
});

describe("a fallback that leads back to what it stands for", () => {
  const pipe = (inner: AnyStep): AnyStep => start().step(inner);
  const own = mapped(id);
  test.each<readonly [string, () => AnyStep]>([
    ["itself", () => withPolicy(fails, { fallback: fails })],
    ["itself, in a chain", () => withPolicy(fails, { fallback: [never, fails] })],
    ["itself with a policy", () => withPolicy(fails, { fallback: withPolicy(fails, { retries: 1 }) })],
    ["itself in a pipeline", () => withPolicy(fails, { fallback: pipe(fails) as never })],
    [
      "itself in anything",
      () => withPolicy(fails, { fallback: start().parallel({ a: start().loop(pipe(fails), { maxIterations: 1 }) }) as never }),
    ],
    ["itself as the fallback of its fallback", () => withPolicy(fails, { fallback: withPolicy(never, { fallback: fails }) })],
    [
      "itself as what comes after a wait",
      () => withPolicy(fails, { fallback: start().waitFor("w", { schema: z.string(), timeoutMs: 1, onTimeout: fails }) as never }),
    ],
    ["itself, with a context of its own", () => start().step(own, { context: {}, fallback: start().step(own, { context: {} }) })],
    ["itself, with a context of its own, as it is", () => start().step(own, { context: {}, fallback: own })],
  ])("%s is refused before anything runs", async (_what, make) => {
    await expect((async () => outcomeOf(make()))()).rejects.toMatchObject({
      code: "pipeline_invalid",
      summary: expect.stringMatching(/itself/),
    });
  });

  test("another program in its place, or the same elsewhere, is none of that", async () => {
    const program = start()
      .step(fails, { fallback: never })
      .step(never)
      .step(withPolicy(fails, { onError: { default: 1 } }), { fallback: id });
    await expect((async () => outcomeOf(program))()).rejects.toMatchObject({
      code: "pipeline_invalid",
      summary: expect.stringContaining("two members"),
    });
    expect(
      await outcomeOf(
        start()
          .step(fails, { fallback: never })
          .step(pipeline({ name: "again" }).step(never)),
      ),
    ).toMatchObject({ output: "never" });
  });
});
