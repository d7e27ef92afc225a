import { matches } from "./drift/levels.ts";

/** Whether a path is at or below the place that a `--step` says: `[]` and `[*]` both stand for any item there. */
export function isAtStep(step: string, path: string): boolean {
  return matches(step.replaceAll("[]", "[*]"), path);
}

/** All that a `--step` can say for these paths: they, and every place above them. */
export function placesOf(paths: Iterable<string>): ReadonlySet<string> {
  const places = new Set<string>();
  for (const path of paths)
    for (let place = path; place !== "" && !places.has(place); place = place.slice(0, Math.max(0, place.lastIndexOf("/"))))
      places.add(place);
  return places;
}
