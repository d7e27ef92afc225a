import { describe, expect, test } from "vitest";
import { z } from "zod";
import { checkGolden } from "../../src/golden/check.ts";
import { recordGolden } from "../../src/golden/record.ts";
import { updateGolden } from "../../src/golden/update.ts";
import { agent, pipeline, tool } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/scripted-model.ts";

const look = tool({ name: "look", description: "Looks.", input: z.object({ at: z.string() }), run: ({ at }) => `seen ${at}` });

/** Its model reads as many tokens as it is told characters. */
function desk(instructions: string) {
  const model = scriptedModel(({ turn, options }) => ({
    ...(turn === 0 ? { calls: [{ tool: "look", input: { at: "x" } }] } : { text: "told" }),
    usage: { inputTokens: JSON.stringify(options.prompt).length, outputTokens: 3 },
  }));
  return pipeline({ name: "p", input: z.string() }).step(agent({ name: "read", model, instructions, tools: [look] }));
}

test("the tokens of what is asked otherwise follow from that, in every turn that is asked again", async () => {
  const golden = await recordGolden(desk("Say."), "in");
  const { asked, causes } = await updateGolden(desk("Say it in one word."), golden, { env: {} });
  expect(asked).toEqual(["p/read/turn[0]", "p/read/turn[1]"]);
  expect(causes.map(({ head }) => `${head.class} ${head.about}`)).toEqual(["request instructions"]);
  expect(causes[0]?.follows.map(({ path, class: of }) => `${of} ${path}`)).toEqual([
    "usage p/read/turn[0]",
    "usage p/read/turn[1]",
    "usage ",
  ]);
});

test("tokens that have changed by themselves are a cause", async () => {
  const golden = await recordGolden(desk("Say."), "in");
  const operations = golden.operations.map((each) =>
    each.response?.usage?.modelCalls === 1
      ? { ...each, response: { ...each.response, usage: { ...each.response.usage, inputTokens: 1 } } }
      : each,
  );
  const { causes } = await updateGolden(desk("Say."), { ...golden, operations }, { env: {} });
  expect(causes.map(({ head }) => `${head.class} of "${head.path}"`)).toEqual(['usage of ""']); // each call is as it was recorded, their sum is not
});

// A question to a person that was renamed or moved, and is the same, is not asked again.

const Ok = z.object({ ok: z.boolean() });
const show = ({ output }: { readonly output: number }): string => `Pay ${output}?`;
const paying = () => pipeline({ name: "pay", input: z.number() });
const pays = ({ answer }: { readonly answer: { readonly ok: boolean } }): string => (answer.ok ? "paid" : "not paid");
const asksAs = (name: string) => paying().human(name, { show, answer: Ok }).step("end", pays);

describe("what a person answered", () => {
  const recording = () => recordGolden(asksAs("approve"), 7, { answers: { approve: { ok: true } } });

  test.each([
    ["under another name", asksAs("sign")],
    [
      "further in",
      paying()
        .step(pipeline({ name: "desk", input: z.number() }).human("approve", { show, answer: Ok }))
        .step("end", pays),
    ],
  ])("is carried along where the question is found %s", async (_where, now) => {
    const golden = await recording();
    const { updated, asked, causes } = await updateGolden(now, golden, { env: {} });
    expect(asked).toEqual([]);
    expect(causes.map(({ head }) => head.class)).toContain("path");
    expect(updated.result).toMatchObject({ status: "succeeded", output: "paid" });
    expect((await checkGolden(now, updated)).level).toBe("clean");
  });

  test("is not where another thing is shown, another form of answer is wanted, or an answer is given for it", async () => {
    const golden = await recording();
    const others = [
      paying()
        .human("sign", { show: () => "Well?", answer: Ok })
        .step("end", pays),
      paying()
        .human("sign", { show, answer: Ok.extend({ note: z.string().optional() }) })
        .step("end", pays),
    ];
    for (const now of others) expect((await updateGolden(now, golden, { env: {} })).updated.result).toMatchObject({ status: "paused" });
    const given = await updateGolden(asksAs("sign"), golden, { env: {}, answers: { sign: { ok: false } } });
    expect(given.updated.result).toMatchObject({ status: "succeeded", output: "not paid" });
  });

  test("goes to the question of its name where two show the same", async () => {
    const twice = (around: (name: string) => ReturnType<typeof asksAs>) =>
      pipeline({ name: "two", input: z.number() }).parallel({ one: around("first"), other: around("second") }, { concurrency: 1 });
    const asks = (place: string) => (name: string) =>
      pipeline({ name: place, input: z.number() })
        .human(name, { show: () => "Well?", answer: Ok })
        .step("end", pays);
    const golden = await recordGolden(twice(asks("here")), 7, { answers: { first: { ok: false }, second: { ok: true } } });
    const turned = pipeline({ name: "two", input: z.number() }).parallel(
      { b: asks("there")("second"), a: asks("there")("first") },
      { concurrency: 1 },
    );
    const { updated } = await updateGolden(turned, golden, { env: {} });
    expect(updated.result).toMatchObject({ status: "succeeded", output: { a: "not paid", b: "paid" } });
  });
});
