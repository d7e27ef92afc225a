import { z } from "zod";
import type { Command, PlannerInput, Proposing } from "../../src/index.ts";
import {
  agenticLoop,
  background,
  cached,
  context,
  defineKind,
  gate,
  machine,
  pipeline,
  reducer,
  reducers,
  refine,
  saga,
  search,
  step,
} from "../../src/index.ts";
import { leave } from "./effects.ts";

// A program with every kind that is made of others: what chooses, judges, searches, plans, keeps, undoes and starts. Every piece of
// work leaves a line; who is cut off when is certain, since nothing in it races.

const Shared = context(z.object({ log: z.array(z.string()).default([]), spent: z.number().default(0), way: z.string().default("") }), {
  log: "append",
  spent: "sum",
  way: reducer((before, name: string) => `${before}${before.length % 10}${name.slice(0, 1)}`), // tells in which order
});

/** A step that leaves its line, logs it, and gives what its function makes of what it was given. */
function does<const Name extends string, In, Out>(name: Name, make: (input: In) => Out) {
  return step({
    name,
    context: Shared,
    run: (input: In, { path, idempotencyKey, contribute }) => {
      leave(path, idempotencyKey);
      contribute("log", path);
      contribute("spent", 1);
      contribute("way", name);
      return make(input);
    },
  });
}

const say = <const Name extends string>(name: Name) => does(name, (text: string) => `${text} ${name}`);

const poem = refine({
  name: "poem",
  generate: step({
    name: "write",
    context: Shared,
    run: (subject: string, { path, idempotencyKey, contribute, feedback }) => {
      leave(path, idempotencyKey);
      contribute("log", path);
      return feedback === null ? subject : `${subject}, ${feedback.message}`;
    },
  }),
  critique: does("judge", ({ artifact }: { readonly artifact: string }) => ({ ok: artifact.includes("longer"), feedback: "longer" })),
  maxIterations: 3,
});

const article = machine({
  name: "article",
  initial: "draft",
  states: { draft: say("draft"), review: say("review"), publish: does("publish", published), mend: say("mend") },
  on: [
    { from: "draft", to: "review" },
    { from: "review", to: "publish" },
    { from: "publish", when: "failure", to: "mend" },
    { from: "publish", to: "out" },
    { from: "mend", to: "publish" },
  ],
  ends: ["out"],
  maxHops: 8,
});

function published(text: string): string {
  if (!text.includes("mend")) throw new Error("it is not mended");
  return text;
}

const toTen = search({
  name: "to ten",
  propose: does("moves", ({ state }: Proposing<number>) => [state + 1, state * 2]),
  evaluate: does("promise", (state: number) => Math.abs(10 - state)),
  isGoal: (state) => state === 10,
  invariants: { "not above ten": (state) => state <= 10 },
  maxExpansions: 20,
});

const PLAN: readonly Command[] = [
  { do: "run", agent: "look", input: "tides" },
  { do: "run", agent: "nobody", input: null },
  { do: "ask", question: "How long?" },
  { do: "finish", output: "planned" },
];

const planned = agenticLoop({
  name: "plan",
  planner: does("planner", ({ log }: PlannerInput): Command => PLAN[log.length] ?? { do: "finish", output: "lost" }),
  agents: { look: { program: say("look"), description: "Looks." } },
  ask: z.string(),
  maxCommands: 6,
});

/** Undoes one of them, and says so. */
const undo = <const Name extends string>(name: Name) =>
  step(name, (_: { readonly input: string; readonly output: string }, { path, idempotencyKey }) => leave(path, idempotencyKey));

const trip = saga(
  pipeline({ name: "trip", input: z.string(), context: Shared })
    .step(say("flight"), { compensate: undo("cancel") })
    .parallel(
      {
        room: pipeline().step(say("room"), { compensate: undo("leave room") }),
        table: pipeline().step(say("table"), { compensate: undo("free table") }),
      },
      { name: "booked" },
    )
    .step("none", (_, { path, idempotencyKey }): string => {
      leave(path, idempotencyKey);
      throw new Error("the season is over");
    }),
);

const rate = cached(
  pipeline({ name: "rate", input: z.string(), context: Shared })
    .step(say("ask"))
    .step(does("count", (text: string) => text.length)),
  { reads: [] },
);

/** Runs on its own: it leaves no line, since nothing says when it does. */
const mail = pipeline({ name: "mail", input: z.string() }).step("send", (text) => text.length);

const agreed = gate({ name: "agreed", judges: { small: does("small", (n: number) => n < 100), even: does("even", () => ({ ok: true })) } });

/** A kind of one's own, over a program with a plugin that sends it on and one that mends what came of that. */
const seenBy = defineKind({
  kind: "seenBy",
  expand: ({ senior }: { readonly senior: ReturnType<typeof say<"senior">> }) =>
    pipeline({ name: "seen by", input: z.string(), context: Shared }).step(say("junior"), {
      plugins: [
        { name: "who", run: (text) => (text.endsWith("junior") ? { redirect: "senior", feedback: "too hard" } : true) },
        { name: "sign", run: (text) => ({ solution: `${text}, signed` }) },
      ],
      redirects: { senior },
    }),
});

/** Every kind that is made of others. */
export const composedKinds = pipeline({ name: "composed", version: "1.0.0", input: z.string(), context: Shared })
  .step(poem)
  .step("artifact", ({ artifact }) => artifact)
  .route(
    does("router", () => ["sea", "sky"]),
    { sea: pipeline().step(say("sea")).step(say("foam")), sky: say("sky"), land: say("land") },
    { name: "seen" },
  )
  .step("joined", (seen) => Object.values(seen).join())
  .step(seenBy({ senior: say("senior") }))
  .step(article)
  .step("text", ({ output }) => output)
  .step(planned)
  .step("said", ({ output, log }) => `${String(output)} in ${log.length}`)
  .step(trip, { onError: { default: "stayed at home" } })
  .parallel(
    { one: say("one"), two: say("two"), three: say("three") },
    { name: "votes", reduce: reducers.judge(does("judge", ({ results }: { readonly results: object }) => Object.keys(results))) },
  )
  .map(pipeline().step(rate), { name: "rates", concurrency: 1, reduce: (rates) => rates.reduce((a, b) => a + b, 0) })
  .step(agreed)
  .step("start", (n, { path, idempotencyKey }) => {
    leave(path, idempotencyKey);
    return `${n}`;
  })
  .step(background(mail))
  .step("one", () => 1)
  .step(toTen)
  .step("close", ({ path: way, expanded }, { path, idempotencyKey, context: { log, spent, way: order } }) => {
    leave(path, idempotencyKey);
    return { way, expanded, lines: log.length, spent, order };
  });
