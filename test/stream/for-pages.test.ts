import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

/** All that a source file loads: files of ours, and whatever else. Types are erased, and load nothing. */
function loadedBy(file: string, found = new Map<string, string>()): ReadonlyMap<string, string> {
  if (found.has(file)) return found;
  found.set(file, "");
  for (const [, wanted = ""] of readFileSync(file, "utf8").matchAll(/^(?:import|export)(?! type)[^;]*? from "([^"]+)";/gm)) {
    if (wanted.startsWith(".")) loadedBy(join(dirname(file), wanted), found);
    else found.set(wanted, file);
  }
  return found;
}

test("what pages import loads nothing of Node's, and no package but the one that is bundled", () => {
  const loaded = [...loadedBy("src/web/index.ts")];
  expect(loaded.length).toBeGreaterThan(10);
  expect(loaded.filter(([name]) => !name.startsWith("src/"))).toEqual([["uuid", "src/base/system.ts"]]);
});
