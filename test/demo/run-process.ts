// Starts the demo and the examples as real processes, in a folder of their own, as a terminal would or without one.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The longest time without a sign of life, from the first output to the end, in milliseconds. */
  readonly longestSilenceMs: number;
  readonly tookMs: number;
}

export interface ProcessOptions {
  readonly cwd: string;
  readonly args?: readonly string[];
  /** What to do once the output shows a text; each is done once, in order. */
  readonly script?: readonly { readonly when: string; readonly type?: string; readonly signal?: NodeJS.Signals }[];
  /** Further environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Columns of the terminal it is given; without this there is none. */
  readonly columns?: number;
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Nothing of this process but where programs are, and what of them is compiled already: no key, no colours, no NODE_ENV. */
const { PATH = "", HOME = "", NODE_COMPILE_CACHE = "" } = process.env;
const ENV = { PATH, HOME, NODE_COMPILE_CACHE, TERM: "xterm-256color", LANG: "C.UTF-8" };

export function runFile(file: string, options: ProcessOptions): Promise<Ended> {
  const { cwd, args = [], columns, env } = options;
  const command = [process.execPath, "--conditions=flujo-src", ROOT + file, ...args];
  const start =
    columns === undefined
      ? command
      : ["/usr/bin/script", "-qfec", `stty cols ${columns} rows 40; ${command.map((word) => `'${word}'`).join(" ")}`, "/dev/null"];
  const child = spawn(start[0] ?? "", start.slice(1), { cwd, env: { ...ENV, ...env }, stdio: ["pipe", "pipe", "pipe"] });
  // Without a terminal nobody types either; with one the pipe stays open, as a person does.
  if (columns === undefined) child.stdin.end();
  const todo = [...(options.script ?? [])];
  const startedAt = performance.now();
  let [stdout, stderr, longestSilenceMs, lastAt] = ["", "", 0, 0];
  const heard = (): void => {
    const now = performance.now();
    if (lastAt > 0) longestSilenceMs = Math.max(longestSilenceMs, now - lastAt);
    lastAt = now;
    const [next] = todo;
    if (next === undefined || !(stdout + stderr).includes(next.when)) return;
    todo.shift();
    if (next.type !== undefined) child.stdin.write(next.type);
    if (next.signal !== undefined) child.kill(next.signal);
  };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    heard();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    heard();
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (lastAt > 0) longestSilenceMs = Math.max(longestSilenceMs, performance.now() - lastAt);
      resolve({ code, stdout, stderr, longestSilenceMs, tookMs: performance.now() - startedAt });
    });
  });
}

export function runDemo(options: ProcessOptions): Promise<Ended> {
  return runFile("scripts/demo.ts", options);
}
