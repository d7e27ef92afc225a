import { ERRORS, FlujoError, messageOf } from "../base/errors.ts";
import { fingerprintOf, sha256 } from "../base/hash.ts";
import type { Json } from "../base/json.ts";
import type { Schema } from "../base/schema.ts";
import { jsonSchemaOf } from "../base/schema.ts";
import { newRunId, systemClock } from "../base/system.ts";
import type { Failure, Flujo, Pause, RunRecord, RunResult } from "../index.ts";
import { definitionOf } from "../index.ts";
import type { RunReport, RunsPort, ServedProgram } from "../mcp/server/runs-port.ts";
import { isLate } from "../model/in-time.ts";
import { viewOf } from "../model/run-view.ts";
import { jsonText } from "./json-text.ts";
import type { LoadedProgram } from "./load-program.ts";
import { isForPeople, openPauses } from "./open-pauses.ts";
import { inputSchemaOf } from "./program-input.ts";

/** What runs are served with. */
export interface ServedRunsParts {
  readonly flujo: Flujo;
  readonly programs: readonly LoadedProgram[];
  /** The model that every agent uses instead of its own; null for their own. */
  readonly model: string | null;
  /** How long a client is kept waiting for a run to come to rest, in milliseconds. */
  readonly patienceMs: number;
  /** Told of runs that could not go on after their client had its answer. */
  readonly warn: (line: string) => void;
}

type Resting = Promise<RunResult<unknown>>;

/** The runs of a file's programs, as clients see them. They go on whether or not anybody asks. */
export class ServedRuns implements RunsPort {
  readonly #parts: ServedRunsParts;
  readonly #loaded: ReadonlyMap<string, LoadedProgram>;
  readonly #working = new Set<Resting>();
  readonly programs: readonly ServedProgram[];

  constructor(parts: ServedRunsParts) {
    this.#parts = parts;
    this.#loaded = new Map(toolNames(parts.programs).map((name, at) => [name, parts.programs[at] as LoadedProgram]));
    this.programs = [...this.#loaded].map(([name, { program, label }]) => served(name, { program, label }));
  }

  /** Resolves when no run that was begun here is being worked on any more. */
  async allAtRest(): Promise<void> {
    while (this.#working.size > 0) await Promise.allSettled(this.#working);
  }

  async start(name: string, input: unknown, key: string | null): Promise<RunReport> {
    const { flujo, model } = this.#parts;
    const loaded = this.#loaded.get(name);
    if (loaded === undefined) throw new FlujoError("export_not_found", `No program "${name}" is served here.`);
    const runId = key === null ? newRunId() : `mcp-${sha256(`${loaded.source.exportName} ${key}`).slice(0, 32)}`;
    if (key !== null && (await flujo.find(runId)) !== null) return this.status(runId); // begun by an attempt before this one
    const { program, source } = loaded;
    const overridden = model === null ? {} : { model };
    await flujo.check(program, { start: { input }, ...overridden });
    return this.#report(runId, flujo.run(program, input as never, { runId, source, ...overridden })).catch((error: unknown) => {
      if (key !== null && FlujoError.is(error, "run_exists")) return this.status(runId); // another attempt was faster
      throw error;
    });
  }

  async status(runId: string): Promise<RunReport> {
    return this.#standing(await this.#recordOf(runId));
  }

  async answer(runId: string, { pause, value }: { readonly pause: string | null; readonly value: unknown }): Promise<RunReport> {
    const { program } = this.#programOf(await this.#recordOf(runId));
    const which = pause === null ? {} : { pause };
    return this.#report(runId, this.#parts.flujo.answer(program, runId, { ...which, value }));
  }

  async resume(runId: string): Promise<RunReport> {
    const { flujo } = this.#parts;
    const record = await this.#recordOf(runId);
    const { program } = this.#programOf(record);
    if (flujo.isRunning(record)) return this.#standing(record);
    return this.#report(runId, flujo.resume(program, runId));
  }

  /** Waits for a while; tells how the run stands by then. */
  async #report(runId: string, resting: Resting): Promise<RunReport> {
    this.#working.add(resting);
    const patience = Promise.withResolvers<null>();
    const callOff = systemClock.after(this.#parts.patienceMs, () => patience.resolve(null));
    let isTold = false;
    resting
      .catch((error: unknown) => {
        if (isTold) this.#parts.warn(`Run ${runId} could not go on: ${messageOf(error)}`);
      })
      .finally(() => this.#working.delete(resting));
    try {
      const result = await Promise.race([resting, patience.promise]);
      return result === null ? await this.status(runId) : reportOf(result);
    } finally {
      isTold = true;
      callOff();
    }
  }

  /** Runs of other programs that share the state are none of a client's business. */
  async #recordOf(runId: string): Promise<RunRecord> {
    const record = await this.#parts.flujo.find(runId);
    if (record !== null && this.#isServed(record)) return record;
    throw new FlujoError("run_not_found", `There is no run ${runId} of the programs served here.`, {
      remedy: "Give the runId that starting it gave.",
    });
  }

  #isServed({ source }: RunRecord): boolean {
    return source !== null && [...this.#loaded.values()].some((loaded) => isSame(loaded.source, source));
  }

  #programOf({ source, runId }: RunRecord): LoadedProgram {
    const loaded = [...this.#loaded.values()].find((each) => source !== null && isSame(each.source, source));
    if (loaded === undefined) throw new FlujoError("run_not_found", `There is no run ${runId} of the programs served here.`);
    return loaded;
  }

  async #standing(record: RunRecord): Promise<RunReport> {
    const { flujo } = this.#parts;
    const { runId, pipeline } = record;
    if (record.status !== "running") return reportOf(await flujo.result(runId));
    const entries = await flujo.entries(runId);
    const { usage, cost } = viewOf(entries, runId);
    const pauses = openPauses(entries);
    const facts = {
      runId,
      pipeline,
      usage: asJson(usage),
      cost: asJson(cost),
      ...(pauses.length === 0 ? {} : { pauses: pausesOf(pauses) }),
    };
    if (flujo.isRunning(record))
      return { ...facts, status: "running", next: pauses.some(isForPeople) ? `${ASK_LATER} ${ANSWER}` : ASK_LATER };
    return { ...facts, status: "interrupted", next: RESUME };
  }
}

const ASK_LATER = "It goes on. Ask run_status for it later.";
const ANSWER = "It waits for a person: have one decide, and answer with run_answer.";
const RESUME = "Go on with it: run_resume.";
const NOBODY_ASKED = "It waits for a signal or a moment, and nobody is asked. When that has come, go on with it: run_resume.";
const TOO_LATE = "The time in which a person could answer is over. Go on with it, and it is as its limit says: run_resume.";

function nextOf(pauses: readonly Pause[]): string {
  const people = pauses.filter(isForPeople);
  if (people.length === 0) return NOBODY_ASKED;
  const nowMs = systemClock.now();
  return people.every((pause) => isLate(nowMs, pause)) ? TOO_LATE : ANSWER;
}

function isSame(a: LoadedProgram["source"], b: LoadedProgram["source"]): boolean {
  return a.file === b.file && a.exportName === b.exportName;
}

function reportOf(result: RunResult<unknown>): RunReport {
  const { runId, pipeline, usage, cost } = result;
  const facts = { runId, pipeline, usage: asJson(usage), cost: asJson(cost) };
  switch (result.status) {
    case "succeeded":
      return { ...facts, status: "succeeded", output: asJson(result.output) };
    case "failed":
      return { ...facts, status: "failed", failure: failureOf(result.failure) };
    case "paused":
      return { ...facts, status: "paused", pauses: pausesOf(result.pauses), next: nextOf(result.pauses) };
    case "stopped":
      return { ...facts, status: "stopped", next: RESUME };
    case "cancelled":
      return { ...facts, status: "cancelled" };
  }
}

function failureOf({ code, message, remedy = ERRORS[code].remedy }: Failure): NonNullable<RunReport["failure"]> {
  return { code, message, remedy };
}

function pausesOf(pauses: readonly Pause[]): NonNullable<RunReport["pauses"]> {
  return pauses.map(({ id, name, show, answerSchema }) => ({ pause: id, name, show: asJson(show ?? null), answerSchema }));
}

function asJson(value: unknown): Json {
  return JSON.parse(jsonText(value, 0)) as Json;
}

/** Names for tools: the exports' own, as far as letters go; the default export is called after its program. */
function toolNames(programs: readonly LoadedProgram[]): readonly string[] {
  const taken = new Set<string>();
  return programs.map(({ program, source: { exportName } }) => {
    const wanted = exportName === "default" ? (program.name ?? "default") : exportName;
    const plain = wanted.replace(/[^A-Za-z0-9_-]+/g, "_").slice(0, 50);
    const name = taken.has(plain) || plain.replaceAll("_", "") === "" ? `${plain}_${fingerprintOf(exportName).slice(0, 6)}` : plain;
    taken.add(name);
    return name;
  });
}

const KINDS: Readonly<Record<string, string>> = { agent: "agent", step: "step" };

function served(name: string, { program, label }: Pick<LoadedProgram, "program" | "label">): ServedProgram {
  const definition = definitionOf(program);
  const what = `Starts the ${KINDS[definition.kind] ?? "pipeline"} ${program.name ?? name}.`;
  return { name, description: what, inputSchema: describedInput(inputSchemaOf(definition), label) };
}

/** A schema that cannot describe itself still checks: clients are told nothing of it, and refused by it. */
function describedInput(schema: Schema | null, label: string): Json | null {
  if (schema === null) return null;
  try {
    return jsonSchemaOf(schema, `The input of ${label}`);
  } catch (error) {
    if (FlujoError.is(error, "schema_without_json_schema")) return null;
    throw error;
  }
}
