import type { AnyStep, OutputOf } from "../../dsl/program.ts";
import { hashOf } from "./draws.ts";
import { HistoryError } from "./history-error.ts";
import type { History } from "./history.ts";
import { programSource } from "./program-source.ts";
import { simulateFrom } from "./simulate.ts";
import type { AnySimulation, Simulation } from "./simulation.ts";

/** How many histories are explored, and what each is held against beside the rules for all. */
export interface ExploreOptions<P extends AnyStep> extends Simulation<P> {
  /** How many seeds. */
  readonly seeds: number;
  /** The first of them. @defaultValue `0` */
  readonly from?: number;
  /** Throws where something is wrong with a history. */
  readonly check?: (history: History<OutputOf<P>>) => void | Promise<void>;
}

/** What was seen in all histories together. */
export interface Exploration {
  readonly histories: number;
  readonly crashes: number;
  readonly resumes: number;
  /** How many different orders there were in which operations were completed. */
  readonly orders: number;
  /** After how many different writes, by number and kind, a process died. */
  readonly crashPoints: number;
  /** How many histories ended in which way. */
  readonly statuses: Readonly<Record<string, number>>;
}

/**
 * `simulate` for many seeds, one after the other; ends with the first history that breaks a rule or fails the check.
 * With `FLUJO_SIM_SEED=123` in the environment only that one is simulated, and printed.
 *
 * @throws {HistoryError} With the seed, and the printed history.
 *
 * @example
 * ```ts
 * import { pipeline, step } from "flujo";
 * import { explore } from "flujo/testing";
 *
 * const seen = await explore({
 *   seeds: 200,
 *   build: (sim) => {
 *     const wait = (name: string) => step(name, async (n: number, context) => {
 *       await sim.at(context).latency(5);
 *       return n;
 *     });
 *     return { program: pipeline({ name: "p" }).parallel({ a: wait("a"), b: wait("b") }), input: 1 };
 *   },
 *   check: ({ result }) => {
 *     if (result.status !== "succeeded") throw new Error(`it ${result.status}`);
 *   },
 * });
 * console.log(seen.histories, seen.orders);
 * ```
 */
export async function explore<P extends AnyStep>(options: ExploreOptions<P>): Promise<Exploration> {
  const { seeds, from = 0, check } = options;
  const simulation = options as unknown as Omit<AnySimulation, "seed">; // the types of its program are for whoever wrote it
  const source = programSource(simulation);
  const only = onlySeed();
  const tally = new Tally();
  const last = only === null ? from + seeds : only + 1;
  for (let seed = only ?? from; seed < last; seed++) {
    const history = (await simulateFrom(source, { ...simulation, seed })) as History<OutputOf<P>>;
    if (only !== null) console.log(history.toString());
    tally.add(history);
    try {
      const checking = check?.(history);
      if (checking !== undefined) await checking;
    } catch (error) {
      throw new HistoryError(error, { seed, history: history.toString() });
    }
  }
  return tally.sum;
}

function onlySeed(): number | null {
  const text = process.env["FLUJO_SIM_SEED"];
  if (text === undefined || text === "") return null;
  const seed = Number(text);
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new RangeError(`FLUJO_SIM_SEED is no seed: ${text}. Give a whole number from 0 on.`);
}

/** Keeps numbers, never a history. */
class Tally {
  #histories = 0;
  #crashes = 0;
  #resumes = 0;
  readonly #orders = new Set<number>();
  readonly #crashPoints = new Set<string>();
  readonly #statuses = new Map<string, number>();

  add({ crashes, resumes, entries, result }: History): void {
    this.#histories++;
    this.#crashes += crashes.length;
    this.#resumes += resumes;
    const finished = entries.filter(({ type }) => type === "operation-finished");
    this.#orders.add(hashOf(finished.map(({ key }) => key).join(" ")));
    for (const { write, kind } of crashes) this.#crashPoints.add(`${write} ${kind}`);
    this.#statuses.set(result.status, (this.#statuses.get(result.status) ?? 0) + 1);
  }

  get sum(): Exploration {
    return {
      histories: this.#histories,
      crashes: this.#crashes,
      resumes: this.#resumes,
      orders: this.#orders.size,
      crashPoints: this.#crashPoints.size,
      statuses: Object.fromEntries(this.#statuses),
    };
  }
}
