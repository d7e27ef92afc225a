import type { AnyStep } from "../../dsl/program.ts";
import type { AnySimulation, Sim, Simulated, SimulatedPlace } from "./simulation.ts";

/** Where a process has its program from. */
export type ProgramSource = (sim: Sim) => Simulated<AnyStep>;

/** The program of a simulation, made as often as it says. */
export function programSource({ build, builds = "process" }: Pick<AnySimulation, "build" | "builds">): ProgramSource {
  return builds === "process" ? build : builtOnce(build);
}

/** The functions of the one program get at whichever process was the last to begin. Of those before it nothing goes on any more. */
function builtOnce(build: ProgramSource): ProgramSource {
  let current: Sim | null = null;
  let built: Simulated<AnyStep> | null = null;
  const now = (): Sim => {
    if (current === null) throw new TypeError("There is no process yet.");
    return current;
  };
  const place: SimulatedPlace = {
    int: (below) => now().int(below),
    chance: (share) => now().chance(share),
    pick: (list) => now().pick(list),
    latency: (maxMs, signal) => now().latency(maxMs, signal),
  };
  const sim: Sim = {
    ...place,
    at: (where) => now().at(where),
    get process() {
      return now().process;
    },
    log: (text) => now().log(text),
    call: (name, key) => now().call(name, key),
  };
  return (own) => {
    current = own;
    built ??= build(sim);
    return built;
  };
}
