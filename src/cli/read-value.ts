import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { FlujoError, messageOf } from "../base/errors.ts";
import type { Desk } from "./desk.ts";

/**
 * A value from the command line: `-` is read from stdin, `@FILE` from a file. What is JSON is taken as JSON, and what is
 * not as text.
 *
 * @throws {FlujoError} `usage_invalid` when there is no such file.
 */
export async function readValue(desk: Desk, given: string): Promise<unknown> {
  const source = await textOf(desk, given);
  try {
    return JSON.parse(source);
  } catch {
    return given === source ? source : source.replace(/\r?\n$/, ""); // not JSON, so it is text; a file's last line end is no part of it
  }
}

/**
 * As {@link readValue}, where nothing but JSON will do.
 *
 * @throws {FlujoError} `usage_invalid`, naming the option.
 */
export async function readJson(desk: Desk, option: string, given: string): Promise<unknown> {
  const source = await textOf(desk, given);
  try {
    return JSON.parse(source);
  } catch (cause) {
    throw new FlujoError("usage_invalid", `What ${option} gives is not JSON: ${messageOf(cause)}.`, {
      cause,
      remedy: `Write it as JSON, in single quotes: ${option} '{"key": "value"}'.`,
    });
  }
}

async function textOf(desk: Desk, given: string): Promise<string> {
  if (given === "-") return withoutMark(await readStdin(desk));
  if (!given.startsWith("@")) return given;
  const file = given.slice(1);
  try {
    return withoutMark(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new FlujoError("usage_invalid", `The file ${file} cannot be read: ${messageOf(cause)}.`, {
      cause,
      remedy: 'Name a file that can be read after "@"; text that begins with "@" is given as JSON: \'"@…"\'.',
    });
  }
}

async function readStdin({ output }: Desk): Promise<string> {
  if (process.stdin.isTTY) output.note("Reading the input from the terminal; Ctrl-D ends it.");
  return text(process.stdin);
}

function withoutMark(source: string): string {
  return source.startsWith("\uFEFF") ? source.slice(1) : source;
}
