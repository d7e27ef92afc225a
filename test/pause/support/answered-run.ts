import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AnyStep, Entry, Pause, RunResult } from "../../../src/index.ts";
import { Flujo } from "../../../src/index.ts";
import { memoryStore } from "../../../src/journal/memory/memory-store.ts";
import { openSqliteStore } from "../../../src/journal/sqlite/open-sqlite-store.ts";
import { ManualClock } from "../../../src/testing/index.ts";
import { countEffectsIn } from "../../kill/effects.ts";
import { effectsIn } from "../../kill/evidence.ts";
import { answerTo } from "./places.ts";

/** Who answers: this Flujo; one that has only the state file in common, a new one for each; or nobody who has the program. */
export const WAYS = ["in the same process", "each in another process", "as signals"] as const;
export type Way = (typeof WAYS)[number];

/** What came of a run whose pauses were all answered. */
export interface Answered {
  readonly result: RunResult<unknown>;
  readonly effects: readonly string[];
  readonly journal: readonly Entry[];
  /** Every pause that was answered, in the order of the answers. */
  readonly pauses: readonly Pause[];
  /** How many were open at the same time at most. */
  readonly most: number;
}

export const RUN_ID = "run-1";

/** A folder of its own for state and effects. */
export class Ground implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "flujo-pause-"));
  readonly effects = join(this.#folder, "effects");
  #files = 0;

  path(name: string): string {
    return join(this.#folder, `${this.#files++}-${name}`);
  }

  countAnew(): void {
    writeFileSync(this.effects, "");
    countEffectsIn(this.effects);
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }
}

/** Gives the open pauses in the order in which they are answered. */
export type Order = (pauses: readonly Pause[]) => readonly Pause[];

/** Where answers go. */
interface Desk {
  /** Answers these pauses, one after the other, and gives what came of the last. */
  answer(pauses: readonly Pause[]): Promise<RunResult<unknown>>;
}

/** Runs a program and answers whatever it asks, round by round, until it asks nothing more. */
export async function answeredRun(
  ground: Ground,
  program: AnyStep,
  { way, order }: { readonly way: Way; readonly order: Order },
): Promise<Answered> {
  ground.countAnew();
  const clock = new ManualClock();
  const file = way === "each in another process" ? ground.path("state.db") : null;
  const memory = memoryStore();
  const open = async (): Promise<Flujo> =>
    new Flujo({ state: file === null ? memory : await openSqliteStore(file, { synchronous: "normal" }), clock });
  const first = await open();
  let result: RunResult<unknown> = await clock.until(first.run(program, "in" as never, { runId: RUN_ID }));
  if (file !== null) await first.close();
  const around: Around = async (work) => {
    if (file === null) return clock.until(work(first));
    await using flujo = await open();
    return await clock.until(work(flujo));
  };
  const desk: Desk = way === "as signals" ? signalDesk(program, around) : answerDesk(program, around);
  const answered: Pause[] = [];
  let most = 0;
  for (let round = 0; result.status === "paused"; round++) {
    if (round > 50) throw new Error("It asks for ever.");
    const open = result.pauses.filter(({ waitsFor }) => waitsFor !== "time");
    most = Math.max(most, open.length);
    const pauses = order(open.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
    answered.push(...pauses);
    result = await desk.answer(pauses);
  }
  const reader = await open();
  const journal = await reader.entries(RUN_ID);
  await reader.close();
  return { result, effects: effectsIn(ground.effects), journal, pauses: answered, most };
}

/** Does something with a Flujo: always the same, or one of its own. */
type Around = <T>(work: (flujo: Flujo) => Promise<T>) => Promise<T>;

function answerDesk(program: AnyStep, around: Around): Desk {
  return {
    async answer(pauses) {
      let last: RunResult<unknown> | null = null;
      for (const pause of pauses) {
        const value = answerTo(pause);
        last = await around<RunResult<unknown>>((flujo) => flujo.answer(program, RUN_ID, { pause: pause.id, value }));
      }
      if (last === null) throw new Error("It is paused, and waits for nothing.");
      return last;
    },
  };
}

function signalDesk(program: AnyStep, around: Around): Desk {
  return {
    async answer(pauses) {
      for (const pause of pauses) await around((flujo) => flujo.signal(RUN_ID, pause.id, answerTo(pause)));
      return around<RunResult<unknown>>((flujo) => flujo.resume(program, RUN_ID));
    },
  };
}
