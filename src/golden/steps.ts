import { didYouMean } from "../base/near-names.ts";
import { matches } from "./drift/levels.ts";

/** Whether a path is at or below the place that a `--step` says: `[]` and `[*]` both stand for any item there. */
export function isAtStep(step: string, path: string): boolean {
  return matches(step.replaceAll("[]", "[*]"), path);
}

/** ` Did you mean …?` for a `--step` that is nowhere among these paths: places of the same depth before others. */
export function nearSteps(step: string, paths: Iterable<string>): string {
  const places = [...placesOf(paths)];
  const beside = places.filter((place) => depthOf(place) === depthOf(step));
  const near = didYouMean(step, beside);
  return near === "" ? didYouMean(step, places) : near;
}

/** The paths, and every place above them. */
function placesOf(paths: Iterable<string>): ReadonlySet<string> {
  const places = new Set<string>();
  for (const path of paths)
    for (let place = path; place !== "" && !places.has(place); place = place.slice(0, Math.max(0, place.lastIndexOf("/"))))
      places.add(place);
  return places;
}

function depthOf(place: string): number {
  return place.split("/").length;
}
