/**
 * What a check of a golden costs, beside a run of the same program in memory: steps that do nothing, steps that do about one
 * microsecond of work each, steps with schemas, the items of a list, and agents. Both in one process, in turns, as ratios.
 * `node --conditions=flujo-src bench/golden-check.ts`
 */
import type { Step } from "flujo";
import { agent, Flujo, pipeline, step } from "flujo";
import { checkGolden, recordGolden, scriptedModel } from "flujo/testing";
import { z } from "zod";

const ROUNDS = 7;
const TIMES = 40;

type Text = (text: string) => string;

function steps(name: string, count: number, run: Text) {
  let program = pipeline({ name, input: z.string() }).step(step("0", run));
  for (let at = 1; at < count; at++) program = program.step(step(`${at}`, run));
  return program;
}

const small: Text = (text) => (JSON.parse(JSON.stringify({ text, list: [1, 2, 3, { text }] })) as { text: string }).text;

function checked(count: number) {
  const Item = z.object({ id: z.number(), text: z.string() });
  const next = (at: number) => step({ name: `${at}`, input: Item, output: Item, run: (item) => ({ ...item, id: item.id + 1 }) });
  let program = pipeline({ name: "schemas", input: Item }).step(next(0));
  for (let at = 1; at < count; at++) program = program.step(next(at));
  return program;
}

const items = pipeline({ name: "items", input: z.array(z.number()) }).map(step("double", (n: number) => n * 2));

function agents(count: number) {
  const one = (at: number) => agent({ name: `${at}`, instructions: "Say it.", model: scriptedModel(() => "fine") });
  let program = pipeline({ name: "agents", input: z.string() }).step(one(0));
  for (let at = 1; at < count; at++) program = program.step(one(at));
  return program;
}

async function msOf(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  for (let time = 0; time < TIMES; time++) await work();
  return (performance.now() - before) / TIMES;
}

async function compare<I, O>(name: string, program: Step<I, O>, input: I): Promise<void> {
  const golden = await recordGolden(program, input);
  const run = async (): Promise<void> => {
    await using flujo = new Flujo();
    await flujo.run(program, input);
  };
  const check = async (): Promise<void> => {
    const { level } = await checkGolden(program, golden);
    if (level !== "clean") throw new Error(`${name}: ${level}`);
  };
  await msOf(run);
  await msOf(check);
  const rounds: { readonly runMs: number; readonly checkMs: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push({ runMs: await msOf(run), checkMs: await msOf(check) });
  const middle = rounds.toSorted((a, b) => a.checkMs / a.runMs - b.checkMs / b.runMs)[ROUNDS >> 1];
  if (middle === undefined) return;
  const { runMs, checkMs } = middle;
  console.log(`${name.padEnd(12)} run ${runMs.toFixed(2)} ms  check ${checkMs.toFixed(2)} ms  ${(checkMs / runMs).toFixed(2)} times`);
}

await compare(
  "nothing",
  steps("nothing", 1_000, (text) => text),
  "in",
);
await compare("small work", steps("small", 1_000, small), "in");
await compare("schemas", checked(300), { id: 1, text: "in" });
await compare(
  "items",
  items,
  Array.from({ length: 1_000 }, (_, at) => at),
);
await compare("agents", agents(20), "in");
