import { z } from "zod";
import type { AnyStep } from "../../../src/dsl/program.ts";
import { agent, pipeline, step, tool, withPolicy } from "../../../src/index.ts";
import { scriptedModel } from "../../../src/testing/scripted-model.ts";

// Every kind of node and every policy, in small programs whose runs end in some way that is worth keeping.

const text = z.string();
const inMs = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms));
const line = (name: string) => pipeline({ name, input: text });
const takes = (name: string, ms: number) =>
  step(name, async (value: string) => {
    await inMs(ms);
    return value + name;
  });
const hangs = (name: string) =>
  step(
    name,
    (_: string, { signal }): Promise<string> =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("told to stop")))),
  );
const fails = step("fails", async (value: string): Promise<string> => {
  await inMs(1);
  if (value !== "") throw new RangeError("cannot");
  return value;
});
const lookUp = tool({ name: "lookUp", description: "Looks it up.", input: z.object({ q: text }), run: ({ q }) => q.length });
const pay = tool({
  name: "pay",
  description: "Pays.",
  input: z.object({ q: text }),
  effect: "once",
  needsApproval: true,
  run: ({ q }) => q.length,
});
const asks = (...calls: readonly string[]) =>
  scriptedModel([{ calls: calls.map((called, at) => ({ tool: called, input: { q: "x".repeat(at + 1) } })) }, "done"]);
const item = step("item", async (value: string) => {
  await inMs(12 - 3 * value.length);
  if (value === "bbb") throw new RangeError("not that");
  return value;
});
const shared = z.object({ seen: z.array(text).default([]), last: text.default("") });

/** A program, and how it is run. */
export interface Shape {
  readonly program: AnyStep;
  readonly input?: unknown;
  /** Whether what came first ended what was under way beside it. */
  readonly isRace?: true;
  readonly cancelsAfterMs?: number;
  /** What a person says of a tool call. Default: that it may be made. */
  readonly approves?: { readonly decision: "approve" | "reject" | "edit"; readonly note?: string; readonly input?: unknown };
  /** Whether what it does by the clock or by chance is the same only where it was recorded. */
  readonly isRecorded?: true;
}

/** By what they show. */
export const SHAPES: Readonly<Record<string, () => Shape>> = {
  "steps that write to a context": () => {
    const notes = step({
      name: "notes",
      context: shared,
      run: (value: string, { update }) => {
        update((draft) => {
          draft.seen.push(value);
          draft.last = value;
        });
        return value;
      },
    });
    return { program: pipeline({ name: "p", input: text, context: shared }).step(notes).step(takes("a", 1)) };
  },
  "a race that the slower branch wins in the order declared": () => ({
    program: line("p").parallel(
      { a: line("a").step(takes("a1", 1)).step(takes("a2", 60)), b: line("b").step(takes("b1", 20)) },
      { join: "any" },
    ),
    isRace: true,
  }),
  "a race whose loser was in the middle": () => ({
    program: line("p").parallel(
      { b: line("b").step(takes("b1", 20)), a: line("a").step(takes("a1", 1)).step(takes("a2", 60)) },
      { join: "any" },
    ),
    isRace: true,
  }),
  "two of three": () => ({
    program: line("p").parallel(
      { b: takes("b", 40), a: line("a").step(takes("a1", 1)).step(takes("a2", 2)), c: takes("c", 10) },
      { join: 2 },
    ),
    isRace: true,
  }),
  "items that take turns in being quick": () => ({
    program: pipeline({ name: "p", input: z.array(text) }).map(item, { concurrency: 3 }),
    input: ["a", "bb", "cc", "d", "e"],
  }),
  "an item that fails while others are under way": () => ({
    program: pipeline({ name: "p", input: z.array(text) }).map(item, { concurrency: 3 }),
    input: ["a", "bbb", "c", "d", "e"],
    isRace: true,
  }),
  "failures that are collected": () => ({
    program: pipeline({ name: "p", input: z.array(text) }).map(item, { onFailure: "collect" }),
    input: ["a", "bbb", "c", "bbb"],
  }),
  "a time limit around a program": () => ({
    program: line("p").step(
      withPolicy(line("inner").step(takes("a", 1)).step(hangs("h")), { timeoutMs: 50, onError: { default: "late" } }),
    ),
    isRace: true,
  }),
  "a second attempt in time": () => {
    const program = step("s", async (value: string, { signal, feedback }) => {
      if (feedback === null) await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("told"))));
      return value;
    });
    return { program: line("p").step(withPolicy(program, { timeoutMs: 20, retries: 2, retryOn: ["timeout"] })), isRace: true };
  },
  "a time limit of a step": () => ({
    program: line("p").step(
      withPolicy(step({ name: "s", timeoutMs: 20, run: (value: string) => inMs(200).then(() => value) }), { onError: { default: "d" } }),
    ),
  }),
  "attempts, and why the first failed": () => ({
    program: line("p").step(
      step({
        name: "s",
        retry: { retries: 3, firstDelayMs: 1 },
        retryOn: ["step_failed"],
        run: (value: string, { attempt, feedback }) => {
          if (attempt < 3) throw new RangeError("not yet");
          return value + (feedback?.message ?? "");
        },
      }),
    ),
  }),
  "a fallback": () => ({ program: line("p").step(withPolicy(fails, { fallback: takes("instead", 1) })) }),
  "a failure": () => ({ program: line("p").step(fails).step(takes("never", 1)) }),
  "a loop": () => ({ program: line("p").loop(takes("a", 1), { until: (value) => value.length > 4, maxIterations: 9 }) }),
  "a program in a program, and a tap": () => ({ program: line("p").step(line("inner").step(takes("a", 1)).tap(takes("t", 1))) }),
  "an agent with tools at once": () => ({
    program: line("p").step(agent({ name: "ag", model: asks("lookUp", "lookUp"), instructions: "Look.", tools: [lookUp] })),
  }),
  "an agent whose tool needs a person": () => ({
    program: line("p").step(agent({ name: "ag", model: asks("pay"), instructions: "Pay.", tools: [pay] })),
  }),
  "a person": () => ({ program: line("p").human("ok", { answer: z.boolean() }) }),
  "a person who does not answer in time": () => ({
    program: line("p").human("late", { answer: z.boolean(), timeoutMs: 20, default: true }),
  }),
  "a signal in a branch": () => ({
    program: line("p").parallel({ a: line("a").waitFor("sig", { schema: z.boolean() }), b: takes("b", 3) }),
  }),
  "a sleep": () => ({ program: line("p").sleep("nap", 30).step(takes("a", 1)) }),
  "a run that is called off": () => ({
    program: line("p").step(takes("a", 1)).step(hangs("h")).step(takes("c", 1)),
    cancelsAfterMs: 40,
    isRace: true,
  }),
  "a run that goes on as another": () => ({
    program: line("p").step(step("s", (value: string, { continueAs }) => (value.length > 3 ? value : continueAs(`${value}+`)))),
  }),
};
