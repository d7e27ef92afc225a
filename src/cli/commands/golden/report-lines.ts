import type { FlujoError } from "../../../base/errors.ts";
import type { Line, LineKind } from "../../../golden/drift/description.ts";
import { signOf } from "../../../golden/drift/description.ts";
import type { GoldenReport, ToldCause } from "../../../golden/report/golden-report.ts";
import type { Desk } from "../../desk.ts";
import type { Paint } from "../../terminal/paint.ts";
import { plural } from "../../terminal/numbers.ts";
import { wrap } from "../../terminal/wrap.ts";
import { printable, printableLine } from "../../terminal/printable.ts";

/** What is said of one golden. Nothing where there are many, and nothing is wrong with this one. */
export function reportLines({ output }: Desk, report: GoldenReport, { isFew }: { readonly isFew: boolean }): readonly string[] {
  const { paint, isVerbose, isQuiet } = output;
  const name = paint.strong(printableLine(report.name));
  const isTold = !isQuiet && (isFew || isVerbose);
  switch (report.status) {
    case "clean":
      return isTold ? [`${paint.good("✔")} ${name}  ${paint.faint(plural(report.operations, "operation", "operations"))}`] : [];
    case "skipped":
      return isTold ? [`${paint.faint("·")} ${name}  ${paint.faint(report.why)}`] : [];
    case "broken":
      return [`${paint.bad("✖")} ${name}`, ...errorLines(report.error, paint), ""];
    case "warn":
    case "fail": {
      const mark = report.status === "fail" ? paint.bad("✖") : paint.asks("!");
      return [`${mark} ${name}`, ...report.told.flatMap((told) => causeLines(told, { paint })), ""];
    }
  }
}

/** What is wrong, and what to do about it. */
export function errorLines({ summary, remedy, code }: FlujoError, paint: Paint): readonly string[] {
  const said = printable(summary).split("\n");
  return [...said.map((line) => `  ${line}`), `  ${printableLine(remedy)}  ${paint.faint(`[${code}]`)}`];
}

/** How a cause is shown. */
interface Shown {
  readonly paint: Paint;
  /** Whether it is said what to do about it. Default: true. */
  readonly withRemedy?: boolean;
}

/** What has changed, where, what differs, what follows, and what to do. */
export function causeLines({ cause, description }: ToldCause, { paint, withRemedy = true }: Shown): readonly string[] {
  const tone = cause.level === "warn" ? paint.asks : paint.bad;
  const lines = withRemedy ? description.lines : description.lines.filter(({ kind }) => kind !== "remedy");
  return [`  ${(withRemedy ? tone : paint.strong)(printableLine(description.headline))}`, ...lines.flatMap((line) => linesOf(line, paint))];
}

/** One line; at a terminal that is narrower several, the further ones below the first. What is to be copied stays in one. */
function linesOf({ kind, text }: Line, paint: Paint): readonly string[] {
  const sign = `  ${signOf(kind)}`;
  const words = printable(text).replaceAll("\n", " ");
  const indent = /^ */.exec(words)?.[0] ?? "";
  const width = process.stdout.isTTY ? process.stdout.columns - sign.length - indent.length : Number.POSITIVE_INFINITY;
  const isCommand = kind === "remedy" && words.startsWith("  ");
  const lines = isCommand || width < NARROWEST ? [words.trimStart()] : wrap(words.trimStart(), width);
  const first = lines.length === 0 ? [""] : lines;
  return first.map((line, at) => tones(paint)[kind](`${at === 0 ? sign : " ".repeat(sign.length)}${indent}${line}`.trimEnd()));
}

/** A terminal with less room than that breaks lines itself. */
const NARROWEST = 30;

function tones(paint: Paint): Readonly<Record<LineKind, (text: string) => string>> {
  const plain = (text: string): string => text;
  const { faint, bad, good } = paint;
  return { where: faint, same: faint, recorded: bad, now: good, "left-out": faint, field: plain, follows: faint, remedy: plain };
}
