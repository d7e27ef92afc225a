import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Flujo } from "../../src/index.ts";
import type { ChildSays, ChildTask } from "./support/child.ts";
import { RUN_ID } from "./support/held.ts";

const CHILD = fileURLToPath(new URL("./support/child.ts", import.meta.url));
/** A process that has not ended by then does not end by itself: what it waits for takes ten minutes. */
const PATIENCE_MS = 60_000;

const folder = mkdtempSync(join(tmpdir(), "flujo-cancel-end-"));
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer(() => undefined); // a request without an answer
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly said: readonly ChildSays[];
  readonly complaints: string;
}

/** Runs the process to its end, which nobody helps along. */
async function runToItsEnd(task: ChildTask, whenReached: () => Promise<unknown>): Promise<Ended> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", CHILD, JSON.stringify(task)], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_ENV: "test", NODE_OPTIONS: "", NODE_COMPILE_CACHE: join(folder, "compiled") },
  });
  const said: ChildSays[] = [];
  const complaints: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => complaints.push(chunk.toString()));
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    const says = JSON.parse(line) as ChildSays;
    said.push(says);
    if (says.says === "reached") whenReached().catch((error: unknown) => complaints.push(String(error)));
  });
  const tooLong = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
  const [code] = (await once(child, "close")) as [number | null];
  clearTimeout(tooLong);
  return { code, said, complaints: complaints.join("") };
}

describe("a process whose run holds timers, sockets and requests of every kind, and is called off", () => {
  test.each([
    { after: 0, delayMs: 0, by: "its signal", closes: true },
    { after: 1, delayMs: 0, by: "flujo.cancel", closes: false },
    { after: 2, delayMs: 0, by: "its signal", closes: false },
    { after: 3, delayMs: 0, by: "flujo.cancel", closes: true },
    { after: 3, delayMs: 0, by: "nobody", closes: false },
    { after: 3, delayMs: 50, by: "its signal", closes: false },
    { after: 3, delayMs: 500, by: "nobody", closes: false },
    { after: 3, delayMs: 500, by: "its signal", closes: false },
    { after: 3, delayMs: 500, by: "flujo.cancel", closes: false },
  ] as const)(
    "$delayMs ms after commit $after by $by, closing its Flujo: $closes, ends by itself",
    { timeout: 2 * PATIENCE_MS },
    async ({ after, delayMs, by, closes }) => {
      const file = by === "flujo.cancel" ? null : join(folder, `${after}-${delayMs}-${by}.db`);
      const cancel = async (): Promise<void> => {
        await using other = new Flujo({ state: `sqlite:${file ?? ""}` });
        await other.cancel(RUN_ID, "from another process");
      };
      const { code, said, complaints } = await runToItsEnd({ server: url, file, after, delayMs, by, closes }, cancel);
      expect(complaints).toBe("");
      const ended = said.at(-1);
      expect(ended).toMatchObject({ says: "ended", status: "cancelled" });
      expect(code, `it ends; open were ${JSON.stringify(ended)}`).toBe(0);
    },
  );
});
