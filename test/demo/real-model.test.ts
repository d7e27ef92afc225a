import { expect, test } from "vitest";
import { startModelServer } from "../../src/testing/index.ts";
import { freshFolder } from "./fresh-folder.ts";
import { runDemo } from "./run-process.ts";

/** Without the schema of a label in it, the question is one of the agents' that answer in a sentence, or the claim. */
function answerTo(bodyText: string): { json: unknown } | string {
  if (bodyText.includes("urgency")) return { json: { area: "bug", urgency: 3 } };
  if (bodyText.includes("orderNumber")) return { json: { orderNumber: null } };
  return "It does not work.";
}

test("with OPENAI_API_KEY set it asks that model, says so, and makes up no price", { timeout: 60_000 }, async () => {
  await using server = await startModelServer((request) => answerTo(request.bodyText));
  const { code, stdout } = await runDemo({ cwd: freshFolder(), env: server.env });
  expect(code).toBe(0);
  expect(stdout).toContain("openai:gpt-5-mini (because OPENAI_API_KEY is set)");
  expect(stdout).toMatch(/^Usage +2,880 tokens in 24 model calls/m);
  expect(stdout).toMatch(/^Cost +unknown price$/m);
  expect(server.requests).toHaveLength(24);
  expect(server.requests.every(({ model }) => model === "gpt-5-mini")).toBe(true);
});

test("a model that refuses fails the run in one message, with the key in none of it", { timeout: 60_000 }, async () => {
  await using server = await startModelServer(() => ({ status: 401, message: "Incorrect API key provided" }));
  const { code, stdout, stderr } = await runDemo({ cwd: freshFolder(), env: { ...server.env, OPENAI_API_KEY: "sk-very-secret-indeed" } });
  expect(code).toBe(1);
  expect(stdout).toContain("Incorrect API key provided");
  expect(stdout).toMatch(/npx flujo trace \S+ --state sqlite:\.flujo\/demo\.db/);
  expect(stdout + stderr).not.toContain("sk-very-secret-indeed");
});
