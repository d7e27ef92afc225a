import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import type { AnyStep } from "../../src/index.ts";
import { agent, context, Flujo, pipeline, resource, step, tool, withPolicy } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";

// Names that every object answers to. Each is a name like any other, or is refused in a sentence; none reaches a prototype.

const NAMES = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"] as const;
const OTHERS = NAMES.filter((name) => name !== "__proto__");

/** An object that has this key as its own, whatever it is called. */
const having = (key: string, value: unknown): never => Object.fromEntries([[key, value]]) as never;

const before = Reflect.ownKeys(Object.prototype).length;
afterEach(() => {
  if (Reflect.ownKeys(Object.prototype).length !== before) throw new Error("What every object has in common was written to.");
});

async function run(program: unknown, input: unknown): Promise<unknown> {
  await using flujo = new Flujo();
  const result = await flujo.run(program as AnyStep, input as never);
  return result.unwrap();
}

const passes = step("pass", (value: unknown) => value);

describe.each(NAMES)("%s", (name) => {
  test("as the name of a step, a pipeline, a question, a signal, a loop", async () => {
    const add = (called: string) => step(called, (n: number) => n + 1);
    expect(await run(pipeline({ name }).step(add(name)), 1)).toBe(2);
    expect(await run(pipeline().human(name, { answer: z.boolean(), timeoutMs: 1, default: true }), 1)).toEqual({ input: 1, answer: true });
    expect(await run(pipeline().waitFor(name, { schema: z.boolean(), timeoutMs: 1, default: true }), 1)).toEqual({
      input: 1,
      signal: true,
    });
    expect(await run(pipeline().loop(add("s"), { name, maxIterations: 2 }), 1)).toBe(3);
  });

  test("as the name of a resource", async () => {
    const uses = step({
      name: "uses",
      resources: having(name, resource({ open: () => "opened" })),
      run: (_: unknown, { resources }) => Object.entries(resources),
    });
    expect(await run(uses, 1)).toEqual([[name, "opened"]]);
  });

  test("as the name of a tool, and as one that the model has thought of", async () => {
    const ask = (called: string) =>
      agent({
        name: "a",
        model: scriptedModel([{ calls: [{ tool: name, input: {} }] }, "done"]),
        instructions: "Call it.",
        tools: [tool({ name: called, description: "Says so.", input: z.object({}), run: () => "called" })],
      });
    await using flujo = new Flujo();
    expect(await flujo.run(ask(name), "go")).toMatchObject({ status: "succeeded", usage: { toolCalls: 1 } });
    expect(await flujo.run(ask("other"), "go")).toMatchObject({ status: "succeeded", usage: { toolCalls: 0 } });
  });

  test("as a key that there is no branch for", async () => {
    await using flujo = new Flujo();
    const result = await flujo.run(
      pipeline().branch((key: string) => key, { a: passes } as never),
      name,
    );
    expect(result).toMatchObject({ status: "failed", failure: { message: expect.stringContaining(`there is no branch for "${name}"`) } });
  });

  test("as a field that has no reducer, where a step contributes to it", async () => {
    const Shared = context(z.object({ log: z.array(z.string()).default([]) }), { log: "append" });
    const bold = pipeline({ name: "p", input: z.number(), context: Shared }).step("s", (n, { contribute }) => {
      contribute(name as never, "w");
      return n;
    });
    await using flujo = new Flujo();
    expect(await flujo.run(bold, 1)).toMatchObject({ failure: { message: expect.stringContaining(`the field "${name}" has no reducer`) } });
  });
});

describe.each(OTHERS)("%s", (name) => {
  test("as a validator, whose score is kept", async () => {
    const judged = withPolicy(passes, { validate: [{ name, check: () => ({ score: 0.5 }) }] });
    await using flujo = new Flujo();
    expect((await flujo.run(judged, 1)).steps[0]?.metadata["scores"]).toEqual(having(name, 0.5));
  });

  test("as a branch of a branch and of a parallel", async () => {
    expect(
      await run(
        pipeline().branch((key: string) => key, having(name, passes)),
        name,
      ),
    ).toBe(name);
    expect(await run(pipeline().parallel(having(name, passes)), 1)).toEqual(having(name, 1));
  });

  test("within a field of the context", async () => {
    const Loose = z.object({ bag: z.record(z.string(), z.unknown()).default({}) });
    const puts = pipeline({ name: "p", input: z.number(), context: Loose }).step("s", (n, { update }) => {
      update((draft) => void (draft.bag[name] = { n }));
      return n;
    });
    await using flujo = new Flujo();
    expect(await flujo.run(puts, 1)).toMatchObject({ status: "succeeded", context: { bag: having(name, { n: 1 }) } });
  });
});

describe("__proto__ is refused where an object with such keys is made of names", () => {
  const refused = (sentence: string) => ({ code: "pipeline_invalid", summary: sentence });

  test.each<[string, () => unknown, string]>([
    [
      "a validator",
      () => withPolicy(passes, { validate: [{ name: "__proto__", check: () => true }] }),
      'pass/pass: a validator is called "__proto__".',
    ],
    [
      "a branch",
      () => pipeline({ name: "p" }).branch((key: string) => key, having("__proto__", passes)),
      'p/branch: a branch has the key "__proto__".',
    ],
    [
      "a branch of a parallel",
      () => pipeline({ name: "p" }).parallel(having("__proto__", passes)),
      'p/parallel: a branch has the key "__proto__".',
    ],
    [
      "a field with a reducer",
      () => context(z.object({}), having("__proto__", "append")),
      'context(): the context has a field "__proto__".',
    ],
  ])("as %s", async (_what, make, sentence) => {
    await expect((async () => run(make(), "x"))()).rejects.toMatchObject(refused(sentence));
  });

  test.each<[string, (draft: Record<string, unknown>) => void]>([
    ["set", (draft) => void (draft["__proto__"] = { owned: true })],
    ["set deep down", (draft) => void ((draft["bag"] as Record<string, unknown>)["__proto__"] = { owned: true })],
    ["written through", (draft) => void ((draft["__proto__"] as Record<string, unknown>)["owned"] = true)],
    ["defined", (draft) => void Object.defineProperty(draft, "__proto__", { value: 1 })],
  ])("%s in the context, it fails the step", async (_how, change) => {
    const Loose = z.looseObject({ bag: z.record(z.string(), z.unknown()).default({}) });
    const puts = pipeline({ name: "p", input: z.number(), context: Loose }).step("s", (n, { update }) => {
      update((draft) => change(draft));
      return n;
    });
    await using flujo = new Flujo();
    expect(await flujo.run(puts, 1)).toMatchObject({ status: "failed", failure: { code: "step_failed", path: "p/s" } });
  });
});

test.each(["?", "a/b", "a#1", "a[0]", "a\nb", "\u0007", " a"])(
  "a name that no path can hold, %j, is refused with what does not belong in one",
  (name) => {
    const rule = "none of / [ ] # ?, no line breaks or other control characters, and no space at its ends";
    const redirects = { plugins: [(): true => true], redirects: { [name]: step("other", (value: unknown) => value) } };
    expect(() => withPolicy(passes, redirects)).toThrow(rule);
    expect(() => withPolicy(passes, { plugins: [{ name, run: (): true => true }] })).toThrow(rule);
  },
);
