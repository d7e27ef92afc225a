import type { AnyStep, OutputOf } from "../../dsl/program.ts";
import { Flujo } from "../../runner/flujo.ts";
import { brokenRule, readOtherwise } from "./check-history.ts";
import { HistoryError } from "./history-error.ts";
import type { History } from "./history.ts";
import { journalInWords, replayOf } from "./history.ts";
import type { ProgramSource } from "./program-source.ts";
import { programSource } from "./program-source.ts";
import type { AnySimulation, SeededSimulation } from "./simulation.ts";
import { World } from "./world.ts";

/**
 * Runs a program in a world that one seed decides: how long everything takes and what comes first, when processes die and
 * what of their last write is left, what arrives late or twice. Time is virtual, so that thirty days take no longer than
 * thirty milliseconds. Processes that die are followed by others, which go on with the run, until it has ended or waits for
 * what nobody will give. The same seed gives the same history, to the letter, on every machine.
 *
 * Every history is held against the rules that all runs keep: the journal has what was committed and nothing else, no
 * outcome twice, what was told is there, what is on record is not done again, and whoever reads the result later gets what
 * the caller was told.
 *
 * @throws {HistoryError} Where a rule is broken or the run cannot go on; it names the seed and prints the history.
 *
 * @example
 * ```ts
 * import { pipeline, step } from "flujo";
 * import { simulate } from "flujo/testing";
 *
 * const history = await simulate({
 *   seed: 42,
 *   build: (sim) => {
 *     const pay = step("pay", async (amount: number, context) => {
 *       await sim.at(context).latency(20);
 *       sim.call("payment", context.idempotencyKey);
 *       return amount;
 *     });
 *     return { program: pipeline({ name: "order" }).step(pay), input: 7 };
 *   },
 * });
 * console.log(history.result.unwrap(), history.crashes.length);
 * console.log(history.toString());
 * ```
 */
export async function simulate<P extends AnyStep>(simulation: SeededSimulation<P>): Promise<History<OutputOf<P>>> {
  const untyped = simulation as unknown as AnySimulation; // the types of its program are for whoever wrote it
  return (await simulateFrom(programSource(untyped), untyped)) as History<OutputOf<P>>;
}

/** {@link simulate}, for whoever has the program's source already. */
export async function simulateFrom(source: ProgramSource, simulation: AnySimulation): Promise<History> {
  const { seed } = simulation;
  const world = new World({ simulation, source });
  try {
    await world.live();
    return await historyOf(world, seed);
  } catch (error) {
    throw new HistoryError(error, { seed, history: await printed(world) });
  }
}

async function historyOf(world: World, seed: number): Promise<History> {
  const { runId, inner, ledger, processes, crashes, counts, resumes, passedMs, outside, calls } = world;
  const entries = await inner.entries({ runId });
  hold(brokenRule({ entries, committed: ledger.entries, processes }));
  const reader = new Flujo({ state: inner });
  const read = await reader.result(runId);
  await reader.close();
  hold(readOtherwise(processes, read));
  const { writes } = counts;
  const { deliveries } = outside;
  const about = { seed, runId, result: read, entries, crashes, writes, resumes, passedMs, processes, deliveries, calls };
  return { ...about, toString: () => historyInWords(about, world) };
}

function hold(broken: string | null): void {
  if (broken !== null) throw new Error(broken);
}

function historyInWords(history: Omit<History, "toString">, world: World): string {
  const { seed, result, entries, crashes, writes, resumes, passedMs } = history;
  const sums = `${entries.length} entries, ${writes} writes, ${crashes.length} crashes, gone on with ${resumes} times, ${passedMs} ms`;
  return [`History of seed ${seed}: ${result.status}; ${sums}`, told(world, entries), replayOf(seed)].join("\n");
}

function told(world: World, entries: History["entries"]): string {
  return `${world.trace.toString()}\njournal of ${world.runId}:\n${journalInWords(entries, world.startMs)}`;
}

/** A history that came to nothing, as far as it came. */
async function printed(world: World): Promise<string> {
  return told(world, await world.inner.entries({ runId: world.runId }));
}
