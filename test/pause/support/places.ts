import { z } from "zod";
import type { AnyStep, Step } from "../../../src/index.ts";
import { agent, asTool, pipeline, step, tool } from "../../../src/index.ts";
import { scriptedModel } from "../../../src/testing/index.ts";
import { leave } from "../../kill/effects.ts";

// Where a run can pause: what asks, and what stands around what asks. Every function leaves a line, so that one that runs
// again is seen; and the function behind a question leaves what it was answered, under the question's own place.

/** The builder with its types taken off: what stands in these programs is known at run time only. */
interface Loose extends AnyStep {
  step(member: AnyStep, options?: object): Loose;
  step(name: string, run: (value: unknown, about: { readonly path: string; readonly feedback: unknown }) => unknown): Loose;
  branch(selector: () => unknown, branches: Readonly<Record<string, AnyStep>>): Loose;
  map(each: AnyStep, options?: object): Loose;
  parallel(branches: Readonly<Record<string, AnyStep>>, options?: object): Loose;
  loop(body: AnyStep, options: object): Loose;
  human(name: string, options: object): Loose;
  waitFor(name: string, options: object): Loose;
  tap(program: AnyStep, options: object): Loose;
}

function start(name: string, input?: z.ZodType): Loose {
  return (input === undefined ? pipeline({ name }) : pipeline({ name, input })) as unknown as Loose;
}

/** A step that leaves its path. */
function passes(name: string): AnyStep {
  return step(name, (value: unknown, { path }) => {
    leave(path, null);
    return value;
  });
}

function above(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** What asks one question, by its name. */
export const ASKS: Readonly<Record<"a person" | "a signal" | "an approval", (name: string) => AnyStep>> = {
  "a person": (name) =>
    start(name)
      .step(passes("before"))
      .human("ask", { answer: z.string() })
      .step("after", (value, { path }) => leave(`${above(path)} has ${(value as { readonly answer: string }).answer}`, null)),
  "a signal": (name) =>
    start(name)
      .step(passes("before"))
      .waitFor("ask", { schema: z.string() })
      .step("after", (value, { path }) => leave(`${above(path)} has ${(value as { readonly signal: string }).signal}`, null)),
  "an approval": (name) => {
    const file = tool({
      name: "file",
      description: "Files a text.",
      input: z.object({ text: z.string() }),
      needsApproval: true,
      run: ({ text }, { path }) => {
        leave(`${path} has ${text}`, null);
        return "filed";
      },
    });
    const model = scriptedModel(({ turn }) => (turn === 0 ? { calls: [{ tool: "file", input: { text: "nothing yet" } }] } : "done"));
    return start(name)
      .step(passes("before"))
      .step(agent({ name: "clerk", instructions: "", model, tools: [file] }));
  },
};

/** What is answered to the question with this id: something that only that question can have been answered. */
export function answerTo(pause: { readonly id: string; readonly waitsFor: string }): unknown {
  const text = `the answer for ${above(pause.id)}`;
  return pause.waitsFor === "approval" ? { decision: "edit", input: { text } } : text;
}

/** The line that is left where the answer has reached the place that asked. */
export function lineOf({ id }: { readonly id: string }): string {
  return `${above(id)} has the answer for ${above(id)}`;
}

/** Something around a program that pauses. */
export type Around = (inner: AnyStep) => AnyStep;

function fails(): AnyStep {
  return step("fails", (_: unknown, { path }): never => {
    leave(path, null);
    throw new Error("as it should");
  });
}

const anything = z.unknown();

/** What a program that pauses can stand in. */
export const PLACES = {
  parallel: (inner) =>
    start("parallel")
      .parallel({ quiet: passes("quiet"), inner })
      .step(passes("joined")),
  map: (inner) =>
    start("map")
      .step("list", () => [1, 2])
      .map(inner)
      .step(passes("mapped")),
  loop: (inner) =>
    start("loop").loop(start("body").step(passes("begin")).step(inner), { maxIterations: 2, next: (value: unknown) => value }),
  branch: (inner) =>
    start("branch").branch(
      () => {
        leave("a selector", null);
        return "right";
      },
      { wrong: passes("wrong"), right: inner },
    ),
  "nested, inherited": (inner) =>
    start("outer")
      .step(start("inner").step(passes("begin")).step(inner))
      .step(passes("end")),
  "nested, mapped": (inner) =>
    start("mapped").step(
      (pipeline({ name: "inner", input: anything, context: z.object({ from: z.string() }) }) as unknown as Loose).step(inner),
      { context: { in: () => ({ from: "outside" }) } },
    ),
  "a program as a tool": (inner) => {
    const model = scriptedModel(({ turn }) => (turn === 0 ? { calls: [{ tool: "work", input: {} }] } : "done"));
    const work = asTool(inner as AnyStep & Step<unknown, unknown, unknown>, { name: "work", description: "Works.", input: z.object({}) });
    return start("tools").step(agent({ name: "lead", instructions: "", model, tools: [work] }));
  },
  fallback: (inner) => start("fallback").step(fails(), { fallback: inner }).step(passes("after")),
  "attempt 2": (inner) =>
    start("again").step(
      start("tried")
        .step("once", (value, { path, feedback }) => {
          leave(path, null);
          if (feedback === null) throw new Error("not the first time");
          return value;
        })
        .step(inner),
      { retry: { retries: 1, firstDelayMs: 0 }, totalTimeoutMs: 2_000_000_000 },
    ),
  tap: (inner) => start("tapped").tap(inner, { name: "tap" }).step(passes("after")),
  onTimeout: (inner) => start("late").waitFor("never", { schema: z.string(), timeoutMs: 5, onTimeout: inner }).step(passes("after")),
} as const satisfies Readonly<Record<string, Around>>;

/** So many questions at the same time; one alone stands for itself. */
export function severalAtOnce(ask: (name: string) => AnyStep, count: number): AnyStep {
  if (count === 1) return ask("one");
  const names = ["a", "b", "c"].slice(0, count);
  return start("several").parallel(Object.fromEntries(names.map((name) => [name, ask(name)])));
}

/** A program that is run: something that pauses, with nothing behind it but the end. */
export function programOf(inner: AnyStep): AnyStep {
  return start("p", anything).step(inner).step(passes("last"));
}
