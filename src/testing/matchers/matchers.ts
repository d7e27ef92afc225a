import { didYouMean } from "../../base/near-names.ts";
import type { RunResult } from "../../model/run-result.ts";
import type { GoldenMatchers } from "../golden-matcher.ts";
import { toMatchGolden } from "../golden-matcher.ts";
import { didYouMeanPath, pathPattern } from "../path-pattern.ts";
import type { TestRun } from "../test-run.ts";
import type { TracedStep } from "../traced-step.ts";
import { hasAll } from "./subset.ts";
import type { MatcherVerdict } from "./verdict.ts";
import { endOf, inWords, listOf } from "./words.ts";

/**
 * What `expect` can do with {@link flujoMatchers}, for the types of vitest 5 (in vitest 3 and 4: `interface Matchers<T = any>
 * extends FlujoMatchers<T> {}`):
 *
 * @example
 * ```ts no-run
 * import type { FlujoMatchers } from "flujo/testing";
 *
 * declare module "vitest" {
 *   interface Matchers<R extends void | Promise<void>, T> extends FlujoMatchers<R> {}
 * }
 * ```
 */
export interface FlujoMatchers<R = unknown> extends GoldenMatchers {
  /** Of a {@link runForTest}: a step, agent, turn, tool call or composite of this path began. `*` and `**` as in {@link Fault}. */
  toHaveRunStep(path: string): R;
  /** Of a {@link runForTest}: a tool of this name was run, with arguments that have all of `args`; matchers may stand in them. */
  toHaveCalledTool(name: string, args?: unknown): R;
  /** Of a run or its result: it cost less than so many dollars. What has no known price is not below anything. */
  toHaveCostBelow(usd: number): R;
  /** Of a run or its result: it succeeded. */
  toHaveSucceeded(): R;
}

type Matchers = {
  readonly [Name in Exclude<keyof FlujoMatchers, keyof GoldenMatchers>]: (
    received: unknown,
    ...args: Parameters<FlujoMatchers[Name]>
  ) => MatcherVerdict;
} & { readonly toMatchGolden: typeof toMatchGolden };

const NANO = 1_000_000_000;

/**
 * Matchers for vitest, or whatever has an `expect.extend` like it: `expect.extend(flujoMatchers)`, once, in a setup file. Each
 * is a function, too, that gives its verdict.
 *
 * @example
 * ```ts
 * import { agent, tool } from "flujo";
 * import { flujoMatchers, runForTest, scriptedModel } from "flujo/testing";
 * import { z } from "zod";
 *
 * const weather = tool({ name: "weather", description: "Tells it.", input: z.object({ city: z.string() }), run: () => "rain" });
 * const model = scriptedModel([{ calls: [{ tool: "weather", input: { city: "Bath" } }] }, "Rain."]);
 * const run = await runForTest(agent({ name: "asks", model, instructions: "Answer.", tools: [weather] }), "Bath?");
 *
 * // In vitest: expect(run).toHaveCalledTool("weather", { city: "Bath" });
 * console.log(flujoMatchers.toHaveCalledTool(run, "weather", { city: "Bath" }).pass); // true
 * console.log(flujoMatchers.toHaveCalledTool(run, "wether").message().split("\n")[0]);
 * // No tool "wether" was run. Did you mean "weather"?
 * ```
 */
export const flujoMatchers: Matchers = {
  toMatchGolden,

  toHaveRunStep(received, path) {
    const { trace } = runOf(received, "toHaveRunStep");
    const isMeant = pathPattern(path);
    const found = trace.find((step) => isMeant(step.path));
    if (found !== undefined) return { pass: true, message: () => `${found.path} ran, and was not to.` };
    const near = didYouMeanPath(
      path,
      trace.map((step) => step.path),
    );
    return { pass: false, message: () => `Nothing ran at ${path}.${near}\n${listOf(trace)}` };
  },

  toHaveCalledTool(received, name, args) {
    const { trace } = runOf(received, "toHaveCalledTool");
    const all = trace.filter(({ kind, attempts }) => kind === "tool" && attempts > 0);
    const calls = all.filter((call) => call.name === name);
    const found = calls.find(({ request }) => args === undefined || hasAll(request, args));
    if (found !== undefined)
      return { pass: true, message: () => `${name} was run with ${inWords(found.request)} at ${found.path}, and was not to.` };
    return { pass: false, message: () => withoutCall({ name, args, calls, all }) };
  },

  toHaveCostBelow(received, usd) {
    const { cost, usage } = resultOf(received, "toHaveCostBelow");
    if (cost.kind === "unknown") {
      const calls = usage.modelCalls === 1 ? "1 call" : `${usage.modelCalls} calls`;
      return { pass: false, message: () => `What the run cost is not known: no price is known for a model of its ${calls}.` };
    }
    const spent = cost.kind === "free" ? 0 : cost.nanoUsd / NANO;
    const about = cost.kind === "estimated" ? "about " : "";
    return {
      pass: spent < usd,
      message: () => `The run cost ${about}$${spent}, which is ${spent < usd ? "below" : "not below"} $${usd}.`,
    };
  },

  toHaveSucceeded(received) {
    const result = resultOf(received, "toHaveSucceeded");
    const ran = isRun(received) ? `\n${listOf(received.trace)}` : "";
    return { pass: result.status === "succeeded", message: () => `${endOf(result)}${ran}` };
  },
};

interface MissingCall {
  readonly name: string;
  readonly args: unknown;
  /** Those of the name. */
  readonly calls: readonly TracedStep[];
  readonly all: readonly TracedStep[];
}

function withoutCall({ name, args, calls, all }: MissingCall): string {
  const listed = (list: readonly TracedStep[]): string =>
    list.map((call) => `  ${call.path}: ${call.name}(${inWords(call.request)})`).join("\n");
  if (calls.length > 0) return `${name} was run, but never with ${inWords(args)}:\n${listed(calls)}`;
  const near = didYouMean(name, new Set(all.map((call) => call.name)));
  return `No tool "${name}" was run.${near}\n${all.length === 0 ? "None was run at all." : `These were:\n${listed(all)}`}`;
}

function runOf(received: unknown, matcher: string): TestRun {
  if (isRun(received)) return received;
  throw new TypeError(`${matcher} looks at what runForTest or resumeForTest gives; this is ${inWords(received).slice(0, 100)}.`);
}

function resultOf(received: unknown, matcher: string): RunResult<unknown> {
  if (isRun(received)) return received.result;
  if (isResult(received)) return received;
  throw new TypeError(`${matcher} looks at a run or its result; this is ${inWords(received).slice(0, 100)}.`);
}

function isRun(received: unknown): received is TestRun {
  return typeof received === "object" && received !== null && "trace" in received && "result" in received && isResult(received.result);
}

function isResult(received: unknown): received is RunResult<unknown> {
  return typeof received === "object" && received !== null && "status" in received && "cost" in received && "unwrap" in received;
}
