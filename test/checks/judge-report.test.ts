import { expect, test } from "vitest";
import { judgeReport, type TestReport } from "../../scripts/checks/judge-report.ts";

const CLEAN: TestReport = {
  success: true,
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ name: "/a.test.ts", status: "passed", assertionResults: [{}, {}, {}] }],
};
const FILES = ["/a.test.ts"];

test("a run whose tests all passed has nothing to complain of", () => {
  expect(judgeReport(CLEAN, FILES)).toEqual({ passed: 3, failed: 0, complaints: [] });
});

const broken = { name: "/b.test.ts", status: "failed", assertionResults: [] };
const empty = { name: "/b.test.ts", status: "passed", assertionResults: [] };

test.each([
  { what: "failed test", report: { success: false, numFailedTests: 2 }, files: FILES, failed: 2, says: "2 tests failed." },
  { what: "skipped test", report: { numPendingTests: 1 }, files: FILES, failed: 0, says: "1 test was skipped." },
  { what: "test to do", report: { numTodoTests: 1 }, files: FILES, failed: 0, says: "1 test is still to do." },
  {
    what: "file that the runner missed",
    report: {},
    files: [...FILES, "/b.test.ts"],
    failed: 0,
    says: "/b.test.ts was not collected: no test in it ran.",
  },
  {
    what: "file that cannot be loaded",
    report: { success: false, testResults: [...CLEAN.testResults, broken] },
    files: [...FILES, "/b.test.ts"],
    failed: 1,
    says: "1 test failed.",
  },
  {
    what: "file without a test",
    report: { testResults: [...CLEAN.testResults, empty] },
    files: [...FILES, "/b.test.ts"],
    failed: 0,
    says: "/b.test.ts holds no test.",
  },
  {
    what: "failure outside any test",
    report: { success: false },
    files: FILES,
    failed: 0,
    says: "The runner says that the run failed, outside any test.",
  },
])("a $what counts against the run", ({ report, files, failed, says }) => {
  expect(judgeReport({ ...CLEAN, ...report }, files)).toEqual({ passed: 3, failed, complaints: [says] });
});
