import type { DrawnGroup, DrawnNode } from "./drawing.ts";

/** What is written on the frame of a group. */
export function captionOf({ kind, called = kind, label, note }: DrawnGroup): string {
  return [label, called === "sequence" || called === label ? "" : called, ...note.split("\n")].filter((part) => part !== "").join(" · ");
}

/** What is written in a box below its name: what it is, where the name does not say so already, and more of it. */
export function captionsOf({ kind, called = kind, label, note }: Pick<DrawnNode, "kind" | "called" | "label" | "note">): readonly string[] {
  return [called === label.replace(/-\d+$/, "") ? "" : called, ...note.split("\n")].filter((text) => text !== "");
}
