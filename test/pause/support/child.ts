import { Flujo } from "../../../src/index.ts";
import { countEffectsIn } from "../../kill/effects.ts";
import { RUN_ID } from "./answered-run.ts";
import { answerTo, ASKS, PLACES, programOf, severalAtOnce } from "./places.ts";

// A process that begins a run, or answers one pause of it, and ends.

/** What the process is told, as its one argument. */
export interface ChildTask {
  readonly file: string;
  readonly effects: string;
  readonly asks: keyof typeof ASKS;
  /** From the outside to the inside. */
  readonly inside: readonly (keyof typeof PLACES)[];
  /** Null to begin the run. */
  readonly answers: { readonly id: string; readonly waitsFor: string } | null;
}

const { file, effects, asks, inside, answers } = JSON.parse(process.argv[2] ?? "") as ChildTask;
countEffectsIn(effects);
const program = programOf(inside.reduceRight((inner, name) => PLACES[name](inner), severalAtOnce(ASKS[asks], 3)));
await using flujo = new Flujo({ state: `sqlite:${file}`, durability: "normal" });
const result = await (answers === null
  ? flujo.run(program, "in" as never, { runId: RUN_ID })
  : flujo.answer(program, RUN_ID, { pause: answers.id, value: answerTo(answers) }));
process.stdout.write(JSON.stringify({ status: result.status, pauses: result.status === "paused" ? result.pauses : [] }));
