import { expect, test } from "vitest";
import { documentOf, errorOf, Workshop } from "./harness.ts";

const program = (say: string): string => `
import { pipeline, step } from "flujo";
import { z } from "zod";
export const greet = pipeline({ name: "greet", input: z.string() })
  .step("trim", (name) => { console.error("trims"); return name.trim(); })
  .step("say", (name) => { ${say} });
`;
const BROKEN = program('throw new Error("no words");');
const MENDED = program("return `Hello ${name}`;");

test("flujo retry tries a run again from what failed, with the code as it is now, and says how the run is called that does so", async () => {
  using shop = new Workshop({ "greet.ts": BROKEN });
  const failed = await shop.flujo(["run", "greet.ts", "--input", " Jane ", "--run-id", "r1"]);
  expect(failed.code).toBe(1);
  expect(failed.stderr).toMatch(/flujo retry r1 +try it again from what failed/);
  expect((await shop.flujo(["show", "r1"])).stderr).toMatch(/Next +(npx )?flujo retry r1/);
  const again = await shop.flujo(["retry", "r1"]);
  expect(again.code).toBe(1);
  expect(again.stderr).toContain("Run r1 was tried again as run r1-retry-2.");

  shop.write({ "greet.ts": MENDED });
  const retried = await shop.flujo(["retry", "r1-retry-2"]);
  expect(retried).toMatchObject({ code: 0, stdout: "Hello Jane\n" });
  expect(retried.stderr).not.toContain("trims");
  expect((await shop.flujo(["show", "r1-retry-3"])).stdout).toContain("retried from run r1-retry-2");
  expect((await shop.flujo(["list", "--parent", "r1"])).stdout).toMatch(/r1-retry-2 +greet +failed/);

  const once = await shop.flujo(["retry", "r1-retry-2", "--json"]);
  expect({ code: once.code, ...documentOf(once) }).toMatchObject({
    code: 0,
    runId: "r1-retry-3",
    status: "succeeded",
    output: "Hello Jane",
  });
  expect((await shop.flujo(["retry", "r1-retry-2"])).stderr).toContain("was retried before, as run r1-retry-3: this is how that stands.");
});

test("what succeeded and has other code now is named, done again under --fork, kept under --accept-changes", async () => {
  using shop = new Workshop({ "greet.ts": BROKEN });
  for (const id of ["r1", "r2"]) await shop.flujo(["run", "greet.ts", "--input", " Jane ", "--run-id", id]);
  shop.write({ "greet.ts": MENDED.replace("name.trim()", "name.trim().toUpperCase()") });
  const refused = await shop.flujo(["retry", "r1", "--json"]);
  expect(refused.code).toBe(4);
  expect(errorOf(refused)).toMatchObject({ code: "plan_changed", details: { again: ["greet/trim"] } });
  expect(await shop.flujo(["retry", "r1", "--fork", "-q"])).toMatchObject({ code: 0, stdout: "Hello JANE\n" });
  expect(await shop.flujo(["retry", "r2", "--accept-changes", "-q"])).toMatchObject({ code: 0, stdout: "Hello Jane\n" });
  expect((await shop.flujo(["retry", "r2", "--fork", "--accept-changes", "--json"])).code).toBe(2);
});

test("a run that succeeded, one that there is not, and one whose file is gone are refused with a sentence", async () => {
  using shop = new Workshop({ "greet.ts": MENDED });
  await shop.flujo(["run", "greet.ts", "--input", "Jane", "--run-id", "r1"]);
  const done = await shop.flujo(["retry", "r1", "--json"]);
  expect(done.code).toBe(2);
  expect(errorOf(done)).toMatchObject({ code: "usage_invalid", message: expect.stringContaining("there is nothing to try again") });
  expect(errorOf(await shop.flujo(["retry", "r9", "--json"]))).toMatchObject({ code: "run_not_found" });
  expect((await shop.flujo(["retry"])).code).toBe(2);
});
