import { noAmbientTime } from "./no-ambient-time.ts";
import type { Rule } from "./rule.ts";

const rules: Readonly<Record<string, Rule>> = { "no-ambient-time": noAmbientTime };

/** Rules of this repository alone; oxlint loads them by `.oxlintrc.json`. */
export default { meta: { name: "flujo" }, rules };
