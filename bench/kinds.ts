/**
 * What each kind of node costs beside the functions in it, in memory, and the four figures that the language promises.
 * `node --conditions=flujo-src bench/kinds.ts`
 */
import type { AnyStep, Command, InputOf, PlannerInput, Proposing } from "flujo";
import {
  agenticLoop,
  background,
  cached,
  context,
  Flujo,
  gate,
  machine,
  memoryCache,
  pipeline,
  reducers,
  refine,
  saga,
  search,
  step,
} from "flujo";
import { z } from "zod";

const ROUNDS = 15;
const TIMES = 1_000;
const add = async (n: number): Promise<number> => n + 1;
const one = step("one", add);
const two = step("two", add);
const pair = pipeline({ name: "pair" }).step(one).step(two);
const Summed = context(z.object({ total: z.number().default(0) }), { total: "sum" });
const counts = step({
  name: "counts",
  context: Summed,
  run: async (n: number, { contribute }) => {
    contribute("total", 1);
    return n + 1;
  },
});
const PLAN: readonly Command[] = [{ do: "run", agent: "one", input: 1 }];

/** A program, what it is given, and how many of what it is made of there are in one run. */
interface Row {
  readonly program: AnyStep;
  readonly input: unknown;
  readonly units: number;
  readonly of: string;
}

/** Many of one kind in one run: the run itself costs some microseconds, too. */
function many(name: string, each: AnyStep, of = "node"): readonly [string, Row] {
  const items = Array.from({ length: TIMES }, (_, index) => index);
  return [
    name,
    { program: pipeline({ name: "many", context: Summed }).map(each as never, { concurrency: 1 }), input: items, units: TIMES, of },
  ];
}

const ROWS: readonly (readonly [string, Row])[] = [
  many("step", one),
  many("pipeline of two steps", pair),
  many("nested, context inherited", pipeline({ name: "outer" }).step(pipeline({ name: "inner" }).step(one).step(two))),
  many(
    "branch",
    pipeline({ name: "b" }).branch(() => "a" as const, { a: one }),
  ),
  many("parallel of two", pipeline({ name: "p" }).parallel({ one, two })),
  many("parallel of two, reduced", pipeline({ name: "p" }).parallel({ one, two }, { reduce: reducers.values })),
  many(
    "route to two",
    pipeline({ name: "r" }).route(() => ["one", "two"] as const, { one, two }),
  ),
  many("gate of two", gate({ name: "g", judges: { one: step("yes", async () => true), two: step("also", async () => true) } })),
  many("refine, accepted at once", refine({ name: "f", generate: one, critique: step("ok", async () => true), maxIterations: 2 })),
  many("gather", pipeline({ name: "g" }).step(one).step(two).gather({ one })),
  many("tap", pipeline({ name: "t" }).tap(one)),
  many(
    "saga of two, done",
    saga(
      pipeline({ name: "s" })
        .step(one, { compensate: step("undo", async () => null) })
        .step(two),
    ),
  ),
  many("cached, recalled", cached(step("same", add), { key: () => 1, backend: memoryCache() })),
  many("cached, kept", cached(step("new", add), { backend: memoryCache() })),
  many("step with retries", step({ name: "one", retries: 2, run: add })),
  many("step that contributes", counts),
  [
    "machine",
    {
      program: machine({
        name: "m",
        initial: "a",
        states: { a: one, b: two },
        on: [
          { from: "a", to: "b" },
          { from: "b", if: (n) => n >= TIMES, to: "end" },
          { from: "b", to: "a" },
        ],
        ends: ["end"],
        maxHops: 2 * TIMES,
      }),
      input: 0,
      units: TIMES,
      of: "hop",
    },
  ],
  [
    "agentic loop",
    {
      program: agenticLoop({
        name: "l",
        planner: step(
          "plan",
          async ({ log }: PlannerInput): Promise<Command> => PLAN[log.length < 20 ? 0 : 1] ?? { do: "finish", output: 1 },
        ),
        agents: { one: { program: one, description: "Adds." } },
        maxCommands: 30,
      }),
      input: 0,
      units: 21,
      of: "command",
    },
  ],
  [
    "search",
    {
      program: search({
        name: "s",
        propose: step("next", async ({ state }: Proposing<number>) => [state + 1, state + 2]),
        heuristic: (n) => 1_000 - n,
        isGoal: (n) => n >= 1_000,
        maxExpansions: 1_000,
      }),
      input: 0,
      units: 500,
      of: "expansion",
    },
  ],
  many("background", pipeline({ name: "b" }).step(background(pipeline({ name: "alone" }).step(one)))),
];

/** Microseconds of one run, the best of some: whatever else the machine does only adds to it. */
async function took(program: AnyStep, input: unknown): Promise<number> {
  await using flujo = new Flujo({ strict: false });
  const figures: number[] = [];
  for (let round = 0; round < ROUNDS + 5; round++) {
    const before = performance.now();
    const result = await flujo.run(program, input as InputOf<AnyStep>);
    if (round >= 5) figures.push((performance.now() - before) * 1_000);
    result.unwrap();
  }
  return Math.min(...figures);
}

/** Microseconds of the same functions, called one after the other by a loop. */
async function bare(times: number): Promise<number> {
  const figures: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = performance.now();
    const kept: unknown[] = [];
    for (let n = 0; n < times; n++) kept.push({ value: await add(n) });
    figures.push((performance.now() - before) * 1_000);
  }
  return Math.min(...figures);
}

const row = (what: string, figure: number, unit: string): void =>
  console.log(`${what.padEnd(64)} ${figure.toFixed(2).padStart(8)} ${unit}`);

console.log("What the language promises:");
const items = Array.from({ length: 1_000 }, (_, index) => index);
const fanOut = pipeline({ name: "fan" }).map(one, { concurrency: 1_000, reduce: (all) => all.reduce((a, b) => a + b, 0) });
row("a fan-out of 1,000 and a reduce, over the bare loop", ((await took(fanOut, items)) - (await bare(1_000))) / 1_000, "µs an item");
const loop = (times: number): AnyStep => pipeline({ name: "loop" }).loop(pair, { until: (n) => n >= 2 * times, maxIterations: times });
row("a loop of 1,000 iterations of two steps", (await took(loop(1_000), 0)) / 1_000, "µs an iteration");
function chain(length: number): AnyStep {
  const [first = one, ...others] = Array.from({ length }, (_, at) => step(`s${at}`, add));
  return others.reduce((line, next) => line.step(next), pipeline({ name: "chain" }).step(first));
}
const [small, large] = [await took(chain(1_000), 0), await took(chain(10_000), 0)];
row("10,000 steps beside 1,000", large / small, "times as long");
const nested = pipeline({ name: "nests" }).map(pipeline({ name: "outer" }).step(pipeline({ name: "inner" }).step(one).step(two)), {
  concurrency: 1,
});
const flat = pipeline({ name: "flat" }).map(pipeline({ name: "outer" }).step(one).step(two), { concurrency: 1 });
row("a nested pipeline over its steps", ((await took(nested, items)) - (await took(flat, items))) / 1_000, "µs");

console.log("\nWhat a kind costs, with the steps in it:");
for (const [name, { program, input, units, of }] of ROWS) row(name, (await took(program, input)) / units, `µs per ${of}`);
