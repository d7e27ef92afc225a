import { relative } from "node:path";
import { afterAll, expect, test } from "vitest";
import { goldensMeant, isSaid, misnamedGoldens } from "../../../src/golden/project/find-goldens.ts";
import { Workshop } from "../../cli/harness.ts";

// What is there goes before names. Here a folder `refund` has goldens of its own, `triage` has none, and `report` is a file.
const shop = new Workshop({
  "goldens/refund/late.golden.yaml": "",
  "goldens/report/first.golden.yaml": "",
  "goldens/triage/billing.golden.yaml": "",
  "goldens/triage/sales.golden.yaml": "",
  "refund/goldens/own/one.golden.yaml": "",
  "refund/refund.ts": "",
  "goldens/old/one.golden.yml": "",
  report: "",
  "triage/triage.ts": "",
});
afterAll(() => shop[Symbol.dispose]());

test.each([
  ["a folder without goldens hides no name", "triage", ["goldens/triage/billing", "goldens/triage/sales"]],
  ["nor does one that a shell has completed", "triage/", ["goldens/triage/billing", "goldens/triage/sales"]],
  ["a folder with goldens goes before a name", "refund", ["refund/goldens/own/one"]],
  ["a longer name is still one", "refund/late", ["goldens/refund/late"]],
  ["a file that is no golden hides no name", "report", ["goldens/report/first"]],
  ["the folder of the goldens says the same as the name, and is never hidden", "goldens/refund", ["goldens/refund/late"]],
  ["a name of the project means what is in other folders too", "own/one", ["refund/goldens/own/one"]],
  ["a pattern is one of files", "goldens/**/b*", ["goldens/triage/billing"]],
  ["or one of names", "triage/s*", ["goldens/triage/sales"]],
  ["also across pipelines", "?r*/b?l*", ["goldens/triage/billing"]],
])("%s: %s", (_what, wanted, files) => {
  expect(goldensMeant(shop.folder, [wanted]).map((file) => relative(shop.folder, file))).toEqual(
    files.map((file) => `${file}.golden.yaml`),
  );
});

test.each([
  ["./triage", "There is no golden below ./triage."],
  ["./triage/billing", '"./triage/billing" is no golden, and no pattern for any. Did you mean "triage/billing"?'],
])("%s means no name: with ./ in front, only files and folders are looked at", (wanted, says) => {
  expect(() => goldensMeant(shop.folder, [wanted])).toThrow(says);
});

test("what means none is refused with what is near, and with how to see them all", () => {
  expect(() => goldensMeant(shop.folder, ["triage/biling"])).toThrow(/Did you mean "triage\/billing"\?.* `flujo golden list`/);
});

test("of a name without its pipeline, the whole ones are offered", () => {
  expect(() => goldensMeant(shop.folder, ["sales"])).toThrow(/"sales" is no golden.* Did you mean "triage\/sales"\?/);
});

test("with ./ in front, a pattern is none of names", () => {
  expect(() => goldensMeant(shop.folder, ["./triage/s*"])).toThrow("is no golden");
});

test.each([
  ["refund/refund.ts", "refund/refund.ts is no golden: the names of their files end in .golden.yaml.", "`flujo golden record FILE`"],
  ["goldens/old/one.golden.yml", "goldens/old/one.golden.yml is no golden", "Rename it: one.golden.yaml."],
])("the file %s is refused for what it is", (file, says, remedy) => {
  expect(() => goldensMeant(shop.folder, [file])).toThrow(says);
  expect(() => goldensMeant(shop.folder, [file])).toThrow(remedy);
});

test("a file that is called nearly like a golden is known to be left out", () => {
  expect(misnamedGoldens(shop.folder)).toEqual([shop.path("goldens/old/one.golden.yml")]);
});

test("a golden is said by its file or its whole name, and not by what means others too", () => {
  const file = shop.path("goldens/refund/late.golden.yaml");
  const saying = ["goldens/refund/late.golden.yaml", "refund/late", "refund/", "refund/*", "goldens"];
  expect(saying.filter((wanted) => isSaid(shop.folder, [wanted], file))).toEqual(saying.slice(0, 2));
});
