export type { Draws } from "./draws.ts";
export type { Exploration, ExploreOptions } from "./explore.ts";
export { explore } from "./explore.ts";
export type { Crash, Crashes, CrashKind } from "./fate.ts";
export type { History, ProcessPart } from "./history.ts";
export { HistoryError } from "./history-error.ts";
export type { Delivery } from "./outside.ts";
export { simulate } from "./simulate.ts";
export type { AnyPlace, OutsideRun, ScriptedEvent, SeededSimulation, Sim, Simulated, SimulatedPlace, Simulation } from "./simulation.ts";
