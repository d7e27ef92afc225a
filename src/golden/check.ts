import { FlujoError } from "../base/errors.ts";
import type { AnyStep } from "../dsl/program.ts";
import { definitionOf } from "../dsl/program.ts";
import type { Compiled } from "../plan/compile.ts";
import { compile } from "../plan/compile.ts";
import type { Cause } from "./drift/causes.ts";
import { findCauses } from "./drift/causes.ts";
import { compareGoldens } from "./drift/compare.ts";
import { runDrift } from "./drift/drift-maker.ts";
import type { DriftLevel, DriftRules } from "./drift/levels.ts";
import { readGolden } from "./file/read-golden.ts";
import type { Golden } from "./golden.ts";
import type { GoldenOptions } from "./record.ts";
import { redactedBy, replay } from "./record.ts";
import { compareRedacted } from "./redacted-otherwise.ts";
import { startNow } from "./start-now.ts";

/** What a golden is checked with. Everything has a default. */
export interface CheckOptions extends GoldenOptions {
  /** Which differences fail, warn or are ignored. Default: all fail. */
  readonly rules?: DriftRules;
}

/** What came of a check. */
export interface GoldenCheck {
  /** The worst of all differences; `clean` where there is none that is not ignored. */
  readonly level: "clean" | Exclude<DriftLevel, "ignore">;
  /** What began the differences, the worst first; what follows from each is in it. */
  readonly causes: readonly Cause[];
  readonly recorded: Golden;
  /** What the code now loaded makes of the recorded answers. */
  readonly now: Golden;
}

/**
 * Runs the code now loaded against a golden, and says what differs. Models, tools, people and the clock answer what was
 * recorded; functions without an effect run. It needs no key, and no network is reached.
 *
 * @param golden - The golden, or the file it is in.
 * @throws {FlujoError} `golden_unreadable`, `golden_newer`; `usage_invalid` where it is one of another pipeline.
 *
 * @example
 * ```ts
 * import { pipeline, step } from "flujo";
 * import { checkGolden, describeDrift, plainText, recordGolden } from "flujo/testing";
 *
 * const greet = (word: string) => pipeline({ name: "greet" }).step(step("say", (who: string) => `${word}, ${who}!`));
 * const golden = await recordGolden(greet("Hello"), "Ada");
 * const { level, causes } = await checkGolden(greet("Good morning"), golden);
 * console.log(level); // fail
 * for (const cause of causes) console.log(plainText(await describeDrift(cause)));
 * ```
 */
export async function checkGolden(program: AnyStep, golden: Golden | string, options: CheckOptions = {}): Promise<GoldenCheck> {
  const compiled = compile(definitionOf(program));
  const recorded = typeof golden === "string" ? await readGolden(golden) : golden;
  refuseOther(compiled, recorded);
  const { begins, refusals } = await startNow(compiled, recorded, options.redact ?? {});
  let now = await replay({ ...recorded, ...begins }, compiled, options);
  let drifts = compareGoldens(recorded, now);
  if (drifts.length > 0) {
    now = redactedBy(options)(now); // what is the same as something redacted needs no look
    drifts = compareRedacted(recorded, now, options);
  }
  const causes = findCauses([...refusals.map(runDrift), ...drifts], options.rules);
  return { level: levelOf(causes), causes, recorded, now };
}

/** @throws {FlujoError} `usage_invalid` where a golden is one of another pipeline. */
export function refuseOther({ plan }: Compiled, { pipeline }: Golden): void {
  if (pipeline === plan.name) return;
  throw new FlujoError("usage_invalid", `The golden is one of "${pipeline}", and the program is "${plan.name}".`, {
    remedy: "Check it with the program it was recorded with; after a new name, record it again.",
  });
}

function levelOf(causes: readonly Cause[]): GoldenCheck["level"] {
  if (causes.some(({ level }) => level === "fail")) return "fail";
  return causes.some(({ level }) => level === "warn") ? "warn" : "clean";
}
