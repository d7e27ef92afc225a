import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { journalStoreContract } from "../../testing/index.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";

const folder = mkdtempSync(join(tmpdir(), "flujo-sqlite-"));
afterAll(() => rmSync(folder, { recursive: true }));

let places = 0;
journalStoreContract({
  name: "sqlite",
  open: () => openSqliteStore(join(folder, `${++places}.db`), { synchronous: "normal" }),
  reopen: () => openSqliteStore(join(folder, `${places}.db`), { synchronous: "normal" }),
});
