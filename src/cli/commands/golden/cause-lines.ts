import type { Line, LineKind } from "../../../golden/drift/description.ts";
import { signOf } from "../../../golden/drift/description.ts";
import type { ToldCause } from "../../../golden/report/golden-report.ts";
import { calledHere } from "../../hints.ts";
import type { Paint } from "../../terminal/paint.ts";
import { printable, printableLine } from "../../terminal/printable.ts";
import { hanging } from "./hanging.ts";

/** How causes are told. */
export interface Telling {
  readonly paint: Paint;
  /** Whether it is said what to do about them. */
  readonly withRemedy: boolean;
}

/** Tells what has changed in one golden after the other; what has changed in several is told in full once. */
export class CauseTeller {
  readonly #telling: Telling;
  /** The golden in which something was told first, by all that was said of what differs. */
  readonly #told = new Map<string, string>();

  constructor(telling: Telling) {
    this.#telling = telling;
  }

  /** @param name - What the golden is called. */
  linesOf({ cause, description }: ToldCause, name: string): readonly string[] {
    const { paint, withRemedy } = this.#telling;
    const { headline, lines } = description;
    const tone = withRemedy ? (cause.level === "warn" ? paint.asks : paint.bad) : paint.strong;
    const key = JSON.stringify([headline, lines.filter(({ kind }) => IN_DIFFERENCE.has(kind))]);
    const first = this.#told.get(key);
    if (first === undefined) this.#told.set(key, name);
    const shown = withRemedy ? lines : lines.filter(({ kind }) => kind !== "remedy");
    const told = first === undefined ? shown : again(shown, first);
    return [...hanging("  ", printableLine(headline)).map(tone), ...told.flatMap((line) => textOf(line).map(tones(paint)[line.kind]))];
  }
}

const IN_DIFFERENCE: ReadonlySet<LineKind> = new Set(["same", "recorded", "now", "left-out", "field"]);

/** The place and the command; for the rest one looks where it was told first. */
function again(lines: readonly Line[], first: string): readonly Line[] {
  const command = lines.filter(isCommand);
  return [
    ...lines.filter(({ kind }) => kind === "where"),
    { kind: "follows", text: `as in ${first}${command.length === 0 ? "" : "; to accept it here:"}` },
    ...command,
  ];
}

function isCommand({ kind, text }: Line): boolean {
  return kind === "remedy" && text.startsWith("  ");
}

/** One line; at a terminal that is narrower several. What is to be copied stays in one. */
function textOf(line: Line): readonly string[] {
  const words = printable(line.text).replaceAll("\n", " ");
  const indent = /^ */.exec(words)?.[0] ?? "";
  const lead = `  ${signOf(line.kind)}${indent}`;
  return isCommand(line) ? [lead + calledHere(words.trimStart())] : hanging(lead, words.trimStart());
}

function tones(paint: Paint): Readonly<Record<LineKind, (text: string) => string>> {
  const plain = (text: string): string => text;
  const { faint, bad, good } = paint;
  return { where: faint, same: faint, recorded: bad, now: good, "left-out": faint, field: plain, follows: faint, remedy: plain };
}
