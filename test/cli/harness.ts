import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";

vi.setConfig({ testTimeout: 60_000 }); // every command is a process of its own, and machines may be busy

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PROGRAM = [process.execPath, "--conditions=flujo-src", join(ROOT, "bin/flujo.js")];

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is started. */
export interface Started {
  readonly env?: Readonly<Record<string, string>>;
  /** Written to its stdin, which is then closed. */
  readonly input?: string;
  /** Stands before the program: `setpriv …`. */
  readonly under?: readonly string[];
  /** Called with all it has said so far, whenever it says something. */
  readonly onOutput?: (said: string, kill: (signal: NodeJS.Signals) => void, type: (keys: string) => void) => void;
}

/** A folder of its own with files in it, in which the real command line is run as a process of its own. */
export class Workshop implements Disposable {
  readonly folder: string;
  readonly #children = new Set<ChildProcess>();

  constructor(files: Readonly<Record<string, string>> = {}) {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), "flujo-cli-")));
    mkdirSync(join(this.folder, "node_modules"));
    symlinkSync(ROOT, join(this.folder, "node_modules/flujo"));
    symlinkSync(join(ROOT, "node_modules/zod"), join(this.folder, "node_modules/zod"));
    this.write({ "package.json": '{ "type": "module" }', ...files });
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(this.path(name)), { recursive: true });
      writeFileSync(this.path(name), text);
    }
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  flujo(args: readonly string[], started: Started = {}): Promise<Ended> {
    return this.spawn([...(started.under ?? []), ...PROGRAM, ...args], started);
  }

  /** The same at a real pseudo-terminal of that size. What it says, stdout and stderr, comes in one. */
  atTerminal(args: readonly string[], started: Started & { readonly columns?: number; readonly rows?: number } = {}): Promise<Ended> {
    const { columns = 80, rows = 24 } = started;
    const line = `stty cols ${columns} rows ${rows}; exec ${[...PROGRAM, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ")}`;
    return this.spawn(["script", "--quiet", "--return", "--flush", "--command", line, "/dev/null"], {
      ...started,
      env: { TERM: "xterm-256color", SHELL: "/bin/sh", ...started.env },
    });
  }

  spawn([program = "", ...args]: readonly string[], started: Started): Promise<Ended> {
    const child = spawn(program, args, { cwd: this.folder, env: environment(started.env), stdio: "pipe" });
    this.#children.add(child);
    child.once("close", () => this.#children.delete(child));
    return new Promise((resolve, reject) => {
      let [stdout, stderr] = ["", ""];
      const told = (): void =>
        started.onOutput?.(
          stdout + stderr,
          (signal) => void child.kill(signal),
          (keys) => void child.stdin.write(keys),
        );
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
        told();
      });
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        stderr += text;
        told();
      });
      child.once("error", reject).once("close", (code) => resolve({ code, stdout, stderr }));
      child.stdin.on("error", (error: NodeJS.ErrnoException) => {
        if (error.code !== "EPIPE") reject(error); // a command may end without having read its stdin
      });
      if (started.input !== undefined || started.onOutput === undefined) child.stdin.end(started.input ?? "");
    });
  }

  /** What a failed test has left running ends here: a pseudo-terminal that goes takes its program with it. */
  [Symbol.dispose](): void {
    for (const child of this.#children) child.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** As little of this process's environment as is needed: no keys, no colours forced, no place for state; what was compiled before. */
function environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { PATH = "", HOME = "", TMPDIR, NODE_COMPILE_CACHE = "" } = process.env;
  return { PATH, HOME, NODE_COMPILE_CACHE, ...(TMPDIR === undefined ? {} : { TMPDIR }), ...more };
}

/** The one document a command gave with `--json`. */
export function documentOf(ended: Ended): Record<string, unknown> {
  return JSON.parse(ended.stdout) as Record<string, unknown>;
}

/** The error a command gave with `--json`. */
export function errorOf(ended: Ended): { readonly code: string; readonly message: string; readonly remedy: string } {
  return documentOf(ended)["error"] as { readonly code: string; readonly message: string; readonly remedy: string };
}
