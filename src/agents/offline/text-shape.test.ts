import { describe, expect, test } from "vitest";
import { sourceOf } from "./source.ts";

const fields = (text: string): readonly (readonly [string, string])[] =>
  sourceOf(text).fields.map((field) => [field.label, field.value] as const);

describe("labels", () => {
  test.each([
    ["Name: Ada", [["Name", "Ada"]]],
    ["**Name:** Ada", [["Name", "Ada"]]],
    ["Name = Ada", [["Name", "Ada"]]],
    [
      "Room: 4   Floor: 2",
      [
        ["Room", "4"],
        ["Floor", "2"],
      ],
    ],
    [
      "Room: 4 | Floor: 2",
      [
        ["Room", "4"],
        ["Floor", "2"],
      ],
    ],
    ["Colours: red | green", [["Colours", "red | green"]]],
    ["Sum        45.00", [["Sum", "45.00"]]],
    ["It is late. Speaker: Ada Quinn. Then we left.", [["Speaker", "Ada Quinn"]]],
    ["at 10:30 we left", []],
    ["see https://example.org", []],
  ])("%s", (text, wanted) => {
    expect(fields(text)).toEqual(wanted);
  });
});

test("headings open blocks, with and without a colon", () => {
  const { blocks } = sourceOf("TOOLS\nsaw, rasp\n\nTo do:\n- one\n- two\n\nNot a heading.");
  expect(blocks.map((block) => [block.heading, block.lines.map((line) => line.text)])).toEqual([
    ["TOOLS", ["saw, rasp"]],
    ["To do", ["one", "two"]],
  ]);
});

test("two columns are two blocks", () => {
  const { blocks } = sourceOf("Sender           Recipient\nAda Quinn        Bo Larsen\nCork             Malmö\n");
  expect(blocks.map((block) => [block.heading, block.lines.map((line) => line.text)])).toEqual([
    ["Sender", ["Ada Quinn", "Cork"]],
    ["Recipient", ["Bo Larsen", "Malmö"]],
  ]);
});

test("sentences end at full stops, not at abbreviations, and lines of a list stand alone", () => {
  const { sentences } = sourceOf("We met Dr. Holm. He was late!\n- bring tea\n- bring milk");
  expect(sentences.map((sentence) => sentence.text)).toEqual(["We met Dr. Holm.", "He was late!", "bring tea", "bring milk"]);
});

test("every place points at the text it names", () => {
  const text = "A title\n\n  Name:  Ada\n- Due: 4 March 2026 at 10:30\nmail a@example.org";
  const source = sourceOf(text);
  for (const { text: said, start } of [
    ...source.fields.map((field) => ({ text: field.value, start: field.start })),
    ...source.entities,
    ...source.lines,
  ]) {
    expect(text.slice(start, start + said.length)).toBe(said);
  }
});
