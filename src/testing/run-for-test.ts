import type { Runnable } from "../dsl/fits.ts";
import type { AnyStep, InputOf, OutputOf } from "../dsl/program.ts";
import { definitionOf } from "../dsl/program.ts";
import { compile } from "../plan/compile.ts";
import { TestDrive } from "./test-drive.ts";
import type { TestResumeOptions, TestRun, TestRunOptions } from "./test-run.ts";

/**
 * Runs a program as a test wants it: in memory, with values that pass through the codec of a state file, without a network,
 * on a clock that moves by itself, and with everything closed at the end. Sleeps, delays of retries and limits of time take
 * no time: the clock goes to the next moment that somebody waits for as soon as nobody works, or has been working for 100 ms
 * of the machine's time.
 *
 * @throws {FlujoError} As `flujo.run`; `answer_invalid` where one of `answers` does not fit.
 *
 * @example
 * ```ts
 * import { pipeline, step } from "flujo";
 * import { runForTest } from "flujo/testing";
 * import { z } from "zod";
 *
 * const refund = pipeline({ name: "refund", input: z.string() })
 *   .sleep("a week", "7 days")
 *   .human("approve", { answer: z.boolean() })
 *   .step(step("pay", ({ input, answer }: { input: string; answer: boolean }) => (answer ? `${input} was paid` : "no")));
 * const { result, trace, clock } = await runForTest(refund, "order 7", { answers: { approve: true } });
 * console.log(result.unwrap(), trace.map(({ path }) => path)); // order 7 was paid [ 'refund', 'refund/a week', 'refund/approve', 'refund/pay' ]
 * console.log(new Date(clock.now()).toISOString()); // 2030-01-08T00:00:00.000Z
 * ```
 */
export async function runForTest<P extends AnyStep>(
  program: P & Runnable<P>,
  input: InputOf<P>,
  options: TestRunOptions<P> = {},
): Promise<TestRun<OutputOf<P>>> {
  const compiled = compile(definitionOf(program));
  const { context, runId, model, thread, signal } = options;
  const begun = {
    ...(context === undefined ? {} : { context }),
    ...(runId === undefined ? {} : { runId }),
    ...(model === undefined ? {} : { model }),
    ...(thread === undefined ? {} : { thread }),
    ...(signal === undefined ? {} : { signal }),
  };
  const drive = new TestDrive(compiled, options);
  return (await drive.toRest((runs, listening) => runs.start(compiled, input, { ...begun, ...listening }))) as TestRun<OutputOf<P>>;
}

/**
 * Goes on with a run as another process would, in the same way as {@link runForTest}: after a crash, or to answer what it
 * waits for.
 *
 * @throws {FlujoError} As `flujo.resume`; `answer_invalid` where one of `answers` does not fit.
 *
 * @example
 * ```ts
 * import { pipeline, step } from "flujo";
 * import { faults, resumeForTest, runForTest } from "flujo/testing";
 *
 * let charged = 0;
 * const order = pipeline({ name: "order" })
 *   .step(step("charge", (cents: number) => ++charged && cents))
 *   .step(step("ship", (cents: number) => `shipped for ${cents}`));
 * const crash = faults([{ at: "order/ship", do: "crash" }]);
 * const { result, state } = await runForTest(order, 900, { faults: crash });
 * console.log(result.status); // stopped
 * const after = await resumeForTest(order, result.runId, { state });
 * console.log(after.result.unwrap(), charged); // shipped for 900 1
 * ```
 */
export async function resumeForTest<P extends AnyStep>(
  program: P,
  runId: string,
  options: TestResumeOptions,
): Promise<TestRun<OutputOf<P>>> {
  const compiled = compile(definitionOf(program));
  const { signal } = options;
  const drive = new TestDrive(compiled, options);
  const going = { compiled, runId, answers: new Map() };
  const run = await drive.toRest((runs, listening) =>
    runs.resume({ ...going, options: { ...listening, ...(signal === undefined ? {} : { signal }) } }),
  );
  return run as TestRun<OutputOf<P>>; // what a run of this program gives
}
