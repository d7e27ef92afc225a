import type { XmlElement } from "../../base/xml/write-xml.ts";
import { writeXml, xmlText } from "../../base/xml/write-xml.ts";
import { plainText } from "../drift/description.ts";
import type { GoldenReport } from "./golden-report.ts";
import { tallyOf } from "./golden-report.ts";

/**
 * A check in the XML of JUnit, as CI systems read it: a suite for each pipeline, a test for each golden. What drifts is a
 * failure, what cannot be read or run an error; what only warns passes, and is in `system-out`.
 */
export async function junitOf(reports: readonly GoldenReport[]): Promise<string> {
  const suites = new Map<string, GoldenReport[]>();
  for (const report of reports) {
    const suite = suiteOf(report);
    const members = suites.get(suite) ?? [];
    members.push(report);
    suites.set(suite, members);
  }
  return writeXml({
    testsuites: {
      "@_name": "flujo golden check",
      ...figuresOf(reports),
      testsuite: [...suites].map(([name, members]) => ({ "@_name": name, ...figuresOf(members), testcase: members.map(testcase) })),
    },
  });
}

function suiteOf({ name }: GoldenReport): string {
  const slash = name.lastIndexOf("/");
  return slash < 0 ? name : name.slice(0, slash);
}

function figuresOf(reports: readonly GoldenReport[]): XmlElement {
  const { fail, broken, skipped } = tallyOf(reports);
  const tookMs = reports.reduce((sum, each) => sum + each.tookMs, 0);
  return { "@_tests": reports.length, "@_failures": fail, "@_errors": broken, "@_skipped": skipped, "@_time": seconds(tookMs) };
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}

function testcase(report: GoldenReport): XmlElement {
  const { file, name, tookMs } = report;
  const about = { "@_name": name, "@_classname": suiteOf(report), "@_file": xmlText(file), "@_time": seconds(tookMs) };
  switch (report.status) {
    case "broken": {
      const { code, summary, remedy } = report.error;
      return { ...about, error: { "@_type": code, "@_message": xmlText(summary), "#text": xmlText(`${summary}\n${remedy}`) } };
    }
    case "skipped":
      return { ...about, skipped: { "@_message": xmlText(report.why) } };
    case "clean":
      return about;
    default: {
      const words = xmlText(report.told.map(({ description }) => plainText(description)).join("\n\n"));
      const headlines = xmlText(report.told.map(({ description }) => description.headline).join(" "));
      const [first] = report.told;
      if (report.status === "warn") return { ...about, "system-out": words };
      return { ...about, failure: { "@_type": first?.cause.head.class ?? "drift", "@_message": headlines, "#text": words } };
    }
  }
}
