import { globSync } from "node:fs";
import { basename, dirname } from "node:path";
import { expect, test } from "vitest";
import { checkGolden } from "../../src/golden/check.ts";
import { writeGolden } from "../../src/golden/file/write-golden.ts";
import { fileOf, OWN, recorded } from "./support/own-goldens.ts";

// What Flujo's own interpreter does with every kind of node, kept as files. A difference here is a change of semantics: see
// CONTRIBUTING.md. `FLUJO_UPDATE_GOLDENS=1` records them anew.

const isUpdating = process.env["FLUJO_UPDATE_GOLDENS"] === "1";

test("there are at least forty, and no file that nothing checks", () => {
  const files = globSync("*.golden.yaml", { cwd: dirname(fileOf("x")) }).map((file) => basename(file, ".golden.yaml"));
  expect(OWN.length).toBeGreaterThanOrEqual(40);
  expect(files.toSorted()).toEqual(OWN.map(([name]) => name).toSorted());
});

test.each(OWN)("%s: is as it was recorded", async (name, make) => {
  if (isUpdating) await writeGolden(fileOf(name), await recorded(make));
  const { causes } = await checkGolden(make().program, fileOf(name), { redact: false });
  expect(causes.map(({ head }) => `${head.class} at ${head.path}`)).toEqual([]);
});
