import { invalid, shown } from "../invalid.ts";

/**
 * Whether a path (with `/` between its parts) is one that a pattern means: `*` stands for anything within a part, `?` for one sign, `**` as
 * a part for any number of parts, `{a,b}` for one of several. All other signs stand for themselves.
 */
export type PathTest = (path: string) => boolean;

/**
 * Patterns as a test that is true where one of them fits.
 *
 * @throws {FlujoError} `pipeline_invalid` for what is no pattern, or one that leads out of the folder.
 */
export function pathTest(at: string, patterns: readonly string[]): PathTest {
  const given: unknown = patterns;
  if (!Array.isArray(given)) throw invalid(at, `it is ${shown(given)}`, 'Give a list of patterns: ["**/*.md"].');
  const tests = patterns.map((pattern) => compile(at, pattern));
  return (path) => tests.some((test) => test.test(path));
}

function compile(at: string, pattern: string): RegExp {
  if (typeof pattern !== "string" || pattern === "") throw invalid(at, `it has ${shown(pattern)}`, "Give texts that are not empty.");
  if (pattern.startsWith("/") || /^[A-Za-z]:/.test(pattern) || pattern.includes("\\") || pattern.split("/").includes(".."))
    throw invalid(at, `${shown(pattern)} leads out of the folder`, "Write patterns from the root on, with `/` between their parts.");
  const parts = pattern.replace(/^\.\//, "").split("/");
  const source = parts.map((part, index) => {
    const isLast = index === parts.length - 1;
    if (part === "**") return isLast ? ".*" : "(?:[^/]+/)*";
    return partSource(at, part) + (isLast ? "" : "/");
  });
  return new RegExp(`^${source.join("")}$`, "u");
}

function partSource(at: string, part: string): string {
  let depth = 0;
  const source = Array.from(part.replaceAll(/\*+/g, "*"), (sign) => {
    if (sign === "*") return "[^/]*";
    if (sign === "?") return "[^/]";
    if (sign === "{") return ++depth && "(?:";
    if (sign === "}") return depth-- > 0 ? ")" : "\\}";
    if (sign === "," && depth > 0) return "|";
    return sign.replace(/[\\^$.|+()[\]/]/, "\\$&");
  });
  if (depth === 0) return source.join("");
  throw invalid(at, `${shown(part)} has a brace that is not closed`, "Write alternatives as {a,b}.");
}
