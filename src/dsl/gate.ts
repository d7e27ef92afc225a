import { isPlainObject } from "../base/json.ts";
import { invalid, refuseUnknown, shown } from "../plan/invalid.ts";
import type { LooseBranches } from "./build-members.ts";
import { JOIN, slotsOf } from "./build-members.ts";
import type { InputOfAll, JudgesFit, NeedsOfAll } from "./fits.ts";
import type { JoinOptions } from "./pipeline-options.ts";
import type { NamedStep } from "./program.ts";
import { definitionKey } from "./program.ts";
import type { AllOf } from "./retry-options.ts";

/** What `gate()` takes. */
export interface GateOptions<Name extends string, Judges, MinScore extends number | undefined> extends Omit<JoinOptions, "name"> {
  /** Unique among its siblings; part of its path. */
  readonly name: Name;
  /** By their names, the programs that judge the value. Each gives true, false, `{ ok, score, feedback }` or, where there is a `minScore`, a score. */
  readonly judges: JudgesFit<Judges, MinScore>;
  /** How many have to agree: all, more of those that vote than do not, or so many. @defaultValue `"all"` */
  readonly needs?: "all" | "majority" | number;
  /** A judge agrees only with a score of at least so much. Default: scores do not matter. */
  readonly minScore?: MinScore;
  /**
   * What a judge that fails means. `propagate`: its failure is the gate's. `ignore`: it does not vote; a gate for which nobody votes
   * is closed. @defaultValue `"propagate"`
   */
  readonly onFailure?: "propagate" | "ignore";
}

interface LooseOptions extends Omit<JoinOptions, "name"> {
  readonly name: string;
  readonly judges: unknown;
  readonly needs?: "all" | "majority" | number;
  readonly minScore?: number | undefined;
  readonly onFailure?: "propagate" | "ignore";
}

const KNOWN: AllOf<LooseOptions> = { ...JOIN, judges: true, needs: true, minScore: true, onFailure: true };

/**
 * Lets a value through where enough judges agree, and fails as `gate_closed` where they do not, with who said what. They run at
 * the same time, on the same value, until their votes decide; those that have not voted by then are cancelled.
 *
 * It gives what it was given, typed as what its judges take. In a pipeline `.tap(gate(…))` does the same and keeps the type of
 * what passes.
 *
 * @throws {FlujoError} `pipeline_invalid` for options that there are not or that make no sense, naming the gate.
 *
 * @example
 * ```ts
 * import { Flujo, gate, pipeline, step } from "flujo";
 * import { z } from "zod";
 *
 * const short = step("short", (text: string) => ({ ok: text.length < 20, feedback: "It is too long." }));
 * const polite = step("polite", (text: string) => !text.includes("!"));
 * const send = pipeline({ name: "send", input: z.string() })
 *   .tap(gate({ name: "check", judges: { short, polite } }))
 *   .step("send", (text) => `sent: ${text}`);
 * const flujo = new Flujo();
 * console.log((await flujo.run(send, "Good morning.")).unwrap()); // sent: Good morning.
 * await flujo.close();
 * ```
 */
export function gate<const Name extends string, J, const MinScore extends number | undefined = undefined>(
  options: GateOptions<Name, J, MinScore>,
): NamedStep<InputOfAll<J>, InputOfAll<J>, NeedsOfAll<J>, Name>;
export function gate(options: LooseOptions): unknown {
  const given: unknown = options;
  if (!isPlainObject(given)) throw invalid("gate()", `its options are ${shown(given)}`, "Write gate({ name, judges: { name: program } }).");
  refuseUnknown("gate()", options, KNOWN);
  const { name, judges, needs = "all", minScore = null, onFailure = "propagate" } = options;
  const { concurrency = Number.POSITIVE_INFINITY, merge = "update" } = options;
  const definition = Object.freeze({
    kind: "gate" as const,
    name,
    judges: slotsOf(`gate ${shown(name)}`, judges as LooseBranches, "judge"),
    needs,
    minScore,
    onFailure,
    concurrency,
    merge,
  });
  return Object.freeze({ name, [definitionKey]: definition });
}
