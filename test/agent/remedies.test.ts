import { expect, test } from "vitest";
import { agent, FlujoError } from "../../src/index.ts";
import type { FlujoOptions } from "../../src/index.ts";
import { startModelServer } from "../../src/testing/index.ts";
import { Lab, RUN } from "../laws/support/lab.ts";

async function failing(model: string, options: Omit<FlujoOptions, "state">) {
  const lab = new Lab();
  const result = await lab.flujo(options).run(agent({ name: "a", model, instructions: "" }), "hi", RUN);
  if (result.status !== "failed") throw new Error(`It ${result.status}.`);
  expect(await lab.flujo().result(RUN.runId)).toEqual(result);
  const thrown = (() => {
    try {
      return result.unwrap();
    } catch (error) {
      return error;
    }
  })();
  if (!FlujoError.is(thrown)) throw new Error("Nothing was thrown.");
  return { failure: result.failure, thrown };
}

test("a failure says what to do in its own case, where more is known than its code: the variable, the command, the option", async () => {
  const install = () => {
    throw new FlujoError("package_missing", "The package acme-ai is not installed.", { remedy: "Run `npm install acme-ai@3`." });
  };
  const missing = await failing("acme:large", { providers: { acme: install } });
  expect(missing.failure).toMatchObject({ code: "package_missing", remedy: "Run `npm install acme-ai@3`." });
  expect(missing.thrown.message).toMatch(/The package acme-ai is not installed\. Run `npm install acme-ai@3`\. \[package_missing\]$/);
  const nowhere = await failing("openai-compatible:qwen3", { env: {} });
  expect(nowhere.failure.remedy).toBe("Set OPENAI_COMPATIBLE_BASE_URL, for example to http://127.0.0.1:8000/v1.");
  await using server = await startModelServer([{ status: 401, message: "No." }]);
  const refused = await failing("openai:gpt-5-mini", { env: server.env });
  expect(refused.thrown).toMatchObject({ code: "api_key_refused", remedy: "Check OPENAI_API_KEY, and that its key may use this model." });
  expect(refused.failure.message).not.toContain("Check");
});

test("and says nothing beside it otherwise", async () => {
  await using server = await startModelServer([{ status: 400, message: "No." }]);
  expect((await failing("openai:gpt-5-mini", { env: server.env })).failure).not.toHaveProperty("remedy");
});
