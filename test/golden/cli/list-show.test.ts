import { expect, test } from "vitest";
import { widthOf } from "../../../src/cli/terminal/index.ts";
import { documentOf, Workshop } from "../../cli/harness.ts";
import { screenOf } from "../../cli/screen-of.ts";
import { PROGRAMS, TICKET } from "./programs.ts";

async function recorded(): Promise<Workshop> {
  const shop = new Workshop(PROGRAMS);
  await shop.flujo(["golden", "record", "desk.ts", "--input", TICKET, "--name", "twice"]);
  await shop.flujo(["golden", "record", "hello.ts", "--input", "Ada"]);
  return shop;
}

test("the goldens of a project are listed with what is asked in them, also those that cannot be read", async () => {
  using shop = await recorded();
  shop.write({ "goldens/a/cut.golden.yaml": "format: 1\n" });
  const { stdout, code } = await shop.flujo(["golden", "list"]);
  expect(code).toBe(0);
  expect(stdout.split("\n").map((line) => line.replaceAll(/ {2,}/g, " | "))).toEqual([
    "GOLDEN | OPS | MODELS | RESULT | SOURCE",
    "a/cut | cannot be read",
    expect.stringMatching(/^desk\/twice \| 7 \| .*scripted.* \| paused \| desk\.ts#default$/),
    "hello/ada | 2 | succeeded | hello.ts#hello",
    "",
  ]);
  const { goldens } = documentOf(await shop.flujo(["golden", "list", "hello/ada", "--json"]));
  expect(goldens).toEqual([
    {
      file: "goldens/hello/ada.golden.yaml",
      name: "hello/ada",
      pipeline: "hello",
      version: "0.0.0",
      source: "hello.ts#hello",
      operations: 2,
      models: [],
      status: "succeeded",
    },
  ]);
  using empty = new Workshop();
  expect((await empty.flujo(["golden", "list"])).stdout).toBe("There are no goldens yet.\n");
});

test("a golden is shown as a tree of what was asked and what came of it", async () => {
  using shop = await recorded();
  const shown = await shop.flujo(["golden", "show", "desk/twice"]);
  expect(shown.code).toBe(0);
  for (const words of [
    /^desk 0\.0\.0\ngoldens\/desk\/twice\.golden\.yaml\nof desk\.ts#default\n7 operations · /,
    "Input\n  subject: I was charged twice\n  from: person-1@redacted.example\n",
    /├ ✔ text +step {2}\{ subject: .* → I was charged twice\n/,
    /turn\[0\] +model {2}.* → calls lookUp/,
    /tool\[0\] +tool {2}lookUp\(\{ order: "17" \}\) → \{ order: "17", paid: 249 \}/,
    /⏸ approve +human {2}We are sorry\. → …/,
    "The run waits at desk/approve",
  ])
    expect(shown.stdout).toMatch(words);
  expect(documentOf(await shop.flujo(["golden", "show", "desk/twice", "--json"]))).toMatchObject({
    name: "desk/twice",
    pipeline: "desk",
    result: { status: "paused", waitsAt: ["desk/approve"] },
  });
});

test("at a terminal nothing is wider than it", async () => {
  using shop = await recorded();
  for (const args of [
    ["golden", "show", "desk/twice"],
    ["golden", "list"],
    ["golden", "record", "desk.ts", "--input", TICKET, "--name", "narrow"],
    ["golden", "check"],
  ]) {
    const { stdout } = await shop.atTerminal(args, { columns: 60 });
    const lines = screenOf(stdout, { columns: 200, rows: 60 }).filter((line) => !/^(Next| {6}(flujo|less|git|--force))/.test(line));
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(60);
    expect(lines.length).toBeGreaterThan(2);
  }
  const told = screenOf((await shop.atTerminal(["golden", "show", "desk/twice"])).stdout, { columns: 200, rows: 60 }).join("\n");
  expect(told).toMatch(/tool +lookUp\(.*… → \{ order: "17"/); // something of what was asked, and of what came of it
  expect(told).toMatch(/text +step +\{ subject: "I.*… → I was charged twice/);
  const list = await shop.atTerminal(["golden", "list"], { columns: 50 });
  expect(list.stdout).toMatch(/desk\/twice +7 /); // names are for copying
});

test("a golden that cannot be read, or is not one, is told", async () => {
  using shop = await recorded();
  shop.write({ "goldens/a/cut.golden.yaml": "format: 1\n" });
  const cut = await shop.flujo(["golden", "show", "a/cut"]);
  expect(cut).toMatchObject({ code: 4, stdout: "" });
  expect(cut.stderr).toContain("goldens/a/cut.golden.yaml:1");
  expect((await shop.flujo(["golden", "show", "goldens"])).stderr).toContain('"goldens" means 3 goldens: a/cut, desk/twice, hello/ada.');
});
