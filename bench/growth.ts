/**
 * How time grows with the size of a run, and what a resume of a long one costs: ten thousand steps beside a thousand, and
 * runs that were stopped right before their last operation. `node --conditions=flujo-src bench/growth.ts`
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AnyStep, InputOf } from "flujo";
import { Flujo, pipeline, step } from "flujo";
import { memoryStore } from "../src/journal/memory/memory-store.ts";
import type { JournalStore } from "../src/journal/port.ts";
import { openSqliteStore } from "../src/journal/sqlite/open-sqlite-store.ts";

type State = { readonly n: number };
type Work = (state: State) => Promise<State>;

const [SMALL, LARGE, ROUNDS] = [1_000, 10_000, 8];
const add: Work = async ({ n }) => ({ n: n + 1 });
const body = pipeline({ name: "body" }).step(step("a", add)).step(step("b", add));

function chain(length: number, last: Work): AnyStep {
  const steps = Array.from({ length }, (_, at) => step(`s${at}`, at === length - 1 ? last : add));
  const [first = step("none", add), ...others] = steps;
  return others.reduce((line, next) => line.step(next), pipeline({ name: "chain" }).step(first));
}

const GROWING: Readonly<Record<string, (size: number) => AnyStep>> = {
  "steps one after the other": (size) => chain(size, add),
  "iterations of a loop of two steps": (size) =>
    pipeline({ name: "loop" }).loop(body, { until: ({ n }: State) => n >= 2 * size, maxIterations: size }),
  "items of a map": (size) =>
    pipeline({ name: "map" })
      .step("make", async () => Array.from({ length: size }, (_, n) => ({ n })))
      .map(step("each", add)),
};

/** What is on record when the last operation of each has begun and not ended: about ten thousand outcomes. */
const RESUMED: Readonly<Record<string, { readonly program: (last: Work) => AnyStep; readonly input: unknown }>> = {
  "10,000 steps": { program: (last) => chain(LARGE, last), input: { n: 0 } },
  "a loop of 5,000 iterations with decisions": {
    program: (last) =>
      pipeline({ name: "loop" }).loop(step("a", last), {
        until: ({ n }: State) => n >= 5_000,
        next: (state) => state,
        maxIterations: 5_000,
      }),
    input: { n: 0 },
  },
  "a map of 10,000 items": {
    program: (last) => pipeline({ name: "map" }).map(step("each", last), { concurrency: LARGE }),
    input: Array.from({ length: LARGE }, (_, n) => ({ n })),
  },
};

const STORES: Readonly<Record<string, (folder: string) => JournalStore | Promise<JournalStore>>> = {
  memory: () => memoryStore({ keepEntries: 1_000_000 }),
  SQLite: (folder) => openSqliteStore(join(folder, "state.db"), { synchronous: "normal" }),
};

async function took(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}

/** What this process has computed meanwhile, in milliseconds: what else the machine does lengthens a long run, and spares a short one. */
async function computed(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

async function growth(make: (size: number) => AnyStep): Promise<readonly [number, number]> {
  await using flujo = new Flujo({ strict: false });
  const [small, large] = [make(SMALL), make(LARGE)];
  const run = async (program: AnyStep): Promise<unknown> => (await flujo.run(program, { n: 0 } as InputOf<AnyStep>)).unwrap();
  const best: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const times = LARGE / SMALL;
  for (let round = 0; round < ROUNDS; round++) {
    const ofSmall = await computed(async () => {
      for (let again = 0; again < times; again++) await run(small);
    });
    best[0] = Math.min(best[0], ofSmall / times);
    best[1] = Math.min(best[1], await computed(() => run(large)));
  }
  return best;
}

/** Stops a run where its last operation is under way, and goes on with it as another process would. */
async function resume(open: (folder: string) => JournalStore | Promise<JournalStore>, of: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "flujo-bench-"));
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  let isStopped = false;
  let left = of.includes("loop") ? 5_000 : of.includes("map") ? LARGE : 1;
  const last: Work = async (state) => {
    if (--left > 0 || isStopped) return add(state);
    reach();
    return new Promise(() => {}); // for ever: whoever parks the run lets go of it
  };
  const { program, input } = RESUMED[of] ?? { program: () => body, input: null };
  const [made, runId] = [program(last), "resumed"];
  let store = await open(folder);
  const first = new Flujo({ state: store, strict: false });
  const running = first.run(made, input as InputOf<AnyStep>, { runId });
  await reached;
  await new Promise((resolve) => setTimeout(resolve, 200)); // what is done is written down by then
  await first.close();
  await running;
  isStopped = true;
  if (store.name !== "memory") store = await open(folder);
  const second = new Flujo({ state: store, strict: false });
  const ms = await took(async () => (await second.resume(made, runId)).unwrap());
  await second.close();
  rmSync(folder, { recursive: true });
  return ms;
}

for (const [name, make] of Object.entries(GROWING)) {
  const [small, large] = await growth(make);
  const ratio = (large / small).toFixed(1);
  console.log(`${name}: ${SMALL} in ${small.toFixed(1)} ms, ${LARGE} in ${large.toFixed(1)} ms, ${ratio} times as long`);
}
for (const [name, open] of Object.entries(STORES)) {
  for (const of of Object.keys(RESUMED)) {
    const figures: number[] = [];
    for (let round = 0; round < 4; round++) figures.push(await resume(open, of));
    console.log(`resume of ${of} from ${name}: ${Math.min(...figures).toFixed(0)} ms`);
  }
}
