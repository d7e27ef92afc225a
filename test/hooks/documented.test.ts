import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { HOOK_NAMES } from "../../src/runner/hooks-given.ts";

test("the documented table has every hook there is, once, and no other", () => {
  const page = readFileSync(new URL("../../docs/agents/hooks.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| `(on\w+)` \|/gm)].map(([, name]) => name);
  expect(rows).toHaveLength(HOOK_NAMES.length);
  expect(new Set(rows)).toEqual(new Set(HOOK_NAMES));
});
