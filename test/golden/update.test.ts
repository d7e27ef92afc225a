import { expect, test } from "vitest";
import { z } from "zod";
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
