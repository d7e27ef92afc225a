import { readFileSync } from "node:fs";
import { messageOf } from "../base/errors.ts";
import type { Output } from "./output.ts";

/** Sets what `.env` in this folder says, unless the environment says it already. One that is broken is said, not obeyed in part and silence. */
export function loadDotEnv(output: Output): void {
  let source: string;
  try {
    source = readFileSync(".env", "utf8");
    process.loadEnvFile(".env");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return; // most folders have none
    output.warn(`The file .env could not be read, so nothing of it is set: ${messageOf(error)}`);
    return;
  }
  for (const line of linesWithoutName(source)) output.warn(`Line ${line} of .env is not NAME=value, and was left out.`);
}

/** The numbers of lines that set nothing and are no comment. Quoted values may go over several lines; these count as empty. */
function linesWithoutName(source: string): readonly number[] {
  const flat = source.replace(/(=[\t ]*)(["'`])[^]*?\2/g, (whole, equals: string) => equals + "\n".repeat(whole.split("\n").length - 1));
  const lines: number[] = [];
  for (const [index, line] of flat.split(/\r?\n/).entries()) {
    if (!/^\s*(?:#|$)/.test(line) && !/^\s*(?:export\s+)?[A-Za-z_][\w.-]*\s*=/.test(line)) lines.push(index + 1);
  }
  return lines;
}
