import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MIGRATIONS, migrated } from "../../../src/golden/file/migrate.ts";
import { printGolden } from "../../../src/golden/file/print-golden.ts";
import { readGolden } from "../../../src/golden/file/read-golden.ts";
import { Sheet, type Spot } from "../../../src/golden/file/spot.ts";
import { GOLDEN_FORMAT } from "../../../src/golden/golden.ts";
import { TRIAGE } from "./sample.ts";

// Samples are as some version of Flujo wrote them, and never written anew: a sample that no longer reads is a reader that
// has forgotten a format.

const VERSIONS = join(import.meta.dirname, "versions");
const formats = Array.from({ length: GOLDEN_FORMAT }, (_, index) => index + 1);

test("every format there has been has a sample, and there are no others", () => {
  expect(readdirSync(VERSIONS).sort()).toEqual(formats.map((format) => `${format}.golden.yaml`).sort());
});

test.each(formats)("the sample of format %i reads as the golden that it was made of", async (format) => {
  expect(await readGolden(join(VERSIONS, `${format}.golden.yaml`))).toStrictEqual(TRIAGE);
});

test("the sample of the present format is what is written now, to the byte", () => {
  expect(printGolden(TRIAGE).text).toBe(readFileSync(join(VERSIONS, `${GOLDEN_FORMAT}.golden.yaml`), "utf8"));
});

test("every format but the present one leads to the next", () => {
  expect([...MIGRATIONS.keys()]).toEqual(formats.slice(0, -1));
});

test("what leads from one format to the next is asked once for each, in order", () => {
  const asked: number[] = [];
  const from = (format: number) => (golden: Spot) => {
    asked.push(format);
    return golden;
  };
  const ways = new Map([1, 2, 3].map((format) => [format, from(format)]));
  const text = "format: 2\n";
  const golden: Spot = { offset: 0, is: new Map([["format", { keyOffset: 0, spot: { offset: 8, is: 2 } }]]) };
  expect(migrated(new Sheet("f", text), golden, { to: 4, ways })).toBe(golden);
  expect(asked).toEqual([2, 3]);
});
