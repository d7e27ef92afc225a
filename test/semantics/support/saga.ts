import type { ToUndo } from "../../../src/index.ts";
import { step } from "../../../src/index.ts";
import type { Stage } from "./stage.ts";

/** A step that notes that it was done, and gives its name and what it was given. */
export function does<const Name extends string>(stage: Stage, name: Name) {
  return step(name, (value: unknown): string => {
    stage.note(`${name} of ${String(value)}`);
    return `${name} ${String(value)}`;
  });
}

/** A step that notes what it undoes. */
export function undoes(stage: Stage, what: string) {
  return step("undo", ({ input, output }: ToUndo) => stage.note(`undo ${what}: ${String(output)} of ${String(input)}`));
}
