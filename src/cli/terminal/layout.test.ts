import { expect, test } from "vitest";
import { paintFor, wantsColours } from "./paint.ts";
import { table } from "./table.ts";
import { fit, padEnd, padStart, widthOf } from "./text-width.ts";
import type { TreeRow } from "./tree-rows.ts";
import { asTree, drawRows, limitRows } from "./tree-rows.ts";

test.each([
  ["plain", 5],
  ["größer", 6],
  ["日本語", 6],
  ["👩‍👩‍👧", 2],
  ["e\u0301", 1],
  ["\u001B[31mred\u001B[39m", 3],
])("%j takes %d columns", (text, columns) => {
  expect(widthOf(text)).toBe(columns);
});

test("text is cut by columns, never through a character, and colours are closed", () => {
  expect(fit("abcdef", 4)).toBe("abc…");
  expect(fit("日本語", 4)).toBe("日…");
  expect(fit("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", 3)).toBe("👩‍👩‍👧…");
  expect(fit("\u001B[31mabcdef\u001B[39m", 4)).toBe("\u001B[31mabc…\u001B[0m");
  expect([padEnd("ab", 4), padStart("ab", 4), padEnd("abcdef", 4), fit("a", 0)]).toEqual(["ab  ", "  ab", "abc…", ""]);
});

const COLUMNS = [{ title: "#", align: "right" }, { title: "subject", isFlexible: true }, { title: "area" }] as const;

test("a table has its columns under each other, and its cells on one line each", () => {
  expect(
    table(
      [
        ["7", "Charged\ntwice", "billing"],
        ["12", "Export \u001B[31mcrashes", "bug"],
      ],
      { columns: COLUMNS },
    ),
  ).toEqual([" #  subject         area", " 7  Charged twice   billing", "12  Export crashes  bug"]);
});

test("a table that is too wide gives way where it was told to", () => {
  const lines = table([["7", "A subject that goes on and on and on", "billing"]], { columns: COLUMNS, width: 30 });
  expect(lines).toEqual(["#  subject             area", "7  A subject that go…  billing"]);
  expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(30);
});

interface Named {
  readonly name: string;
  readonly status?: TreeRow["status"];
  readonly below?: readonly Named[];
}

function rowsOf(root: Named): readonly TreeRow[] {
  return asTree<Named>(root, {
    childrenOf: ({ below = [] }) => below,
    rowOf: ({ name, status = "succeeded" }) => ({ status, name, detail: "a detail", tokens: "", cost: "free", time: "1.0 s" }),
  });
}

const PLAIN = paintFor({ isTTY: false }, {});

test("a tree is drawn with its figures in columns; the narrower it is, the less of them", () => {
  const rows = rowsOf({
    name: "root",
    below: [
      { name: "a", below: [{ name: "deep" }] },
      { name: "b", status: "failed" },
    ],
  });
  expect(drawRows(rows, { paint: PLAIN, width: 80 })).toEqual([
    "✔ root         a detail  free  1.0 s",
    "  ├ ✔ a        a detail  free  1.0 s",
    "  │  └ ✔ deep  a detail  free  1.0 s",
    "  └ ✖ b        a detail  free  1.0 s",
  ]);
  for (const width of [60, 30, 20, 12, 5])
    for (const line of drawRows(rows, { paint: PLAIN, width })) expect(widthOf(line)).toBeLessThanOrEqual(width);
});

const TRACE = asTree<{ readonly row: Omit<TreeRow, "prefix" | "depth">; readonly below: readonly [] }>(
  {
    row: {
      status: "succeeded",
      name: "triage",
      detail: "calls lookup, refund",
      tokens: "4,210 in · 1,034 out",
      tokensShort: "5,244 tok",
      cost: "about $0.0041",
      time: "12 s",
    },
    below: [],
  },
  { childrenOf: ({ below }) => below, rowOf: ({ row }) => row },
);

test("where it is narrow, what was said stays: the split of tokens goes first, then names are cut, then figures go", () => {
  const long = {
    ...TRACE[0],
    prefix: "  │  │  └ ",
    name: "a step with a name that is long",
    detail: "{ area: billing }",
    tokens: "",
    tokensShort: "",
    cost: "",
    depth: 3,
  } as TreeRow;
  const rows = [...TRACE, long];
  expect(drawRows(rows, { paint: PLAIN, width: 120 })[0]).toContain("4,210 in · 1,034 out  about $0.0041  12 s");
  const lines = drawRows(rows, { paint: PLAIN, width: 80 });
  expect(lines[0]).toMatch(/^✔ triage +calls lookup, refund +5,244 tok {2}about \$0\.0041 {2}12 s$/);
  expect(lines[1]).toMatch(/^ {2}│ {2}│ {2}└ ✔ a step .*\{ area: billing \} .*12 s$/);
  expect(new Set(lines.map((line) => line.indexOf("12 s"))).size).toBe(1);
  for (const width of [60, 50, 40]) {
    const narrow = drawRows(rows, { paint: PLAIN, width });
    expect(narrow[0]).toContain("calls look");
    expect(narrow[1]).toContain("{ area: ");
    expect(new Set(narrow.map((line) => line.indexOf("12 s"))).size).toBe(1);
  }
  const reason = drawRows([...TRACE, { ...long, name: "c", detail: "the input does not fit: sku is missing" }], {
    paint: PLAIN,
    width: 80,
  })[1];
  expect(reason).toMatch(/the input does not fit: sku is missing +12 s$/); // it goes on over figures there are none of
  for (let width = 1; width < 60; width++)
    for (const line of drawRows(rows, { paint: PLAIN, width })) expect(widthOf(line)).toBeLessThanOrEqual(width);
});

test("a tree that is too high loses the inside of what is over first, and says how much is not shown", () => {
  const done = (name: string): Named => ({ name, below: [{ name: `${name} inside` }] });
  const rows = rowsOf({
    name: "root",
    status: "running",
    below: [done("a"), done("b"), { name: "c", status: "running", below: [{ name: "c inside", status: "running" }] }],
  });
  expect(limitRows(rows, 7)).toBe(rows);
  expect(limitRows(rows, 5).map(({ name }) => name)).toEqual(["root", "a", "b", "c", "c inside"]);
  expect(limitRows(rows, 4).map(({ name }) => name)).toEqual(["root", "a", "b", "c"]);
  expect(limitRows(rows, 3).map(({ name }) => name)).toEqual(["root", "… 5 more", "c"]);
  const wide = rowsOf({
    name: "root",
    status: "running",
    below: Array.from({ length: 300 }, (_, n) => ({ name: `${n}`, status: "running" as const })),
  });
  expect(limitRows(wide, 10)).toHaveLength(10);
});

test.each([
  [{ isTTY: true }, {}, true],
  [{ isTTY: false }, {}, false],
  [{ isTTY: true }, { NO_COLOR: "1" }, false],
  [{ isTTY: true }, { NO_COLOR: "" }, true],
  [{ isTTY: true }, { TERM: "dumb" }, false],
  [{ isTTY: false }, { FORCE_COLOR: "1" }, true],
  [{ isTTY: true }, { FORCE_COLOR: "0" }, false],
])("colours on %j with %j: %s", (stream, env, expected) => {
  expect(wantsColours(stream, env)).toBe(expected);
});
