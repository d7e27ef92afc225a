import { readFileSync, statSync } from "node:fs";
import { extname } from "node:path";
import { FlujoError } from "../base/errors.ts";
import { isPlainObject } from "../base/json.ts";
import { type Plan, planOf } from "../index.ts";
import type { Desk } from "./desk.ts";
import { loadProgram } from "./load-program.ts";
import { shown } from "./shown-path.ts";
import { openFlujo } from "./state.ts";
import { findRun } from "./find-run.ts";

/** A plan, and what the user calls it. */
export interface MeantPlan {
  readonly plan: Plan;
  readonly label: string;
}

/**
 * The plan that somebody means: of a program in a file (`FILE#export`), of a plan that was kept (`flujo explain FILE --json
 * > plan.json`), or, where there is no such file, of the run of this id.
 *
 * @throws {FlujoError} As {@link loadProgram}; `run_not_found`; `file_not_loadable` for JSON that is no plan.
 */
export async function planMeant(desk: Desk, where: string): Promise<MeantPlan> {
  if (extname(where).toLowerCase() === ".json" && isFile(where)) return { plan: keptPlan(where), label: shown(where) };
  if (looksLikeRun(where)) return await planOfRun(desk, where);
  desk.busyWith = `the file ${where}, whose top-level await never comes to an end`;
  const { program, label } = await loadProgram(where);
  desk.busyWith = null;
  return { plan: planOf(program), label };
}

function isFile(where: string): boolean {
  return statSync(where, { throwIfNoEntry: false })?.isFile() === true;
}

/** Not the name of anything that is there, nor written like a path. */
function looksLikeRun(where: string): boolean {
  const file = where.replace(/#[^#]*$/, "");
  return extname(file) === "" && !/[\\/]/.test(file) && statSync(file, { throwIfNoEntry: false }) === undefined;
}

async function planOfRun(desk: Desk, run: string): Promise<MeantPlan> {
  await using flujo = openFlujo(desk);
  const { runId } = await findRun(desk, flujo, run);
  return { plan: await flujo.planOf(runId), label: `run ${runId}` };
}

function keptPlan(file: string): Plan {
  const document = parsed(file);
  const plan = isPlainObject(document) && isPlainObject(document["plan"]) ? document["plan"] : document;
  if (
    isPlainObject(plan) &&
    plan["format"] === 1 &&
    typeof plan["name"] === "string" &&
    typeof plan["hash"] === "string" &&
    isPlainObject(plan["root"])
  )
    return plan as unknown as Plan; // written by `explain --json`, which has the rest of it
  throw notAPlan(file, null);
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw notAPlan(file, error);
  }
}

function notAPlan(file: string, cause: unknown): FlujoError {
  const remedy = "Keep one with: flujo explain FILE#export --json > plan.json";
  return new FlujoError("file_not_loadable", `${shown(file)} is no plan that was kept.`, { remedy, ...(cause === null ? {} : { cause }) });
}
