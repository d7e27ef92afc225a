import { appendFileSync, existsSync, readFileSync } from "node:fs";

/** Where the calls of one run are counted: outside its journal, one line a call, never rewritten. */
export interface CountFiles {
  /** Each question to the model. */
  readonly models: string;
  /** Each call that a system around the desk answered. */
  readonly desk: string;
}

/** One line, on the disk before this returns: a process that is killed next has counted it. */
export function appendLine(file: string, line: string): void {
  appendFileSync(file, `${line}\n`);
}

export function linesOf(file: string): readonly string[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8").split("\n").slice(0, -1);
}
