import { z } from "zod";
import type { AnyStep, RunResult } from "../../../src/index.ts";
import { agent, Flujo, pipeline, resource, step, tool } from "../../../src/index.ts";
import { ManualClock, scriptedModel } from "../../../src/testing/index.ts";

/** Any function, standing where a program asks one. */
export type Bad = () => unknown;

/** The builder with its types taken off: mistakes are made by those who have none. */
export interface Loose extends AnyStep {
  step(member: AnyStep, options?: object): Loose;
  step(name: string, run: Bad): Loose;
  branch(selector: Bad, branches: Readonly<Record<string, AnyStep>>): Loose;
  map(each: AnyStep): Loose;
  parallel(branches: Readonly<Record<string, AnyStep>>, options?: object): Loose;
  loop(body: AnyStep, options: object): Loose;
  human(name: string, options: object): Loose;
  waitFor(name: string, options: object): Loose;
  sleep(name: string, duration: Bad): Loose;
  sleepUntil(name: string, moment: Bad): Loose;
  tap(name: string, run: Bad): Loose;
  tap(program: AnyStep): Loose;
}

export const id = step("id", (value: unknown) => value);
export const fails = step("fails", (): never => {
  throw new Error("as it should");
});

export function start(context?: z.ZodType): Loose {
  return (context === undefined ? pipeline({ name: "p" }) : pipeline({ name: "p", input: z.unknown(), context })) as unknown as Loose;
}

function nested(context: z.ZodType): AnyStep {
  return (pipeline({ name: "nested", input: z.unknown(), context }) as unknown as Loose).step(id);
}

function calling(options: object): AnyStep {
  const model = scriptedModel(({ turn }) => (turn === 0 ? { calls: [{ tool: "tool", input: {} }] } : "done"));
  const made = tool({ name: "tool", description: "A tool.", input: z.object({}), onError: "fail", ...options } as never);
  return agent({ name: "agent", instructions: "", model, tools: [made] });
}

/** Every place of a program in which a function of the author's is asked, by what it is. */
export const ASKED: Readonly<Record<string, (bad: Bad) => AnyStep>> = {
  step: (bad) => start().step("fn", bad),
  tap: (bad) => start().tap("fn", bad),
  tool: (bad) => start().step(calling({ run: bad })),
  until: (bad) => start().loop(id, { until: bad, maxIterations: 2 }),
  next: (bad) => start().loop(id, { next: bad, maxIterations: 2 }),
  output: (bad) => start().loop(id, { output: bad, maxIterations: 2 }),
  selector: (bad) => start().branch(bad, { a: id }),
  validator: (bad) => start().step(id, { validate: bad }),
  retryOn: (bad) => start().step(fails, { retry: { retries: 1, firstDelayMs: 0 }, retryOn: bad }),
  onFailure: (bad) => start().step(fails, { onFailure: bad }),
  default: (bad) => start().step(fails, { onError: { default: bad } }),
  open: (bad) => start().step(step({ name: "fn", resources: { db: resource({ open: bad }) }, run: () => "used" })),
  moment: (bad) => start().sleepUntil("fn", bad),
  duration: (bad) => start().sleep("fn", bad),
  show: (bad) => start().human("fn", { answer: z.string(), show: bad, timeoutMs: 1, default: "nobody" }),
  enter: (bad) => start(z.object({ a: z.number().default(0) })).step(nested(z.object({ b: z.number() })), { context: { in: bad } }),
  leave: (bad) =>
    start(z.object({ a: z.number().default(0) })).step(nested(z.object({ b: z.number().default(0) })), { context: { out: bad } }),
};

/** Runs it on a clock of its own, until it has ended. */
export async function outcomeOf(program: AnyStep, input: unknown = "in"): Promise<RunResult<unknown>> {
  const clock = new ManualClock();
  await using flujo = new Flujo({ clock });
  return await clock.until(flujo.run(program, input as never, { runId: "run-1" }));
}
