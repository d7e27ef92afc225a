import { expect, test } from "vitest";
import type { AnyStep } from "../../../src/dsl/program.ts";
import { checkGolden } from "../../../src/golden/check.ts";
import { describe } from "../../../src/golden/drift/describe.ts";
import { plainText } from "../../../src/golden/drift/description.ts";
import { recordGolden } from "../../../src/golden/record.ts";
import { updateGolden } from "../../../src/golden/update.ts";
import { agent, pipeline } from "../../../src/index.ts";
import { scriptedModel } from "../../../src/testing/scripted-model.ts";

// Rules of redaction that replace more than they did when a golden was recorded.

const desk = (instructions: string): AnyStep =>
  pipeline({ name: "desk" }).step(agent({ name: "read", model: scriptedModel(() => "Of C-204417."), instructions }));

const ASKS = "Ask desk@shop.test, or the customer C-300000.";
const redact = { rules: [{ name: "customer", pattern: /\bC-\d{6}\b/ }] };
const file = "goldens/desk/one.golden.yaml";

test("are one cause, which says so, however much they replace", async () => {
  const golden = await recordGolden(desk(ASKS), "I am C-204417." as never);
  const { causes } = await checkGolden(desk(ASKS), golden, { redact });
  const texts = await Promise.all(causes.map(async (cause) => plainText(await describe(cause, { file }))));
  expect(texts).toEqual([
    [
      "The rules of redaction replace more than they did when this was recorded.",
      `  at the run as a whole (${file})`,
      "    - redacted: 1 e-mail address",
      '    + redacted: 2 "customer", 1 e-mail address',
      "  If you did not mean this, mend the rules; if you did, accept it:",
      `    flujo golden update ${file}`,
    ].join("\n"),
  ]);
});

test("do not hide what else has changed", async () => {
  const golden = await recordGolden(desk(ASKS), "I am C-204417." as never);
  const { causes } = await checkGolden(desk(`${ASKS} Be quick.`), golden, { redact });
  expect(causes.map(({ head }) => head.about)).toEqual(["redaction", "instructions"]);
});

test("are taken over by an update that asks nothing for real", async () => {
  const golden = await recordGolden(desk(ASKS), "I am C-204417." as never);
  const { asked, isChanged, causes, updated } = await updateGolden(desk(ASKS), golden, { env: {}, redact });
  expect([asked, isChanged, causes.map(({ head }) => head.about)]).toEqual([[], true, ["redaction"]]);
  expect(JSON.stringify(updated)).not.toMatch(/C-\d{6}/);
  expect((await checkGolden(desk(ASKS), updated, { redact })).level).toBe("clean");
});
