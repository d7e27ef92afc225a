import { expectTypeOf } from "vitest";
import { z } from "zod";
import type { Answered, InputOf, NeedsOf, OutputOf, Runnable, Signalled } from "./index.ts";
import { agent, context, pipeline, step } from "./index.ts";

// Checked by the compiler; nothing here runs. Loops, waits, joins, taps and nested contexts: nothing of it needs an annotation.

const grow = step("grow", (n: number) => n + 1);
const Counter = context(z.object({ count: z.number(), label: z.string(), tags: z.array(z.string()) }), { count: "sum" });
const counts = step({ name: "counts", context: Counter, run: (n: number) => n });
const numbers = pipeline({ input: z.number() });

// A loop gives what its body gives, and its functions know what that is.

const grown = numbers.loop(grow, { until: (n) => n > 10, maxIterations: 20 });
expectTypeOf<OutputOf<typeof grown>>().toEqualTypeOf<number>();
expectTypeOf<InputOf<typeof grown>>().toEqualTypeOf<number>();

type State = { readonly draft: string; readonly score: number };
const improve = agent({
  name: "improve",
  model: "offline:extract",
  instructions: "Improve the draft.",
  output: z.object({ draft: z.string(), score: z.number() }),
});
const reviewed = pipeline({ input: z.string() })
  .step("begin", (draft): State => ({ draft, score: 0 }))
  .loop(improve, {
    name: "review",
    until: async ({ score }, { iteration }) => score > 8 || iteration > 3,
    next: ({ draft }, { iteration, initialPrompt }) => `${iteration}: ${draft} of ${initialPrompt}`,
    output: ({ draft }) => draft,
    onExhausted: "return",
    maxIterations: 5,
  });
expectTypeOf<OutputOf<typeof reviewed>>().toEqualTypeOf<string>();

const parse = step("parse", (text: string) => text.length);
const byNext = pipeline({ input: z.string() }).loop(parse, { maxIterations: 3, next: (length) => "x".repeat(length) });
expectTypeOf<OutputOf<typeof byNext>>().toEqualTypeOf<number>();
const states = pipeline({ input: z.object({ kind: z.enum(["open", "done"]) }) }).loop(
  step("turn", (state: { kind: "open" | "done" }) => (state.kind === "open" ? { kind: "done" as const } : { kind: "open" as const })),
  { until: ({ kind }) => kind === "done", maxIterations: 9 },
);
expectTypeOf<OutputOf<typeof states>>().toEqualTypeOf<{ kind: "done" } | { kind: "open" }>();
const literalNext = numbers
  .step("open", () => ({ kind: "open" as const }))
  .loop(
    step("length", ({ kind }: { kind: "open" | "done" }) => kind.length),
    { maxIterations: 3, next: (length) => ({ kind: length > 4 ? "done" : "open" }) },
  );
expectTypeOf<OutputOf<typeof literalNext>>().toEqualTypeOf<number>();
const inBody = numbers.loop(
  pipeline()
    .step(grow)
    .parallel({ one: grow, two: counts })
    .step("sum", ({ one, two }) => one + two),
  {
    until: (n, { context: { count, label } }) => n > count + label.length,
  },
);
expectTypeOf<NeedsOf<typeof inBody>>().toEqualTypeOf<NeedsOf<typeof counts>>();
const nestedLoops = numbers.loop(pipeline().loop(grow, { maxIterations: 2 }), { maxIterations: 2 });
expectTypeOf<OutputOf<typeof nestedLoops>>().toEqualTypeOf<number>();
const openLoop = pipeline().loop(grow, { maxIterations: 2 });
expectTypeOf<InputOf<typeof openLoop>>().toEqualTypeOf<number>();
// @ts-expect-error what parse gives is not what it takes, and there is no next
pipeline({ input: z.string() }).loop(parse, { maxIterations: 3 });
// @ts-expect-error next gives a number, and parse takes text
pipeline({ input: z.string() }).loop(parse, { maxIterations: 3, next: (length) => length });
// @ts-expect-error the body takes text
numbers.loop(parse, { maxIterations: 3, next: () => "" });
// @ts-expect-error until says yes or no
numbers.loop(grow, { until: (n) => n });

// Sleeps pass on what comes.

const slept = numbers
  .sleep("nap", "3 days")
  .sleep("blink", 250)
  .sleep("asLong", (n, { nowMs }) => (n > nowMs ? "1h" : n))
  .sleepUntil("fixed", new Date(0))
  .sleepUntil("noon", async (n, { nowMs, initialPrompt }) => (n > 1 ? new Date(nowMs) : initialPrompt));
expectTypeOf<OutputOf<typeof slept>>().toEqualTypeOf<number>();
const openSleep = pipeline().sleep("nap", (n: number) => n);
expectTypeOf<InputOf<typeof openSleep>>().toEqualTypeOf<number>();
expectTypeOf<Runnable<typeof anySleep>>().toEqualTypeOf<typeof anySleep>();
const anySleep = pipeline({ name: "any" }).sleep("nap", 5);
const openStill = pipeline().sleep("nap", "1h").sleepUntil("noon", new Date(0)).step(grow);
expectTypeOf<InputOf<typeof openStill>>().toEqualTypeOf<number>();
// @ts-expect-error a duration is no list
numbers.sleep("nap", () => [1]);

// Waits give what was brought, or what runs when nothing was.

const Paid = z.object({ cents: z.number() });
const waited = numbers.waitFor("paid", { schema: Paid });
expectTypeOf<OutputOf<typeof waited>>().toEqualTypeOf<Signalled<number, { cents: number }>>();
const defaulted = numbers.waitFor("paid", { schema: Paid, timeout: "3 days", default: { cents: 0 } });
expectTypeOf<OutputOf<typeof defaulted>>().toEqualTypeOf<Signalled<number, { cents: number }>>();
const escalated = numbers.waitFor("paid", { schema: Paid, timeoutMs: 5, onTimeout: step("remind", (n: number) => `remind ${n}`) });
expectTypeOf<OutputOf<typeof escalated>>().toEqualTypeOf<Signalled<number, { cents: number }> | string>();
const again = numbers.waitFor("paid", {
  schema: Paid,
  timeout: "1h",
  onTimeout: pipeline()
    .step(counts)
    .waitFor("late", { schema: z.literal("now") }),
});
expectTypeOf<OutputOf<typeof again>>().toEqualTypeOf<Signalled<number, { cents: number }> | Signalled<number, "now">>();
expectTypeOf<NeedsOf<typeof again>>().toEqualTypeOf<NeedsOf<typeof counts>>();
const asked = numbers.human("ok", { show: ({ output }) => output + 1, answer: z.boolean(), timeout: "1d", default: false });
expectTypeOf<OutputOf<typeof asked>>().toEqualTypeOf<Answered<number, boolean>>();
const boss = numbers.human("ok", { answer: z.boolean(), timeoutMs: 9, onTimeout: pipeline().human("boss", { answer: z.string() }) });
expectTypeOf<OutputOf<typeof boss>>().toEqualTypeOf<Answered<number, boolean> | Answered<unknown, string>>();
const inBranches = numbers.branch((n) => (n > 1 ? "big" : "small"), {
  big: pipeline().human("sure", { show: ({ output }: { output: number }) => output, answer: z.boolean() }),
  small: pipeline().waitFor("more", { schema: z.string(), timeout: "1h", default: "" }),
});
expectTypeOf<OutputOf<typeof inBranches>>().toEqualTypeOf<Answered<number, boolean> | Signalled<unknown, string>>();
const inMap = pipeline({ input: z.array(z.string()) }).map(pipeline().sleep("nap", "1s").waitFor("go", { schema: z.boolean() }));
expectTypeOf<OutputOf<typeof inMap>>().toEqualTypeOf<Signalled<unknown, boolean>[]>();
const Word = z.object({ word: z.enum(["yes", "no"]), tags: z.array(z.string()) });
const literalDefault = numbers
  .waitFor("word", { schema: Word, timeout: "1h", default: { word: "no", tags: [] } })
  .human("word too", { answer: z.enum(["yes", "no"]), timeout: "1h", default: "no" });
expectTypeOf<OutputOf<typeof literalDefault>["answer"]>().toEqualTypeOf<"yes" | "no">();
// @ts-expect-error the default is no signal
numbers.waitFor("paid", { schema: Paid, timeout: "3 days", default: 5 });
// @ts-expect-error what runs instead takes text
numbers.waitFor("paid", { schema: Paid, timeout: "3 days", onTimeout: parse });
// @ts-expect-error the default is no answer
numbers.human("ok", { answer: z.boolean(), timeoutMs: 1, default: "no" });
// @ts-expect-error there is no such option
numbers.waitFor("paid", { schema: Paid, timeOut: "3 days" });

// Joins: the first says which it was, some may be absent.

const branches = { grow, text: step("text", (n: number) => String(n)), in: step("in", () => null) };
const first = numbers.parallel(branches, { join: "any" });
expectTypeOf<OutputOf<typeof first>>().toEqualTypeOf<
  | { readonly branch: "grow"; readonly output: number }
  | { readonly branch: "text"; readonly output: string }
  | { readonly branch: "in"; readonly output: null }
>();
const told = first.step("told", (won) => (won.branch === "text" ? won.output.length : 0));
expectTypeOf<OutputOf<typeof told>>().toEqualTypeOf<number>();
const two = numbers.parallel(branches, { join: 2, concurrency: 3 });
expectTypeOf<OutputOf<typeof two>>().toEqualTypeOf<{ readonly grow?: number; readonly text?: string; readonly in?: null }>();
const all = numbers.parallel(branches, { join: "all" });
expectTypeOf<OutputOf<typeof all>>().toEqualTypeOf<{ readonly grow: number; readonly text: string; readonly in: null }>();
const openAny = pipeline().parallel({ grow, counts }, { join: "any" });
expectTypeOf<InputOf<typeof openAny>>().toEqualTypeOf<number>();
// @ts-expect-error there is no such join
numbers.parallel(branches, { join: "some" });

// Taps pass on what comes.

const tapped = pipeline({ input: z.number(), context: Counter })
  .tap("log", (n, { context: { label } }) => n + label.length)
  .tap("later", async (n) => String(n), { onError: "ignore" })
  .tap(counts, { onError: "ignore" })
  .tap(step("in place", () => "lost"));
expectTypeOf<OutputOf<typeof tapped>>().toEqualTypeOf<number>();
const openTap = pipeline().tap("log", (text: string) => text.length);
expectTypeOf<OutputOf<typeof openTap>>().toEqualTypeOf<string>();
const openProgram = pipeline().tap(counts, { name: "count" });
expectTypeOf<InputOf<typeof openProgram>>().toEqualTypeOf<number>();
expectTypeOf<NeedsOf<typeof openProgram>>().toEqualTypeOf<NeedsOf<typeof counts>>();
// @ts-expect-error it takes text
numbers.tap(parse);

// A context of its own: begun with what its schema takes, and left as the outer one has it.

const Inner = context(z.object({ depth: z.number(), pages: z.array(z.string()).default([]) }), { pages: "append" });
const research = pipeline({ name: "research", input: z.string(), context: Inner }).step("read", (topic) => topic.length);
const outer = pipeline({ input: z.string(), context: Counter });
const mapped = outer.step(research, {
  context: {
    in: ({ count, label, tags }, input) => {
      expectTypeOf(count).toEqualTypeOf<number>();
      expectTypeOf(tags).toEqualTypeOf<readonly string[]>();
      return { depth: count + label.length + input.length };
    },
    out: ({ pages, depth }, { label }) => ({ count: depth, tags: pages, label: label + pages.length }),
  },
});
expectTypeOf<OutputOf<typeof mapped>>().toEqualTypeOf<number>();
const mappedAndMore = outer.step(research, {
  retries: 1,
  fallback: parse,
  validate: (length, { input, context: { label } }) => length > input.length + label.length,
  context: { in: async () => ({ depth: 1 }) },
});
expectTypeOf<OutputOf<typeof mappedAndMore>>().toEqualTypeOf<number>();
const Moods = context(z.object({ mood: z.enum(["calm", "wild"]), all: z.array(z.enum(["calm", "wild"])) }));
const moody = pipeline({ name: "moody", input: z.string(), context: Moods }).step("s", (text) => text);
const moodyMapped = pipeline({ input: z.string(), context: Moods }).step(moody, {
  context: {
    in: (_outer, text) => ({ mood: text === "" ? "calm" : "wild", all: ["calm"] }),
    out: ({ mood }) => ({ mood: "calm", all: [mood] }),
  },
});
expectTypeOf<OutputOf<typeof moodyMapped>>().toEqualTypeOf<string>();
const fromNowhere = pipeline({ input: z.string() }).step(research, { context: { in: () => ({ depth: 1 }) } });
expectTypeOf<NeedsOf<typeof fromNowhere>>().toEqualTypeOf<unknown>();
const Easy = pipeline({ name: "easy", input: z.string(), context: z.object({ n: z.number().default(0) }) }).step(parse);
outer.step(Easy, { context: {} });
const inherits = pipeline({ input: z.string() }).step(Easy, { retries: 1 });
expectTypeOf<NeedsOf<typeof inherits>>().toEqualTypeOf<{ n: number }>();
const shares = pipeline({ input: z.string(), context: z.object({ n: z.number() }) }).step(Easy, { retries: 1 });
expectTypeOf<OutputOf<typeof shares>>().toEqualTypeOf<number>();
const openMapped = pipeline({ context: Counter }).step(research, { context: { in: ({ count }) => ({ depth: count }) } });
expectTypeOf<InputOf<typeof openMapped>>().toEqualTypeOf<string>();
// @ts-expect-error the inner context cannot begin without a depth
outer.step(research, { context: {} });
// @ts-expect-error nothing says how the two contexts go together
outer.step(research, { retries: 1 });
// @ts-expect-error depth is a number
outer.step(research, { context: { in: () => ({ depth: "1" }) } });
// @ts-expect-error there is no such field out there
outer.step(research, { context: { in: () => ({ depth: 1 }), out: ({ depth }) => ({ deep: depth }) } });
// @ts-expect-error label is text
outer.step(research, { context: { in: () => ({ depth: 1 }), out: ({ depth }) => ({ label: depth }) } });
// @ts-expect-error it declares no context of its own
outer.step(parse, { context: { in: () => ({}) } });
