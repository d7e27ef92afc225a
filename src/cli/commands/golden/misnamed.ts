import { basename } from "node:path";
import { misnamedGoldens } from "../../../golden/project/find-goldens.ts";
import type { Desk } from "../../desk.ts";
import { shown } from "../../shown-path.ts";

/** Warns of files that somebody may take for goldens, and that nothing finds. */
export function warnOfMisnamed({ output }: Desk, from: string): void {
  for (const file of misnamedGoldens(from))
    output.warn(`${shown(file)} is left out: the name of a golden ends in .golden.yaml. Rename it: ${basename(file, ".yml")}.yaml.`);
}
