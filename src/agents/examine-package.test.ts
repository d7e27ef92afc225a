import { expect, test } from "vitest";
import { examinePackage } from "./examine-package.ts";

const WELL = { installed: expect.stringMatching(/^4\.\d+\.\d+$/), fits: true };

test.each([
  ["4", WELL],
  ["4.0.0", WELL],
  ["^4.0.1", WELL],
  ["^4.0.100000", { ...WELL, fits: false }],
  ["^4.100.0", { ...WELL, fits: false }],
  ["3", { ...WELL, fits: false }],
  ["5", { ...WELL, fits: false }],
])("an installed package is held against %s, without being loaded", (range, expected) => {
  expect(examinePackage({ name: "@ai-sdk/openai", range })).toEqual({ name: "@ai-sdk/openai", range, ...expected });
});

test("a package whose exports hide its facts is found too; one that is not there is not", () => {
  expect(examinePackage({ name: "@modelcontextprotocol/sdk", range: "^1.32.0" })).toMatchObject({ fits: true });
  expect(examinePackage({ name: "@nobody/nothing", range: "1" })).toEqual({
    name: "@nobody/nothing",
    range: "1",
    installed: null,
    fits: false,
  });
});
