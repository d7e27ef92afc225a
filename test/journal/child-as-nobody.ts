import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FlujoError } from "../../src/base/errors.ts";
import { openSqliteStore } from "../../src/journal/sqlite/open-sqlite-store.ts";

// A process that gives up root and then opens a state file: root may read and write everything, which would prove nothing.

const NOBODY = 65_534;
const [file = ""] = process.argv.slice(2);

const warmUp = mkdtempSync(join(tmpdir(), "flujo-warm-"));
await (await openSqliteStore(join(warmUp, "state.db"))).close(); // loads all code while it can still be read
rmSync(warmUp, { recursive: true });

if (process.getuid?.() === 0) {
  process.setgroups?.([NOBODY]);
  process.setgid?.(NOBODY);
  process.setuid?.(NOBODY);
}

/** What the system itself says to a plain write at this place. */
function rawWrite(): string {
  try {
    appendFileSync(file, "");
    return "works";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "?";
  }
}

async function open(): Promise<object> {
  try {
    await (await openSqliteStore(file)).close();
    return { opened: true };
  } catch (error) {
    if (!FlujoError.is(error)) throw error;
    return { code: error.code, message: error.message, file: error.details["file"] };
  }
}

process.stdout.write(JSON.stringify({ uid: process.getuid?.(), raw: rawWrite(), ...(await open()) }));
