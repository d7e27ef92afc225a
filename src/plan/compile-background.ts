import type { BackgroundNode } from "../model/node.ts";
import type { Compilation, Place } from "./compilation.ts";
import type { BackgroundDefinition } from "./definition.ts";
import { fingerprintOfConfig } from "./fingerprint.ts";
import { checkName } from "./names.ts";

/** A program that runs on its own: it has a plan and bindings of its own, which know nothing of where it was started. */
export function compileBackground(definition: BackgroundDefinition, place: Place, into: Compilation): BackgroundNode {
  const { path, segment } = place;
  const name = definition.name ?? place.name;
  checkName(path, "a program in the background", name);
  const compiled = into.compiledApart(definition.program);
  into.background.set(path, compiled);
  const fingerprint = fingerprintOfConfig({ kind: "background", name });
  return Object.freeze({ kind: "background", name, segment, path, fingerprint, starts: compiled.plan });
}
