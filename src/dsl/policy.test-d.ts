import { expectTypeOf } from "vitest";
import { z } from "zod";
import type { Failure } from "../model/failure.ts";
import type { ContextStartOf, InputOf, NeedsOf, OutputOf, Runnable, StepContext } from "./index.ts";
import { agent, context, pipeline, resource, step, tool, withPolicy } from "./index.ts";

// Checked by the compiler; nothing here runs. What is done around programs: nothing of it needs an annotation.

const a = step("a", (n: number) => ({ a: n }));
const b = step("b", (_n: number) => ({ b: "b" }));
const ofText = step("ofText", (text: string) => ({ text }));
const Counter = context(z.object({ count: z.number(), label: z.string() }), { count: "sum" });
const counts = step({
  name: "counts",
  context: Counter,
  run: (n: number, { contribute }) => {
    contribute("count", n);
    return n;
  },
});

// A policy alone changes neither what a program takes nor what it gives.

const retried = withPolicy(a, { retries: 2, timeoutMs: 500, totalTimeoutMs: 5_000 });
expectTypeOf<InputOf<typeof retried>>().toEqualTypeOf<number>();
expectTypeOf<OutputOf<typeof retried>>().toEqualTypeOf<{ a: number }>();
expectTypeOf<NeedsOf<typeof retried>>().toEqualTypeOf<unknown>();
expectTypeOf(retried.name).toEqualTypeOf<"a">();
expectTypeOf<OutputOf<typeof twice>>().toEqualTypeOf<{ a: number }>();
const twice = withPolicy(withPolicy(a, { timeoutMs: 5 }), { retries: 1 });

// A fallback adds what it gives, and takes what the program takes.

const second = withPolicy(a, { fallback: b });
expectTypeOf<OutputOf<typeof second>>().toEqualTypeOf<{ a: number } | { b: string }>();
const chain = withPolicy(a, { fallback: [b, step("last", () => null)] });
expectTypeOf<OutputOf<typeof chain>>().toEqualTypeOf<{ a: number } | { b: string } | null>();
const deep = withPolicy(a, { fallback: withPolicy(b, { fallback: pipeline().step("c", (n: number) => [n]) }) });
expectTypeOf<OutputOf<typeof deep>>().toEqualTypeOf<{ a: number } | { b: string } | number[]>();
// @ts-expect-error the fallback takes text
withPolicy(a, { fallback: ofText });
// @ts-expect-error the second of the fallbacks takes text
withPolicy(a, { fallback: [b, ofText] });
// @ts-expect-error a function is no program
withPolicy(a, { fallback: (n: number) => n });
// @ts-expect-error a function is no program
withPolicy((n: number) => n, { retries: 1 });
const needsMore = withPolicy(a, { fallback: counts });
expectTypeOf<NeedsOf<typeof needsMore>>().toEqualTypeOf<NeedsOf<typeof counts>>();
// @ts-expect-error what the fallback needs is not what the pipeline declares
withPolicy(pipeline({ name: "p", input: z.number(), context: z.object({ other: z.string() }) }).step(a), { fallback: counts });

// A default that fits what the program gives adds nothing, another one itself.

const zero = withPolicy(a, { onError: { default: { a: 0 } } });
expectTypeOf<OutputOf<typeof zero>>().toEqualTypeOf<{ a: number }>();
const none = withPolicy(a, { onError: { default: null } });
expectTypeOf<OutputOf<typeof none>>().toEqualTypeOf<{ a: number } | null>();
const picked = withPolicy(step({ name: "pick", output: z.object({ area: z.enum(["x", "y"]), tags: z.array(z.string()) }), run: fail }), {
  onError: { default: { area: "x", tags: [] } },
});
expectTypeOf<OutputOf<typeof picked>>().toEqualTypeOf<{ area: "x" | "y"; tags: string[] }>();
const told = withPolicy(a, {
  onError: {
    default: (failure, { input, initialPrompt }) => {
      expectTypeOf(failure).toEqualTypeOf<Failure>();
      expectTypeOf(input).toEqualTypeOf<number>();
      expectTypeOf(initialPrompt).toEqualTypeOf<string>();
      return failure.message;
    },
  },
});
expectTypeOf<OutputOf<typeof told>>().toEqualTypeOf<{ a: number } | string>();
const late = withPolicy(a, { onError: { default: async () => ({ a: 1 }) } });
expectTypeOf<OutputOf<typeof late>>().toEqualTypeOf<{ a: number }>();
expectTypeOf<OutputOf<typeof failing>>().toEqualTypeOf<{ a: number }>();
const failing = withPolicy(a, { onError: "fail" });

// Checks, retryOn and failure handlers know what they are given.

const checked = withPolicy(counts, {
  retries: 1,
  retryOn: ({ code }, { attempt, context: { label } }) => code === "timeout" && attempt < label.length,
  validate: [
    (output, { input }) => output > input,
    async (output, { context: { count } }) => output > count,
    { name: "scored", check: (output) => ({ score: output, feedback: "more" }), minScore: 1 },
  ],
  onFailure: ({ message }, { input, context: { label } }) => message.repeat(input) + label,
});
expectTypeOf<OutputOf<typeof checked>>().toEqualTypeOf<number>();
withPolicy(a, { validate: ({ a: got }) => got > 1 });
withPolicy(a, { validate: { name: "v", check: ({ a: got }) => ({ ok: got > 1 }) } });
// @ts-expect-error a says nothing of b
withPolicy(a, { validate: ({ b: got }) => got > 1 });
// @ts-expect-error a verdict is no text
withPolicy(a, { validate: () => "fine" });
// @ts-expect-error what is wrong does not say whether it will do
withPolicy(a, { validate: () => ({ feedback: "no" }) });
// @ts-expect-error neither does this, whatever the compiler makes of optional fields
withPolicy(a, { validate: () => ({ ok: undefined, score: 1 }) });
// @ts-expect-error nor this
withPolicy(a, { validate: ({ a: got }) => ({ ok: got > 1 || undefined, feedback: "no" }) });
// @ts-expect-error there is no such option
withPolicy(a, { retires: 2 });
withPolicy(a, { retries: 1, retryOn: ["timeout", "rate_limited", TypeError] });
// @ts-expect-error there is no such code
withPolicy(a, { retries: 1, retryOn: ["time_out"] });
// @ts-expect-error a Map is no error
withPolicy(a, { retries: 1, retryOn: [Map] });

class HttpError extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`HTTP ${status}`);
    this.status = status;
  }
}
step({ name: "s", retries: 2, retryOn: [HttpError, "timeout"], run: (url: string) => url });
step({
  name: "s",
  context: Counter,
  retries: 2,
  retryOn: ({ classes }, { context: { label } }) => classes?.includes(label) ?? false,
  run: (url: string) => url,
});
tool({ name: "t", description: "", input: z.object({}), retries: 1, retryOn: async ({ retryable }) => retryable, run: () => 1 });
agent({ name: "a", model: "offline:extract", instructions: "", retryOn: ["rate_limited"] });

// A pipeline that declares its context stays one that can be run.

const whole = pipeline({ name: "whole", input: z.string(), context: Counter }).step("measure", (text) => text.length);
const held = withPolicy(whole, { totalTimeoutMs: 5, validate: (n, { context: { count } }) => n > count });
expectTypeOf<Runnable<typeof held>>().toEqualTypeOf<typeof held>();
expectTypeOf<ContextStartOf<typeof held>>().toEqualTypeOf<{ count: number; label: string }>();
expectTypeOf<Runnable<typeof checked>>().not.toEqualTypeOf<typeof checked>();

// Around a member, in place.

const inPlace = pipeline({ input: z.number(), context: Counter })
  .step(a, { fallback: b, onError: { default: null } })
  .step("which", (given) => {
    expectTypeOf(given).toEqualTypeOf<{ a: number } | { b: string } | null>();
    return given === null ? 0 : 1;
  })
  .step(counts, { retries: 1, validate: (n, { input, context: { label } }) => n > input + label.length });
expectTypeOf<OutputOf<typeof inPlace>>().toEqualTypeOf<number>();
const opened = pipeline().step(ofText, { timeoutMs: 5, fallback: step("none", () => null) });
expectTypeOf<InputOf<typeof opened>>().toEqualTypeOf<string>();
expectTypeOf<OutputOf<typeof opened>>().toEqualTypeOf<{ text: string } | null>();
const gathers = pipeline({ input: z.number() }).step(a, { fallback: counts });
expectTypeOf<NeedsOf<typeof gathers>>().toEqualTypeOf<NeedsOf<typeof counts>>();
// @ts-expect-error it takes text, and a number comes before it
pipeline({ input: z.number() }).step(ofText, { retries: 1 });
// @ts-expect-error the fallback takes text, and a number comes before it
pipeline({ input: z.number() }).step(a, { fallback: ofText });
// @ts-expect-error the context that it needs is not what the pipeline declares
pipeline({ input: z.number(), context: z.object({ other: z.string() }) }).step(counts, { retries: 1 });

// Resources are typed by what opens them.

const db = resource({ open: async () => ({ get: (key: string) => key.length }), close: ({ get }) => get("") });
const browser = resource({ open: ({ signal, runId }) => ({ runId, signal }), per: "run" });
step({
  name: "reads",
  resources: { db, browser },
  run: (key: string, { resources }) => {
    expectTypeOf(resources.db.get).toEqualTypeOf<(key: string) => number>();
    expectTypeOf(resources.browser.runId).toEqualTypeOf<string>();
    return resources.db.get(key);
  },
});
const readsChecked = step({
  name: "reads",
  input: z.string(),
  output: z.number(),
  resources: { db },
  run: (key, { resources }) => resources.db.get(key),
});
expectTypeOf<OutputOf<typeof readsChecked>>().toEqualTypeOf<number>();
tool({
  name: "t",
  description: "",
  input: z.object({ key: z.string() }),
  resources: { db },
  run: ({ key }, { resources }) => resources.db.get(key),
});
withPolicy(a, { resources: { db } });
// @ts-expect-error it is not declared
step({ name: "s", resources: { db }, run: (_n: number, { resources }) => resources.browser });
// @ts-expect-error that is no resource
step({ name: "s", resources: { db: { get: () => 1 } }, run: (n: number) => n });
// @ts-expect-error what close is given is what open gives
resource({ open: () => 1, close: (text: string) => text });

// continueAs gives nothing, so what else there is decides the type.

const endless = step("endless", (n: number, { continueAs }) => (n < 3 ? continueAs(n + 1) : "done"));
expectTypeOf<OutputOf<typeof endless>>().toEqualTypeOf<string>();
function outside(n: number, { continueAs }: StepContext): number {
  return n > 3 ? n : continueAs(n);
}
expectTypeOf<InputOf<ReturnType<typeof ofOutside>>>().toEqualTypeOf<number>();
const ofOutside = () => step("outside", outside);

function fail(): never {
  throw new Error("never");
}
