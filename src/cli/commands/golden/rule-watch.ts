import type { Golden } from "../../../golden/golden.ts";
import { matches } from "../../../golden/drift/levels.ts";
import type { GoldenRules } from "../../../golden/project/golden-rules.ts";
import { nearSteps } from "../../../golden/steps.ts";
import type { Desk } from "../../desk.ts";

/** Watches which rules for paths have to do with any golden: one that has not may be misspelt, and is obeyed by nothing. */
export class RuleWatch {
  readonly #unmet = new Map<string, Set<string>>();
  readonly #met = new Set<string>();

  /** Takes note of a golden, and of the rules it is checked by. */
  note({ rules }: GoldenRules, { operations, agents }: Golden): void {
    const patterns = (rules.paths ?? []).map(({ path }) => path).filter((pattern) => !this.#met.has(pattern));
    if (patterns.length === 0) return;
    const paths: readonly string[] = [...operations.map(({ path }) => path), ...Object.keys(agents)];
    for (const pattern of patterns) {
      if (paths.some((path) => matches(pattern, path))) this.#met.add(pattern);
      else this.#unmet.set(pattern, new Set([...(this.#unmet.get(pattern) ?? []), ...paths]));
    }
  }

  /** Warns of each that nothing has to do with. */
  warn({ output }: Desk): void {
    for (const [pattern, paths] of this.#unmet)
      if (!this.#met.has(pattern))
        output.warn(
          `The rule for ${pattern} in package.json (flujo.golden.paths) matches nothing in any golden.${nearSteps(pattern, paths)}`,
        );
  }
}
