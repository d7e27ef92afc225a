import { relative } from "node:path";

/** A path as it is shortest from here. */
export function shown(file: string): string {
  const fromHere = relative(process.cwd(), file);
  if (fromHere === "") return ".";
  return fromHere.length < file.length ? fromHere : file;
}
