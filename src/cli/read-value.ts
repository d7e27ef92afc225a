import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { FlujoError, messageOf } from "../base/errors.ts";
import type { Desk } from "./desk.ts";

/** A value from the command line, and what else it may have been meant as. */
export interface Given {
  readonly value: unknown;
  /** The words themselves, where they were read as JSON that is no text: a schema may want text that looks like a number. */
  readonly asText: string | null;
  /** What is wrong with it as JSON, where it was taken as text but begins like JSON. */
  readonly brokenJson: string | null;
}

/** Where nothing was given. */
export const NOTHING_GIVEN: Given = { value: undefined, asText: null, brokenJson: null };

/**
 * A value from the command line: `-` is read from stdin, `@FILE` from a file. What is JSON is taken as JSON, and what is
 * not as text.
 *
 * @throws {FlujoError} `usage_invalid` when there is no such file.
 */
export async function readValue(desk: Desk, given: string): Promise<Given> {
  const source = await textOf(desk, given);
  const asText = given === source ? source : source.replace(/\r?\n$/, ""); // a file's last line end is no part of its text
  try {
    const value: unknown = JSON.parse(source);
    return { value, asText: typeof value === "string" ? null : asText, brokenJson: null };
  } catch (error) {
    return { value: asText, asText: null, brokenJson: /^\s*[{["]/.test(source) ? whereBroken(error) : null };
  }
}

function whereBroken(error: unknown): string {
  const message = messageOf(error);
  return message === "Unexpected end of JSON input" ? "it ends before it is complete" : message;
}

/**
 * Does something with a value; where that refuses it with this code, with the words as they are, should they do. What is
 * refused either way is refused for the value, and for the JSON that was broken in it.
 */
export async function withGiven<T>(
  { value, asText, brokenJson }: Given,
  code: "input_invalid" | "answer_invalid",
  use: (value: unknown) => Promise<T>,
): Promise<T> {
  try {
    return await use(value);
  } catch (error) {
    if (!FlujoError.is(error, code)) throw error;
    if (asText !== null) return await orElse(error, code, () => use(asText));
    if (brokenJson === null) throw error;
    throw new FlujoError(code, `${error.summary} It begins like JSON but is none: ${brokenJson}.`, {
      cause: error,
      details: error.details,
      remedy: "Mend the JSON; what is not JSON is taken as text.",
    });
  }
}

async function orElse<T>(first: FlujoError, code: FlujoError["code"], use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    throw FlujoError.is(error, code) ? first : error;
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
