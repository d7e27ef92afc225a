import { idsOfTitle } from "../semantics/ids.ts";

/** The part of vitest's JSON report that is read here. */
export interface MutantReport {
  readonly numTotalTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly title: string }[];
  }[];
}

/** What became of a mutant. Only a failed test that carries the number of a sentence kills it. */
export type Verdict = { readonly killed: true; readonly by: string } | { readonly killed: false; readonly why: string };

/** What a test run over mutated code says of the mutant; null where the run ended without a report. */
export function verdictOf(report: MutantReport | null): Verdict {
  if (report === null) return { killed: false, why: "the tests did not come to an end" };
  const failed = report.testResults.flatMap(({ assertionResults }) => assertionResults.filter(({ status }) => status === "failed"));
  for (const { title } of failed) {
    const [id] = idsOfTitle(title);
    if (id !== undefined) return { killed: true, by: id };
  }
  const broken = report.testResults.some(({ status, assertionResults }) => status === "failed" && assertionResults.length === 0);
  if (broken) return { killed: false, why: "it keeps the tests from being loaded, which proves no sentence" };
  if (failed.length > 0) return { killed: false, why: "no test that failed carries the number of a sentence" };
  return { killed: false, why: "every test passes" };
}

/** Why a run over the code as it is cannot be the measure of mutants; null where it can. */
export function whyNotSound(report: MutantReport | null): string | null {
  if (report === null) return "the tests did not come to an end";
  if (report.numTotalTests === 0) return "there are no tests";
  const failed = report.testResults.filter(({ status }) => status === "failed").map(({ name }) => name);
  return failed.length === 0 ? null : `${report.numFailedTests} tests fail already, in ${failed.join(", ")}`;
}
