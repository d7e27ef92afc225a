import { existsSync } from "node:fs";
import { Flujo, type FlujoOptions } from "../index.ts";
import type { Desk } from "./desk.ts";

const DEFAULT_STATE = "sqlite:.flujo/state.db";

/** Where state is: `--state`, else `FLUJO_STATE`, else a file in the folder one is in. */
export function stateOf(desk: Desk): string {
  const fromEnvironment = process.env["FLUJO_STATE"];
  return desk.state ?? (fromEnvironment === undefined || fromEnvironment === "" ? DEFAULT_STATE : fromEnvironment);
}

/** A Flujo on that state. A place that is none is refused with the first use of it. */
export function openFlujo(desk: Desk): Flujo {
  return new Flujo({ state: stateOf(desk) as NonNullable<FlujoOptions["state"]> });
}

/** Whether there may be runs at all. Reading commands ask first, so that they do not make a file by looking. */
export function hasState(desk: Desk): boolean {
  const file = /^sqlite:(.+)$/.exec(stateOf(desk))?.[1];
  return file === undefined ? stateOf(desk) !== "memory" : existsSync(file);
}
