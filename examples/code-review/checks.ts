// What needs no model: patterns in the lines that a change adds. A review that passes over one of them is not finished.
import { z } from "zod";
import type { FileDiff } from "./diff.ts";

/** A remark on a line. What a model gives, and what the checks give. */
export const Comment = z.object({
  line: z.number().int().min(1).describe("the number of the line"),
  severity: z
    .enum(["blocker", "major", "minor"])
    .describe("blocker: must not be merged. major: has to be mended first. minor: may be mended later"),
  remark: z.string().min(10).max(300).describe("what is wrong, and what to do about it"),
});
export type Comment = z.infer<typeof Comment>;

interface Rule extends Pick<Comment, "severity" | "remark"> {
  readonly pattern: RegExp;
  /** The files it is for; all, unless said otherwise. */
  readonly files?: RegExp;
}

const RULES: readonly Rule[] = [
  {
    pattern: /\b(?:SELECT|INSERT|UPDATE|DELETE)\b.*\$\{/,
    severity: "blocker",
    remark: "The query is put together from values. Give them as parameters.",
  },
  {
    pattern: /\b(?:token|secret|password|api_?key)\b["']?\s*[:=]\s*["'][^"']{8,}["']/i,
    severity: "blocker",
    remark: "This looks like a secret. Take it from the environment, and withdraw the one that was written here.",
  },
  { pattern: /\bcatch\b[^{]*\{\s*\}/, severity: "major", remark: "The failure is swallowed. Handle it, or let it through." },
  {
    pattern: /\b(?:test|it|describe)\.(?:skip|only)\(/,
    files: /\.(?:test|spec)\./,
    severity: "major",
    remark: "A test does not run any more. Mend it, or say why it is gone.",
  },
  { pattern: /\bconsole\.log\(/, severity: "minor", remark: "A trace was left behind. Remove it, or write to the log." },
  { pattern: /\b(?:TODO|FIXME)\b/, severity: "minor", remark: "Something is left to be done. Do it, or open an issue for it." },
];

/** What the patterns find in the lines that are new. */
export function findingsIn({ file, lines }: FileDiff): readonly Comment[] {
  return lines.flatMap(({ sign, number, code }) =>
    sign !== "+" || number === null
      ? []
      : RULES.filter(({ pattern, files }) => pattern.test(code) && (files?.test(file) ?? true)).map(({ severity, remark }) => ({
          line: number,
          severity,
          remark,
        })),
  );
}

/** What is wrong with a comment by itself; null where nothing is. */
export function problemWith({ line, remark }: Comment, { lines }: FileDiff): string | null {
  if (!lines.some(({ number }) => number === line)) return `Line ${line} is not part of this change: comment on lines of it only.`;
  const isCode = (remark.match(/\p{L}+/gu) ?? []).length < 3 || lines.some(({ code }) => code.includes(remark));
  return isCode ? `What you say of line ${line} is no remark: say what is wrong, and what to do about it.` : null;
}
