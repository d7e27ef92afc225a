import type { Paint } from "../../src/cli/terminal/index.ts";
import { paintFor } from "../../src/cli/terminal/index.ts";

/** Where the demo prints: to people on `people`; with `--json` the result alone goes to stdout, and people read stderr. */
export interface Output {
  readonly people: NodeJS.WriteStream;
  readonly paint: Paint;
  readonly width: number;
  /** Whether somebody can be asked something. */
  readonly canAsk: boolean;
  readonly isJson: boolean;
  readonly say: (...lines: readonly string[]) => void;
}

const WIDTH_WITHOUT_TERMINAL = 100;
const WIDEST = 120;

export function outputFor(isJson: boolean): Output {
  const people = isJson ? process.stderr : process.stdout;
  return {
    people,
    paint: paintFor(people),
    width: Math.min(WIDEST, people.isTTY ? Math.max(40, people.columns) : WIDTH_WITHOUT_TERMINAL),
    canAsk: !isJson && process.stdin.isTTY && process.stdout.isTTY,
    isJson,
    say: (...lines) => void people.write(`${lines.join("\n")}\n`),
  };
}
