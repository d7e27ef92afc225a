import type { FlujoError } from "../../base/errors.ts";
import type { Json } from "../../base/json.ts";
import type { GoldenCheck } from "../check.ts";
import type { Cause } from "../drift/causes.ts";
import type { Description } from "../drift/description.ts";
import { causeToJson, describe } from "../drift/describe.ts";

/** A cause, and what people are told of it. */
export interface ToldCause {
  readonly cause: Cause;
  readonly description: Description;
}

/** What is said of one golden. */
export interface AboutGolden {
  /** Its file, as it is shown. */
  readonly file: string;
  /** `pipeline/name`, as the folders say it. */
  readonly name: string;
  /** How long it took, in milliseconds. */
  readonly tookMs: number;
}

/**
 * What came of checking one golden: as `clean`, `warn` and `fail` of a check; `broken` where it cannot be read, or its program
 * cannot be found or be run; `skipped` where it does not say where its program is, and nobody has named it.
 */
export type GoldenReport = AboutGolden &
  (
    | { readonly status: GoldenCheck["level"]; readonly operations: number; readonly told: readonly ToldCause[] }
    | { readonly status: "broken"; readonly error: FlujoError }
    | { readonly status: "skipped"; readonly why: string }
  );

/** How many came to what. */
export type Tally = Readonly<Record<GoldenReport["status"], number>>;

/** The report of a check. */
export async function reportOf(about: AboutGolden, { level, causes, recorded }: GoldenCheck): Promise<GoldenReport> {
  return { ...about, status: level, operations: recorded.operations.length, told: await toldCauses(causes, about.file) };
}

/** Causes in words, without those that the rules ignore. */
export async function toldCauses(causes: readonly Cause[], file: string): Promise<readonly ToldCause[]> {
  const told: ToldCause[] = [];
  for (const cause of causes) if (cause.level !== "ignore") told.push({ cause, description: await describe(cause, { file }) });
  return told;
}

/** Counts what came of each. */
export function tallyOf(reports: readonly GoldenReport[]): Tally {
  const tally = { clean: 0, warn: 0, fail: 0, broken: 0, skipped: 0 };
  for (const { status } of reports) tally[status]++;
  return tally;
}

/** What programs are told of a check of several goldens. */
export function reportsToJson(reports: readonly GoldenReport[]): Json {
  return { ...tallyOf(reports), goldens: reports.map(reportToJson) };
}

function reportToJson(report: GoldenReport): Json {
  const { file, name, status, tookMs } = report;
  const about = { file, name, status, tookMs: Math.round(tookMs) };
  switch (report.status) {
    case "broken": {
      const { code, summary: message, remedy } = report.error;
      return { ...about, error: { code, message, remedy } };
    }
    case "skipped":
      return { ...about, why: report.why };
    default:
      return {
        ...about,
        operations: report.operations,
        causes: report.told.map(({ cause, description }) => causeToJson(cause, description)),
      };
  }
}
