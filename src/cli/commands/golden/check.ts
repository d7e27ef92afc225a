import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { FlujoError, messageOf } from "../../../base/errors.ts";
import type { GoldenReport, Tally } from "../../../golden/report/golden-report.ts";
import { reportsToJson, tallyOf } from "../../../golden/report/golden-report.ts";
import { junitOf } from "../../../golden/report/junit.ts";
import { goldensMeant, goldensOfProject } from "../../../golden/project/find-goldens.ts";
import { projectFolder } from "../../../golden/project/golden-place.ts";
import { systemClock } from "../../../index.ts";
import type { Desk } from "../../desk.ts";
import { DONE } from "../../desk.ts";
import { goldenCommand, noteNext } from "../../hints.ts";
import { shown } from "../../shown-path.ts";
import { duration } from "../../terminal/numbers.ts";
import { CauseTeller } from "./cause-lines.ts";
import { CheckProgress } from "./check-progress.ts";
import { GoldenChecker } from "./golden-checker.ts";
import { hanging } from "./hanging.ts";
import { warnOfMisnamed } from "./misnamed.ts";
import { reportLines } from "./report-lines.ts";
import { leftToCode, summaryLine } from "./summary-line.ts";

/** What `flujo golden check` can be told. */
export interface CheckFlags {
  readonly junit?: string;
}

const DRIFTED = 1;
const BROKEN = 4;

/** Runs the code as it is now against goldens, and says what differs. */
export async function check(desk: Desk, wanted: readonly string[], flags: CheckFlags): Promise<number> {
  const from = process.cwd();
  const files = wanted.length === 0 ? goldensOfProject(from) : goldensMeant(from, wanted);
  const checker = new GoldenChecker(desk, wanted);
  const reports: GoldenReport[] = [];
  const startedAtMs = systemClock.now();
  const progress = new CheckProgress(desk, files.length);
  const teller = new CauseTeller({ paint: desk.output.paint, withRemedy: true });
  try {
    for (const file of files) {
      const report = await checker.check(file);
      reports.push(report);
      progress.say(report, reportLines(desk, report, { isFew: files.length <= FEW, teller }));
    }
  } finally {
    progress.close();
  }
  if (wanted.length === 0) warnOfMisnamed(desk, from);
  const tally = tallyOf(reports);
  if (wanted.length === 0 && tally.broken === 0) checker.ruleWatch.warn(desk);
  if (flags.junit !== undefined) await writeJunit(flags.junit, reports);
  desk.output.document(reportsToJson(reports));
  if (files.length === 0) return noneYet(desk, from);
  desk.output.printAll(hanging("", summary(desk, tally, systemClock.now() - startedAtMs)));
  if (tally.broken > 0) return BROKEN;
  return tally.fail > 0 ? DRIFTED : DONE;
}

/** So many goldens get a line each, though there is nothing to say of them. */
const FEW = 20;

function noneYet(desk: Desk, from: string): number {
  desk.output.print(`There are no goldens in ${shown(projectFolder(from)) === "." ? "this project" : shown(projectFolder(from))} yet.`);
  noteNext(desk, [[goldenCommand("record", "FILE", "--input", "…"), "make the first"]]);
  return DONE;
}

function summary({ output }: Desk, { clean, warn, fail, broken, skipped }: Tally, tookMs: number): string {
  const { paint } = output;
  const line = summaryLine({
    checked: [
      { count: fail, words: "drifted", tone: paint.bad },
      { count: warn, words: "with warnings", tone: paint.asks },
      { count: clean, words: "clean", tone: paint.good },
    ],
    others: [{ count: broken, words: "could not be checked", tone: paint.bad }, leftToCode(skipped, paint)],
  });
  return `${line} ${paint.faint(`(${duration(tookMs)})`)}`;
}

async function writeJunit(file: string, reports: readonly GoldenReport[]): Promise<void> {
  const text = await junitOf(reports);
  try {
    mkdirSync(dirname(resolve(file)), { recursive: true });
    writeFileSync(file, text);
  } catch (cause) {
    throw new FlujoError("usage_invalid", `The report ${file} cannot be written: ${messageOf(cause)}.`, {
      cause,
      remedy: "Name a file that can be: --junit golden.xml.",
    });
  }
}
