import { spawn } from "node:child_process";
import { delimiter, resolve } from "node:path";

/** How a command ended. */
export interface Ended {
  readonly ok: boolean;
  /** What it printed, where it did not print straight to the terminal. */
  readonly output: string;
  readonly seconds: number;
}

/** How a command is run. */
export interface CommandOptions {
  /** Where it runs; its programs are those of this folder's `node_modules/.bin`. */
  readonly folder: string;
  /** Let it print as it goes, instead of keeping what it prints until it has failed. */
  readonly live: boolean;
}

/** Runs one line of shell, as npm would run a script. */
export function runCommand(command: string, { folder, live }: CommandOptions): Promise<Ended> {
  const started = performance.now();
  const bin = resolve(folder, "node_modules/.bin");
  const child = spawn(command, {
    cwd: folder,
    shell: true,
    stdio: ["ignore", live ? "inherit" : "pipe", live ? "inherit" : "pipe"],
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}` },
  });
  const printed: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => printed.push(chunk));
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (code) =>
      done({ ok: code === 0, output: Buffer.concat(printed).toString(), seconds: (performance.now() - started) / 1000 }),
    );
  });
}
