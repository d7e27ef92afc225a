import { expect, test } from "vitest";
import { z } from "zod";
import { pipeline, step } from "../../src/index.ts";
import { logs, shared } from "./support/context.ts";
import { echo, Stage } from "./support/stage.ts";

test("DEC-1: a decision that is on record is not asked again", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" })
    .branch(
      () => {
        stage.note("selector");
        return "a" as const;
      },
      { a: echo("a") },
    )
    .human("sure", {
      show: () => {
        stage.note("show");
        return `shown ${stage.notes.length}`;
      },
      answer: z.string(),
    });
  expect(await stage.run(program)).toMatchObject({ pauses: [{ show: "shown 2" }] });
  expect(await stage.resume(program)).toMatchObject({ pauses: [{ show: "shown 2" }] });
  await stage.answer(program, "yes");
  expect(stage.notes).toEqual(["selector", "show"]);
});

test("DEC-2: a deciding function may be sync or async, and may return anything that can be awaited", async () => {
  const thenable = { then: (keep: (key: string) => void) => keep("a") } as unknown as Promise<"a">; // as query builders are
  for (const said of ["a" as const, Promise.resolve("a" as const), thenable])
    expect(await new Stage().run(pipeline({ name: "p" }).branch(() => said, { a: echo("a") }))).toMatchObject({ output: "a in" });
});

test("DEC-3: one that throws fails its node as decision_failed, for good, and the message names it", async () => {
  const broken = [
    (): "a" => {
      throw new TypeError("no such field");
    },
    async (): Promise<"a"> => {
      await Promise.resolve();
      throw new TypeError("no such field");
    },
  ];
  for (const selector of broken)
    expect(await new Stage().run(pipeline({ name: "p" }).branch(selector, { a: echo("a") }, { name: "way" }))).toMatchObject({
      status: "failed",
      failure: {
        code: "decision_failed",
        retryable: false,
        message: 'p/way/?key: the function that picks the branch of "way" threw: TypeError: no such field',
      },
      steps: [{ path: "p/way" }],
    });
});

test("DEC-4: it sees the context as it is where it is asked, frozen, and the run's initialPrompt", async () => {
  const program = shared()
    .step(logs("one"))
    .branch(
      (_: unknown, { context, initialPrompt }) => {
        expect(() => (context.log as string[]).push("hacked")).toThrow(TypeError);
        return `${context.log.join()} ${initialPrompt}` === "one in" ? ("right" as const) : ("wrong" as const);
      },
      { right: echo("right"), wrong: echo("wrong") },
    );
  expect(await new Stage().run(program)).toMatchObject({ output: "right in", context: { log: ["one"] } });
});

test("DEC-5: one that has said nothing after 60 seconds fails as timeout", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).branch(() => new Promise<"a">(() => undefined), { a: echo("a") });
  const result = await stage.run(program);
  expect(result).toMatchObject({ status: "failed", failure: { code: "timeout", path: "p/branch/?key" } });
  expect(stage.clock.now() - Date.UTC(2030, 0, 1)).toBe(60_000);
});

test("DEC-6: decisions are on record before a step that declares an effect begins, and with the next entry before any other", async () => {
  const recorded = async (effect: "none" | "once" | "idempotent"): Promise<boolean> => {
    const stage = new Stage();
    let isRecorded = false;
    const look = step({
      name: "look",
      effect,
      run: async () => {
        const entries = await stage.store.entries({ runId: "run-1" });
        isRecorded = entries.some(({ type }) => type === "decisions-made");
      },
    });
    await stage.run(pipeline({ name: "p" }).branch(() => "a" as const, { a: look }));
    expect((await stage.entries()).filter(({ type }) => type === "decisions-made")).toHaveLength(1);
    return isRecorded;
  };
  expect(await recorded("once")).toBe(true);
  expect(await recorded("idempotent")).toBe(true);
  expect(await recorded("none")).toBe(false);
});
