import { mkdirSync, rmSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { v7 } from "uuid";
import { Flujo, FlujoError } from "../../../src/index.ts";
import type { Entry } from "../../../src/index.ts";
import { duration } from "../../../src/cli/terminal/index.ts";
import type { ChosenModel } from "../models.ts";
import { OFFLINE_MODEL } from "../models.ts";
import type { Output } from "../output.ts";
import { BATCH } from "../job.ts";
import { STATE, STATE_FILE } from "../state.ts";
import type { Verdict } from "./crash-report.ts";
import { reportCrash } from "./crash-report.ts";
import type { Counted } from "./facts.ts";
import { deskFacts, modelFacts } from "./facts.ts";
import type { CountFiles } from "./files.ts";
import { linesOf } from "./files.ts";
import { StageLine } from "./stage-line.ts";
import { startChild } from "./start-child.ts";

const COUNTS = ".flujo/crash";

interface Crash {
  readonly model: ChosenModel;
  readonly output: Output;
}

/** A process runs the tickets, another is killed half-way, a third goes on with what that one left. Gives the exit code. */
export async function runCrash({ model, output }: Crash): Promise<number> {
  const { strong, faint } = output.paint;
  output.say(
    `${strong("flujo demo --crash")} · support triage · ${BATCH.size} tickets · ${model.reference}`,
    faint(`state ${STATE_FILE} · calls counted outside it, in ${COUNTS}/ · the demo answers its own approval`),
    "",
  );
  rmSync(COUNTS, { recursive: true, force: true });
  mkdirSync(COUNTS, { recursive: true, mode: 0o700 });
  const stopped = (): never => process.exit(interrupted(output));
  process.once("SIGINT", stopped);
  try {
    const verdict = await crashAndCompare({ model, output });
    reportCrash(verdict, output);
    return verdict.isGood ? 0 : 1;
  } finally {
    process.off("SIGINT", stopped);
  }
}

async function crashAndCompare({ model, output }: Crash): Promise<Verdict> {
  await makeSureOfState();
  const calm = v7();
  const [calmFiles, hurtFiles] = [filesOf("undisturbed"), filesOf("killed")];
  const order = { model: model.reference, isResume: false, killAfter: null };
  await staged(output, "undisturbed run", (tell) => startChild({ ...order, runId: calm }, calmFiles, tell));
  const whole = await entriesOf(calm);
  const hurt = v7();
  const killAfter = Math.floor(whole.length / 2);
  const { wasKilled } = await staged(output, "the same, killed half-way by SIGKILL", (tell) =>
    startChild({ ...order, runId: hurt, killAfter }, hurtFiles, tell),
  );
  if (!wasKilled)
    throw new FlujoError("step_failed", `The run ended before entry ${killAfter}, so nothing was killed.`, { remedy: "Run it again." });
  const atKill = await entriesOf(hurt);
  const before = { models: linesOf(hurtFiles.models), desk: linesOf(hurtFiles.desk) };
  await staged(output, "resumed by a new process", (tell) => startChild({ ...order, runId: hurt, isResume: true }, hurtFiles, tell));
  const count = (kind: keyof CountFiles): Counted => ({
    undisturbed: linesOf(calmFiles[kind]),
    beforeKill: before[kind],
    afterKill: linesOf(hurtFiles[kind]).slice(before[kind].length),
  });
  const [models, desk] = [modelFacts(count("models"), atKill), deskFacts(count("desk"), atKill)];
  const recorded = { undisturbed: modelOutcomes(whole), killed: modelOutcomes(await entriesOf(hurt)) };
  const differs = model.reference === OFFLINE_MODEL ? await differences(calm, hurt) : null;
  const isGood =
    models.repeated + desk.repeated === 0 && (differs === null || (differs.length === 0 && recorded.undisturbed === recorded.killed));
  return {
    isGood,
    runs: { undisturbed: calm, killed: hurt },
    boundary: { entries: atKill.length, of: whole.length, last: atKill.at(-1) ?? null },
    models,
    desk,
    recorded,
    differs,
  };
}

async function staged<T>(output: Output, label: string, run: (tell: (entries: number) => void) => Promise<T>): Promise<T> {
  const line = new StageLine(output, label);
  const startedAt = performance.now();
  try {
    const came = await run(line.update);
    line.end(duration(performance.now() - startedAt));
    return came;
  } catch (error) {
    line.fail();
    throw error;
  }
}

/** A state file that cannot be used is better told here than by a process that ends at once. */
async function makeSureOfState(): Promise<void> {
  await using flujo = new Flujo({ state: STATE });
  await flujo.list({ limit: 1 });
}

async function entriesOf(runId: string): Promise<readonly Entry[]> {
  await using flujo = new Flujo({ state: STATE });
  return await flujo.entries(runId);
}

function modelOutcomes(entries: readonly Entry[]): number {
  return entries.filter((entry) => entry.type === "operation-finished" && entry.op === "model").length;
}

/** In what the two runs differ, worked out from their journals alone. */
async function differences(calm: string, hurt: string): Promise<readonly string[]> {
  await using flujo = new Flujo({ state: STATE });
  const [a, b] = [await flujo.result(calm), await flujo.result(hurt)];
  const fields = ["status", "output", "context", "usage", "cost"] as const;
  return fields.filter((field) => !isDeepStrictEqual(valueOf(a, field), valueOf(b, field)));
}

function valueOf(result: object, field: string): unknown {
  return Reflect.get(result, field);
}

function filesOf(name: string): CountFiles {
  return { models: `${COUNTS}/${name}.models.log`, desk: `${COUNTS}/${name}.desk.log` };
}

function interrupted(output: Output): number {
  output.say("", "Stopped. The runs so far are in the state file; start --crash again for a comparison.");
  return 130;
}
