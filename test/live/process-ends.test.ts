import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const CHILD = fileURLToPath(new URL("child-ends.ts", import.meta.url));

test("a process whose runs sleep, wait or were called off ends by itself: no timer, no socket and no handle is left", {
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "flujo-ends-"));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=flujo-src", CHILD, join(folder, "state.db")], {
      timeout: 45_000, // only a child that does not end by itself is ended by this, and fails
    });
    expect(JSON.parse(stdout)).toEqual({
      sleeping: "paused",
      waiting: "paused",
      cancelled: "cancelled",
      "by its signal": "cancelled",
      "last entry": "run-finished",
      frontier: "cancelled",
      left: [],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
