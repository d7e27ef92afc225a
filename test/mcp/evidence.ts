import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import { sleep } from "../../src/base/system.ts";

const SERVER = fileURLToPath(new URL("child-server.ts", import.meta.url));

/** A folder of its own, and what servers have noted in it. */
export class Evidence implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "flujo-mcp-"));
  readonly file = join(this.folder, "evidence");

  /** What starts a server that behaves in this manner and leaves its evidence here. */
  server(manner = "well") {
    return { command: process.execPath, args: ["--disable-warning=ExperimentalWarning", SERVER, manner, this.file] };
  }

  get lines(): readonly string[] {
    try {
      return readFileSync(this.file, "utf8").trim().split("\n");
    } catch {
      return []; // nothing was noted yet
    }
  }

  /** The process ids of all servers, or of what they started, in the order they began. */
  pids(what: "started" | "inner" = "started"): readonly number[] {
    return this.lines.flatMap((line) => (line.startsWith(`${what} `) ? [Number(line.slice(what.length + 1))] : []));
  }

  until(line: string): Promise<void> {
    return vi.waitFor(() => {
      if (!this.lines.includes(line)) throw new Error(`Nobody noted "${line}", only: ${this.lines.join(", ")}`);
    }, 20_000);
  }

  [Symbol.dispose](): void {
    for (const pid of [...this.pids(), ...this.pids("inner")]) if (isThere(pid)) process.kill(pid, "SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Whether there is a process of this id. One that nobody has waited for yet counts as gone. */
export function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return process.platform !== "linux";
  }
}

export async function untilGone(pid: number): Promise<void> {
  while (isThere(pid)) await sleep(10);
}

/** Until our own child is gone and this process knows. */
export async function untilWaitedFor(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await sleep(10);
  }
}
