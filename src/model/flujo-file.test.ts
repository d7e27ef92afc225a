import { inspect } from "node:util";
import { expect, test } from "vitest";
import { FlujoFile } from "./flujo-file.ts";

test("neither JSON nor the console shows the bytes of a file", () => {
  const file = new FlujoFile({ sha256: "ab12", mediaType: "text/plain", name: null, bytes: new TextEncoder().encode("hush") });
  const shown = { file: "unnamed", mediaType: "text/plain", size: 4, sha256: "ab12" };
  expect(JSON.parse(JSON.stringify({ file }))).toEqual({ file: shown });
  expect(inspect({ file })).toMatch(/FlujoFile \{.*size: 4/s);
  expect(inspect(file)).not.toContain("bytes");
});
