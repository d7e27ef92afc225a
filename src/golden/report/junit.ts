import { plainText } from "../drift/description.ts";
import type { GoldenReport } from "./golden-report.ts";
import { tallyOf } from "./golden-report.ts";

type Element = Readonly<Record<string, unknown>>;

/**
 * A check in the XML of JUnit, as CI systems read it: a suite for each pipeline, a test for each golden. What drifts is a
 * failure, what cannot be read or run an error; what only warns passes, and is in `system-out`.
 */
export async function junitOf(reports: readonly GoldenReport[]): Promise<string> {
  const { default: XMLBuilder } = await import("fast-xml-builder");
  const builder = new XMLBuilder({ ignoreAttributes: false, format: true, indentBy: "  ", suppressEmptyNode: true });
  const suites = new Map<string, GoldenReport[]>();
  for (const report of reports) {
    const suite = suiteOf(report);
    const members = suites.get(suite) ?? [];
    members.push(report);
    suites.set(suite, members);
  }
  const document = {
    "?xml": { "@_version": "1.0", "@_encoding": "UTF-8" },
    testsuites: {
      "@_name": "flujo golden check",
      ...figuresOf(reports),
      testsuite: [...suites].map(([name, members]) => ({ "@_name": name, ...figuresOf(members), testcase: members.map(testcase) })),
    },
  };
  return builder.build(document);
}

function suiteOf({ name }: GoldenReport): string {
  const slash = name.lastIndexOf("/");
  return slash < 0 ? name : name.slice(0, slash);
}

function figuresOf(reports: readonly GoldenReport[]): Element {
  const { fail, broken, skipped } = tallyOf(reports);
  const tookMs = reports.reduce((sum, each) => sum + each.tookMs, 0);
  return { "@_tests": reports.length, "@_failures": fail, "@_errors": broken, "@_skipped": skipped, "@_time": seconds(tookMs) };
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}

function testcase(report: GoldenReport): Element {
  const { file, name, tookMs } = report;
  const about = { "@_name": name, "@_classname": suiteOf(report), "@_file": fit(file), "@_time": seconds(tookMs) };
  switch (report.status) {
    case "broken": {
      const { code, summary, remedy } = report.error;
      return { ...about, error: { "@_type": code, "@_message": fit(summary), "#text": fit(`${summary}\n${remedy}`) } };
    }
    case "skipped":
      return { ...about, skipped: { "@_message": fit(report.why) } };
    case "clean":
      return about;
    default: {
      const words = fit(report.told.map(({ description }) => plainText(description)).join("\n\n"));
      const headlines = fit(report.told.map(({ description }) => description.headline).join(" "));
      const [first] = report.told;
      if (report.status === "warn") return { ...about, "system-out": words };
      return { ...about, failure: { "@_type": first?.cause.head.class ?? "drift", "@_message": headlines, "#text": words } };
    }
  }
}

/** What XML has no way to write becomes a question mark. */
function fit(text: string): string {
  return text.replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "?");
}
