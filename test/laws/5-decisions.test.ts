import { expect, test } from "vitest";
import { z } from "zod";
import { pipeline, step } from "../../src/index.ts";
import { Lab, RUN } from "./support/lab.ts";

const plain = <Name extends string>(name: Name) => step(name, (value: string) => `${name} ${value}`);

test("law 5, decisions: one that is recorded is not asked again", async () => {
  const lab = new Lab();
  let asked = 0;
  const program = pipeline({ name: "p" })
    .branch(
      () => {
        asked++;
        return asked === 1 ? ("a" as const) : ("b" as const);
      },
      { a: plain("x"), b: plain("y") },
    )
    .human("wait", { answer: z.string() });
  await lab.flujo().run(program, "in", RUN);
  const result = await lab.flujo().answer(program, RUN.runId, { value: "go" });
  expect(result).toMatchObject({ status: "succeeded", output: { input: "x in", answer: "go" } });
  expect(asked).toBe(1);
});

test("law 5, decisions: those of one turn are one record, in the commit of the next entry", async () => {
  const lab = new Lab();
  const fork = (name: string) =>
    pipeline().branch(
      () => {
        lab.note(`asked ${name}`);
        return "go" as const;
      },
      { go: plain("x") },
    );
  await lab.flujo().run(pipeline({ name: "p" }).parallel({ a: fork("a"), b: fork("b"), c: fork("c") }), "in", RUN);
  expect(lab.log.slice(0, 4)).toEqual([
    "asked a",
    "asked b",
    "asked c",
    expect.stringMatching(
      /^commit outcome .*decisions p\/parallel\/a\/branch\/\?key\+p\/parallel\/b\/branch\/\?key\+p\/parallel\/c\/branch\/\?key/,
    ),
  ]);
});

test.each(["once", "idempotent"] as const)(
  "law 5, decisions: they are committed before an operation that declares the effect %s",
  async (effect) => {
    const lab = new Lab();
    const pay = step({ name: "pay", effect, run: () => lab.note("runs") });
    await lab.flujo().run(
      pipeline({ name: "p" }).branch(() => "a" as const, { a: pay }, { name: "way" }),
      "in",
      RUN,
    );
    expect(lab.log[0]).toMatch(/^commit .*decisions p\/way\/\?key/);
    expect(lab.log[1]).toBe("runs");
  },
);

test("law 5, decisions: before a plain step they are not committed on their own", async () => {
  const lab = new Lab();
  await lab.flujo().run(
    pipeline({ name: "p" }).branch(() => "a" as const, { a: step("x", () => lab.note("runs")) }, { name: "way" }),
    "in",
    RUN,
  );
  expect(lab.log[0]).toBe("runs");
  expect(lab.log[1]).toMatch(/^commit outcome p\/way\/a.*decisions p\/way\/\?key/);
});

test("law 5, decisions: a selector that throws, at once or later, fails the step and is named", async () => {
  const lab = new Lab();
  const broken = [
    (): "a" => {
      throw new TypeError("no such field");
    },
    async (): Promise<"a"> => {
      await Promise.resolve();
      throw new TypeError("no such field");
    },
  ];
  for (const selector of broken) {
    const result = await lab.flujo().run(pipeline({ name: "p" }).branch(selector, { a: plain("x") }, { name: "way" }), "in");
    expect(result).toMatchObject({ status: "failed", failure: { code: "decision_failed", retryable: false } });
    expect(result).toMatchObject({
      failure: { message: 'p/way/?key: the function that picks the branch of "way" threw: TypeError: no such field' },
    });
  }
});

test("law 5, decisions: what a person is shown is a decision too, and its throw is named", async () => {
  const lab = new Lab();
  const show = (): never => {
    throw new Error("nothing to see");
  };
  const result = await lab.flujo().run(pipeline({ name: "p" }).human("ask", { show, answer: z.string() }), "in");
  expect(result).toMatchObject({
    status: "failed",
    failure: {
      code: "decision_failed",
      message: expect.stringContaining('the function that says what to show of "ask" threw: nothing to see'),
    },
  });
});

test("law 5, decisions: a selector may be anything that can be awaited", async () => {
  const lab = new Lab();
  const thenable = (): Promise<"a"> => ({ then: (keep: (key: string) => void) => keep("a") }) as unknown as Promise<"a">; // as query builders are
  expect(await lab.flujo().run(pipeline({ name: "p" }).branch(thenable, { a: plain("x") }), "in")).toMatchObject({
    status: "succeeded",
    output: "x in",
  });
});

test("law 5, decisions: when one that shares its record with others is covered by a done frame, a resume asks for the others only", async () => {
  const lab = new Lab();
  const { promise: never } = Promise.withResolvers<string>();
  let isSlow = true;
  const quick = pipeline().branch(() => "go" as const, { go: plain("x") });
  const slow = pipeline().branch(() => "go" as const, { go: step("y", (value: string) => (isSlow ? never : value)) });
  const program = pipeline({ name: "p" }).parallel({ quick, slow });
  const first = lab.flujo();
  const going = first.run(program, "in", RUN);
  await expect.poll(() => lab.keys()).toEqual(["p/parallel/quick/branch/go"]);
  await first.close();
  expect((await going).status).toBe("stopped");
  isSlow = false;
  expect(await lab.flujo().resume(program, RUN.runId)).toMatchObject({ status: "succeeded", output: { quick: "x in", slow: "in" } });
});
