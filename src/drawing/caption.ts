import type { DrawnGroup, DrawnNode } from "./drawing.ts";

/** What is written on the frame of a group. */
export function captionOf({ kind, label, note }: DrawnGroup): string {
  return [label, kind === "sequence" || kind === label ? "" : kind, note].filter((part) => part !== "").join(" · ");
}

/** What is written in a box below its name: what it is, where the name does not say so already, and more of it. */
export function captionsOf({ kind, label, note }: Pick<DrawnNode, "kind" | "label" | "note">): readonly string[] {
  return [kind === label.replace(/-\d+$/, "") ? "" : kind, note].filter((text) => text !== "");
}
