import type { FlujoError } from "../../../base/errors.ts";
import type { GoldenReport } from "../../../golden/report/golden-report.ts";
import type { Desk } from "../../desk.ts";
import { remedyHere } from "../../hints.ts";
import { plural } from "../../terminal/numbers.ts";
import { printable, printableLine } from "../../terminal/printable.ts";
import type { CauseTeller } from "./cause-lines.ts";
import { beside, hanging } from "./hanging.ts";

/** How reports are told. */
export interface Reporting {
  /** Whether there are so few that each is worth a line, though there is nothing to say of it. */
  readonly isFew: boolean;
  readonly teller: CauseTeller;
}

/** What is said of one golden. Nothing where there are many, and nothing is wrong with this one. */
export function reportLines(desk: Desk, report: GoldenReport, { isFew, teller }: Reporting): readonly string[] {
  const { paint, isVerbose, isQuiet } = desk.output;
  const name = paint.strong(printableLine(report.name));
  const isTold = !isQuiet && (isFew || isVerbose);
  switch (report.status) {
    case "clean":
      return isTold ? [`${paint.good("✔")} ${name}  ${paint.faint(plural(report.operations, "operation", "operations"))}`] : [];
    case "skipped":
      return isTold ? beside(`${paint.faint("·")} ${name}`, report.why, paint.faint) : [];
    case "broken":
      return [`${paint.bad("✖")} ${name}`, ...errorLines(desk, report.error), ""];
    case "warn":
    case "fail": {
      const mark = report.status === "fail" ? paint.bad("✖") : paint.asks("!");
      return [`${mark} ${name}`, ...report.told.flatMap((told) => teller.linesOf(told, printableLine(report.name))), ""];
    }
  }
}

/** What is wrong, and what to do about it. */
export function errorLines(desk: Desk, { summary, remedy, code }: FlujoError): readonly string[] {
  const said = printable(summary).split("\n");
  const todo = hanging("  ", `${printableLine(remedyHere(desk, remedy))}  [${code}]`);
  const tail = ` [${code}]`;
  const painted = todo.map((line) => (line.endsWith(tail) ? line.slice(0, -tail.length) + desk.output.paint.faint(tail) : line));
  return [...said.flatMap((line) => hanging("  ", line)), ...painted];
}
