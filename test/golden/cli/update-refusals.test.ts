import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { documentOf, Workshop } from "../../cli/harness.ts";
import { PROGRAMS, TICKET } from "./programs.ts";

const GOLDEN = "goldens/leave/long.golden.yaml";

/** A pipeline of two agents that need no key, with a golden of it. */
async function leave(): Promise<Workshop> {
  const shop = new Workshop({
    "leave.ts": `import { agent, pipeline } from "flujo";
import { z } from "zod";
export default pipeline({ name: "leave", input: z.string() })
  .step(agent({ name: "read", model: "offline:extract", instructions: "Read it.", input: z.string(), output: z.object({ days: z.number() }) }))
  .step("judge", ({ days }) => (days > 10 ? "long" : "short"));
`,
  });
  expect((await shop.flujo(["golden", "record", "leave.ts", "-i", "I want 12 days.", "--name", "long"])).code).toBe(0);
  return shop;
}

function mend(shop: Workshop, file: string, old: string, now: string): void {
  const text = readFileSync(shop.path(file), "utf8");
  expect(text).toContain(old);
  shop.write({ [file]: text.replaceAll(old, now) });
}

/** A desk with one golden. */
async function desk(): Promise<Workshop> {
  const shop = new Workshop(PROGRAMS);
  const record = ["golden", "record", "desk.ts", "--input", TICKET, "--name", "twice", "--answer", 'approve={"ok":true}'];
  expect((await shop.flujo(record)).code).toBe(0);
  return shop;
}

test("a model that cannot be asked for want of a key changes no golden, unless that is said", async () => {
  using shop = await leave();
  const before = readFileSync(shop.path(GOLDEN), "utf8");
  mend(shop, "leave.ts", "offline:extract", "openai:gpt-5-mini");
  const refused = await shop.flujo(["golden", "update"]);
  expect(refused.code).toBe(2);
  expect(refused.stdout).toContain("leave/read/turn[0] was asked for real, and not answered: openai:gpt-5-mini needs an API key");
  expect(refused.stdout).toContain("Nothing was written.");
  expect(refused.stdout).toContain("--accept-failures.  [api_key_missing]");
  expect(refused.stdout).not.toContain("--model");
  expect(refused.stdout).toMatch(/\n1 golden could not be updated\n$/);
  expect(readFileSync(shop.path(GOLDEN), "utf8")).toBe(before);

  expect((await shop.flujo(["golden", "update", "--accept-failures"])).code).toBe(0);
  expect(readFileSync(shop.path(GOLDEN), "utf8")).toContain("api_key_missing");
  mend(shop, "leave.ts", "Read it.", "Read it well.");
  expect((await shop.flujo(["golden", "update"])).code).toBe(0); // it holds that failure already
});

test("nor does a server that does not answer", async () => {
  using shop = await leave();
  const before = readFileSync(shop.path(GOLDEN), "utf8");
  mend(shop, "leave.ts", "offline:extract", "openai-compatible:nobody");
  const env = { OPENAI_COMPATIBLE_BASE_URL: "http://127.0.0.1:9/v1", OPENAI_COMPATIBLE_API_KEY: "k" };
  const refused = await shop.flujo(["golden", "update", "leave/long"], { env });
  expect(refused.stdout).toContain("[model_call_failed]");
  expect(refused.code).toBe(1);
  expect(readFileSync(shop.path(GOLDEN), "utf8")).toBe(before);
});

test("what cannot be checked cannot be updated either, with the same exit code", async () => {
  using shop = await leave();
  mend(shop, GOLDEN, "source: leave.ts#default", "source: gone.ts#default");
  const [checked, updated] = [await shop.flujo(["golden", "check"]), await shop.flujo(["golden", "update"])];
  expect([checked.code, updated.code]).toEqual([4, 4]);
  expect(updated.stdout).toMatch(/\n1 golden could not be updated\n$/);
});

test("where the golden waits after an update, it is said how it goes on, and that is how it does", async () => {
  using shop = await desk();
  mend(
    shop,
    "desk.ts",
    '  .step("send"',
    '  .step("pass", ({ answer }) => answer)\n  .human("boss", { answer: z.object({ ok: z.boolean() }) })\n  .step("send"',
  );
  const waits = await shop.flujo(["golden", "update"]);
  expect(waits.code).toBe(0);
  expect(waits.stdout).toContain("  ! Nobody answered there, so it ends paused, and a check expects just that. To go on from there:\n");
  expect(waits.stdout).toContain("\n      flujo golden update desk/twice --answer 'boss=…'\n");
  expect((await shop.flujo(["golden", "check"])).code).toBe(0);
  const { goldens } = documentOf(await shop.flujo(["golden", "update", "desk/twice", "--answer", 'boss={"ok":true}', "--json"]));
  expect(goldens).toEqual([expect.objectContaining({ isChanged: true, waitsFor: [] })]);
  expect(readFileSync(shop.path("goldens/desk/twice.golden.yaml"), "utf8")).toContain("status: succeeded");
});

test("what no golden has is warned of, with what is near", async () => {
  using shop = await desk();
  const unmet = await shop.flujo(["golden", "update", "--step", "desk/clasify", "--step", "desk/reply", "--answer", "aprove=1"]);
  expect(unmet.code).toBe(0);
  expect(unmet.stderr).toContain('No golden has anything at --step desk/clasify. Did you mean "desk/classify"');
  expect(unmet.stderr).toContain('Nothing has asked for the answer "aprove". Did you mean "approve"');
  expect(unmet.stderr).not.toContain("desk/reply.");
  mend(shop, "desk.ts", "Say what it is about.", "Say which.");
  const refused = await shop.flujo(["golden", "update", "--step", "desk/clasify"]);
  expect(refused.code).toBe(2);
  expect(refused.stdout).toContain('There is no desk/clasify. Did you mean "desk/classify"');
});
