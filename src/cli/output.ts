import { ERRORS, FlujoError, messageOf } from "../base/errors.ts";
import { jsonText } from "./json-text.ts";
import type { Paint } from "./terminal/paint.ts";
import { paintFor } from "./terminal/paint.ts";
import { printable } from "./terminal/printable.ts";

/** How much is said, and in which form. */
export interface OutputOptions {
  /** One JSON document on stdout and nothing else there. */
  readonly isJson: boolean;
  /** Results and errors only. */
  readonly isQuiet: boolean;
  /** Stacks too. */
  readonly isVerbose: boolean;
}

type Write = typeof process.stdout.write;

/** All that the command line says: results go to stdout, everything about them to stderr. */
export class Output {
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  readonly isVerbose: boolean;
  /** Colours of stdout. */
  readonly paint: Paint;
  /** Colours of stderr. */
  readonly notePaint: Paint;
  readonly #writeOut: (text: string) => void;

  constructor({ isJson, isQuiet, isVerbose }: OutputOptions) {
    this.isJson = isJson;
    this.isQuiet = isQuiet;
    this.isVerbose = isVerbose;
    this.paint = paintFor(process.stdout);
    this.notePaint = paintFor(process.stderr);
    const write = process.stdout.write.bind(process.stdout);
    this.#writeOut = (text) => void write(text);
    // What a user's own steps print must not get between the reader and the one document.
    if (isJson) process.stdout.write = ((...args: Parameters<Write>) => process.stderr.write(...args)) as Write;
  }

  /** Whether progress is to be shown: never in the way of programs that read us. */
  get showsProgress(): boolean {
    return !this.isQuiet && (!this.isJson || process.stderr.isTTY);
  }

  /** A line of a result, for people. */
  print(line = ""): void {
    if (!this.isJson) this.#writeOut(`${line}\n`);
  }

  /** Lines of a result, for people. */
  printAll(lines: readonly string[]): void {
    if (lines.length > 0) this.print(lines.join("\n"));
  }

  /** Something about a result, for people who look on. */
  note(line = ""): void {
    if (!this.isJson && !this.isQuiet) process.stderr.write(`${line}\n`);
  }

  /** Something that people should know even if they asked for quiet. */
  warn(line: string): void {
    process.stderr.write(`${this.notePaint.asks("!")} ${printable(line)}\n`);
  }

  /** The one document of `--json`. */
  document(value: unknown): void {
    if (this.isJson) this.#writeOut(`${jsonText(value, 2)}\n`);
  }

  /** One of several documents of `--json`, where they come one by one: a line each. */
  documentLine(value: unknown): void {
    if (this.isJson) this.#writeOut(`${jsonText(value, 0)}\n`);
  }

  /** Says what went wrong, and gives the exit code for it. `say` may put a remedy into words that fit better here. */
  fail(error: unknown, say: (remedy: string) => string = (text) => text): number {
    const known = FlujoError.is(error);
    const code = known ? error.code : "unexpected";
    const message = known ? error.summary : `Something unexpected happened: ${messageOf(error)}`;
    const remedy = known ? say(error.remedy) : "This is a mistake in Flujo: please report it, with what --verbose shows.";
    if (this.isJson)
      this.document({
        error: { code, message, remedy, ...(known && Object.keys(error.details).length > 0 ? { details: error.details } : {}) },
      });
    else
      process.stderr.write(
        `${this.notePaint.bad("✖")} ${printable(message)}\n  ${printable(remedy)}  ${this.notePaint.faint(`[${code}]`)}\n`,
      );
    if (this.isVerbose) process.stderr.write(`${stackOf(error)}\n`);
    return known ? ERRORS[error.code].exit : 1;
  }
}

/** The stack, and those of the errors behind it. */
function stackOf(error: unknown): string {
  const stacks: string[] = [];
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) stacks.push(at.stack ?? at.message);
  return printable(stacks.join("\ncaused by: "));
}
