import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { checkSemantics } from "../../scripts/semantics/check.ts";
import { complaintsOf } from "../../scripts/semantics/compare.ts";
import { idsOfTitle, sectionsOf } from "../../scripts/semantics/ids.ts";
import { titlesIn } from "../../scripts/semantics/titles.ts";
import { PlantedTree } from "../walls/planted-tree.ts";

test("every sentence of docs/semantics.md has its test, and every id in a title its sentence", () => {
  expect(checkSemantics(resolve("."))).toEqual([]);
});

const PAGE = "# Page\n\nSee A-1.\n\n## First\n\n- **A-1** *Input.* One.\n- **A-2** Two; see B-1.\n\n## Second\n\n**B-1** One.\n";
const TESTS = ['test("A-1, A-2: both", () => {});', 'it("B-1: one", () => {});'];

async function complaints(page: string, tests: readonly string[]): Promise<readonly string[]> {
  const files = Object.fromEntries(tests.map((source, index) => [`test/some/t${index}.test.ts`, source]));
  await using tree = await PlantedTree.make({ "docs/semantics.md": page, ...files });
  return checkSemantics(tree.root);
}

test("a page whose sentences all have their tests is well", async () => {
  expect(await complaints(PAGE, TESTS)).toEqual([]);
});

test.each([
  ["a sentence without a test", `${PAGE}\n**B-2** Two.\n`, TESTS, ["B-2 has no test whose title begins with it."]],
  [
    "a test without a sentence",
    PAGE,
    [...TESTS, 'test("A-1, C-1: more", () => {});'],
    ['C-1 is not on the page; test/some/t2.test.ts has "A-1, C-1: more".'],
  ],
  ["an id that is there twice", PAGE.replace("Two;", "Two. **A-2** again;"), TESTS, ["A-2 is on the page twice."]],
  [
    "ids out of order",
    PAGE.replace("**A-1** *Input.* One.\n- **A-2**", "**A-2** *Input.* One.\n- **A-1**"),
    TESTS,
    ['A-1 stands after A-2 in "First".'],
  ],
  [
    "an id in another section than its kin",
    `${PAGE}\n**A-3** Three.\n`,
    [...TESTS, 'test("A-3: three", () => {});'],
    ['A-3 stands in "Second", but A belongs to "First".'],
  ],
  [
    "two prefixes in one section",
    `${PAGE}\n**C-1** One.\n`,
    [...TESTS, 'test("C-1: one", () => {});'],
    ['C-1 stands in "Second", which belongs to B.'],
  ],
  [
    "a sentence whose test is skipped",
    PAGE,
    [TESTS[0] ?? "", 'it.skip("B-1: one", () => {});'],
    ["B-1 has no test whose title begins with it."],
  ],
] as const)("%s is found and said in a sentence", async (_what, page, tests, said) => {
  expect(await complaints(page, tests)).toEqual(said);
});

test("numbers are compared as numbers, and may leave gaps where a sentence was taken out", () => {
  const page = "## First\n**A-2** Two. **A-9** Nine. **A-10** Ten. **A-100** Hundred.";
  const tests = [{ file: "a", title: "A-2, A-9, A-10, A-100: all" }];
  expect(complaintsOf(sectionsOf(page), tests)).toEqual([]);
});

describe("the ids of a title", () => {
  test.each([
    ["A-1: one", ["A-1"]],
    ["A-1, LOOPLOOP-123: two", ["A-1", "LOOPLOOP-123"]],
    ["REQ-CTX-002: not one of ours", []],
    ["law 2, order", []],
    ["it says A-1: not at the head", []],
    ["A-1 without its colon", []],
    ["TOOLONGPREFIX-1: none", []],
    ["A-1234: none", []],
  ])("of %j are %j", (title, ids) => {
    expect(idsOfTitle(title)).toEqual(ids);
  });
});

describe("titles in a source text", () => {
  const each = 'test.each([["a)", 1]])("EACH-1: %s", () => {});';
  test.each([
    ["test and it", "test(\"A-1: a\", () => {}); it('B-1: b', () => {});", ["A-1: a", "B-1: b"]],
    ["whatever hangs on them", `${each} it.concurrent("C-1: c", f); test.for([1])("D-1: d", f);`, ["EACH-1: %s", "C-1: c", "D-1: d"]],
    [
      "templates, up to their first value",
      "test(`A-1: a`, f); test(`B-1: ${x} b`, f); test.each`a`(`C-1: c`, f)",
      ["A-1: a", "B-1: ", "C-1: c"],
    ],
    ["those in describe, and lines of their own", 'describe("D-1: d", () => { test(\n"A-1: a",\nf) });', ["A-1: a"]],
    [
      "no comments, no texts, no other functions",
      '// test("A-1: a", f)\nconst b = \'test("B-1: b", f)\'; check("C-1: c"); a.test("D-1: d");',
      [],
    ],
    [
      "nothing that does not run",
      'test.skip("A-1: a", f); it.todo("B-1: b"); test.skip.each([1])("C-1: c", f); test.fails("D-1: d", f);',
      [],
    ],
  ])("are those of %s", (_what, source, titles) => {
    expect(titlesIn(source)).toEqual(titles);
  });
});
