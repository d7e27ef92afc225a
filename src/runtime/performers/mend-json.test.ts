import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseMended } from "./mend-json.ts";

describe("parseMended", () => {
  test.each([
    ["a fence", '```json\n{"a": 1}\n```', { a: 1 }],
    ["a fence without a language", "```\n[1, 2]\n```", [1, 2]],
    ["a sentence before it", 'Here you are: {"a": "b"}', { a: "b" }],
    ["a sentence after it", '{"a": "b"}\n\nI hope that helps.', { a: "b" }],
    ["a comma after the last item", '{"a": [1, 2,], }', { a: [1, 2] }],
    ["brackets and commas within texts", '```\n{"a": "},]", "b": "\\",}"}\n```', { a: "},]", b: '",}' }],
  ])("takes off %s", (_what, text, value) => {
    expect(parseMended(text)).toEqual(value);
  });

  test.each([
    ["cut off", '{"a": [1, 2'],
    ["cut off in a text", '{"a": "b'],
    ["two values", '{"a": 1} or {"a": 2}'],
    ["no JSON", "I cannot do that."],
    ["empty", ""],
    ["a bracket too many", '{"a": 1}}'],
    ["single quotes", "{'a': 1}"],
  ])("guesses nothing: %s", (_what, text) => {
    expect(() => parseMended(text)).toThrow(SyntaxError);
  });

  test("never changes what is JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(parseMended(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test("finds any object in a fence", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const text = JSON.stringify(value, null, 1);
        expect(parseMended(`Sure!\n\`\`\`json\n${text}\n\`\`\``)).toEqual(JSON.parse(text));
      }),
    );
  });
});
