export type { CheckOptions, GoldenCheck } from "../golden/check.ts";
export { checkGolden } from "../golden/check.ts";
export type { Cause } from "../golden/drift/causes.ts";
export type { DescribeOptions } from "../golden/drift/describe.ts";
export { describe as describeDrift } from "../golden/drift/describe.ts";
export type { Description, Line, LineKind } from "../golden/drift/description.ts";
export { plainText } from "../golden/drift/description.ts";
export type { Drift, DriftClass, DriftKind } from "../golden/drift/drift.ts";
export type { DriftLevel, DriftLevels, DriftRules, PathRule } from "../golden/drift/levels.ts";
export type { ReadGolden } from "../golden/file/read-golden.ts";
export { readGolden } from "../golden/file/read-golden.ts";
export { writeGolden } from "../golden/file/write-golden.ts";
export type {
  Golden,
  GoldenAgent,
  GoldenEvent,
  GoldenOperation,
  GoldenRequest,
  GoldenResponse,
  GoldenResult,
  GoldenTool,
} from "../golden/golden.ts";
export type { GoldenRules } from "../golden/project/golden-rules.ts";
export { goldenRules } from "../golden/project/golden-rules.ts";
export type { GoldenOptions, PastRun, RecordOptions } from "../golden/record.ts";
export { goldenFromRun, recordGolden } from "../golden/record.ts";
export type { PatternName, Redaction, RedactionRule } from "../golden/redact/redaction.ts";
export type { GoldenUpdate, UpdateOptions } from "../golden/update.ts";
export { updateGolden } from "../golden/update.ts";
export type { GoldenMatchers, MatchGoldenOptions } from "./golden-matcher.ts";
export { toMatchGolden } from "./golden-matcher.ts";
