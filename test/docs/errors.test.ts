import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { renderErrors } from "../../scripts/docs/render-errors.ts";
import { ERRORS } from "../../src/base/errors.ts";

const kept = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");

test("docs/errors.md says what the table of errors says; `node scripts/docs/errors.ts` writes it anew", () => {
  expect(kept).toBe(renderErrors());
});

test("every exit code of the table is explained", () => {
  const explained = /^Exit codes: (.*)\.$/m.exec(kept)?.[1] ?? "";
  for (const { exit } of Object.values(ERRORS)) expect(explained).toMatch(new RegExp(String.raw`(^|, )${exit} `));
});
