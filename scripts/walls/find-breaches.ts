import { cruise, type ICruiseResult } from "dependency-cruiser";
import { RULES } from "./rules.ts";

/** One import that goes through a wall. */
export interface Breach {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
  readonly why: string;
}

/** What was looked at, and what was found. */
export interface WallReport {
  readonly files: number;
  readonly imports: number;
  readonly breaches: readonly Breach[];
}

/**
 * Looks for forbidden imports and cycles in `src/` below a folder.
 *
 * @param root - The folder that holds `src/` and `node_modules/`.
 */
export async function findBreaches(root: string): Promise<WallReport> {
  const { output } = await cruise(
    ["src"],
    {
      baseDir: root,
      validate: true,
      ruleSet: { forbidden: [...RULES] },
      tsPreCompilationDeps: true,
      doNotFollow: { path: "node_modules" },
      outputType: "json",
    },
    {
      exportsFields: ["exports"],
      conditionNames: ["flujo-src", "import", "types", "node", "default"],
      extensions: [".ts", ".d.ts", ".js"],
    },
  );
  const { summary } = (typeof output === "string" ? JSON.parse(output) : output) as ICruiseResult;
  const why = new Map(RULES.map((rule) => [rule.name, rule.comment ?? ""]));
  return {
    files: summary.totalCruised,
    imports: summary.totalDependenciesCruised ?? 0,
    breaches: summary.violations.map(({ rule, from, to, cycle }) => ({
      rule: rule.name,
      from,
      to: cycle === undefined ? to : cycle.map((step) => step.name).join(" -> "),
      why: why.get(rule.name) ?? "",
    })),
  };
}
