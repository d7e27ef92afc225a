import { didYouMean } from "../base/near-names.ts";
import type { InstancePath } from "../model/path.ts";
import { withoutAttempts } from "../model/path.ts";

/** Whether a path is one of those that are meant. */
export type PathPattern = (path: InstancePath) => boolean;

/**
 * A path, or many: `*` stands for anything within a segment, `**` for any number of segments. Attempts (`#2`) need not be
 * written; where they are, that attempt alone is meant.
 */
export function pathPattern(text: string): PathPattern {
  const source = text
    .split("/")
    .map((segment) => (segment === "**" ? "(?:/[^/]+)*" : `/${segment.split("*").map(literally).join("[^/]*")}`))
    .join("");
  const pattern = new RegExp(`^${source}$`);
  return (path) => pattern.test(`/${path}`) || pattern.test(`/${withoutAttempts(path)}`);
}

/** ` Did you mean "order/charge"?` of those that lie as deep; empty where nothing is near. */
export function didYouMeanPath(wanted: string, paths: Iterable<string>): string {
  const depth = wanted.split("/").length;
  return didYouMean(
    wanted,
    [...paths].filter((path) => path.split("/").length === depth),
  );
}

function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}
