import { z } from "zod";
import type { Command, PlannerInput, Proposing, Refined } from "../../src/index.ts";
import {
  agent,
  agenticLoop,
  asTool,
  background,
  cached,
  context,
  gate,
  machine,
  pipeline,
  reducers,
  refine,
  saga,
  search,
  step,
  withPolicy,
} from "../../src/index.ts";

// One program of each family of kinds, and one that has them all. Nothing of it is ever run.

const same = <const Name extends string>(name: Name) => step(name, (text: string) => text);
const agrees = <const Name extends string>(name: Name) => step(name, (text: string) => text.length > 1);
const judged = <const Name extends string>(name: Name) => reducers.judge(step(name, ({ input }: { readonly input: string }) => input));

/** What runs at once, what joins it, and what makes one of it. */
export const beside = pipeline({ name: "beside", input: z.string() })
  .branch((text) => text.length > 1, { true: same("long"), false: same("short") }, { name: "length" })
  .parallel({ a: same("a"), b: same("b") }, { name: "both", reduce: judged("better") })
  .route(
    step("ask", () => ["tea" as const, "milk" as const]),
    { tea: same("tea"), milk: same("milk") },
    { name: "desks", reduce: judged("sum up") },
  )
  .step(gate({ name: "agreed", judges: { x: agrees("x"), y: agrees("y"), z: agrees("z") }, needs: 2 }))
  .step("split", (text) => [text])
  .map(same("look"), { name: "items", reduce: reducers.judge(step("summary", () => "all")) });

/** What goes from state to state. */
export const article = machine({
  name: "article",
  initial: "draft",
  states: {
    draft: same("draft"),
    review: pipeline({ name: "read" }).step(same("read once")).step(same("read twice")),
    correct: same("correct"),
    try: same("publish"),
    wake: same("wake"),
    done: same("celebrate"),
  },
  on: [
    { from: "draft", to: "review" },
    { from: "review", if: (text) => text.length > 9, to: "try" },
    { from: "review", if: (_, { hops }) => hops > 6, to: "given up" },
    { from: "review", to: "correct" },
    { from: "correct", to: "review" },
    { from: "try", to: "done" },
    { from: "try", when: ["timeout", "rate_limited"], to: "wake" },
    { from: "try", when: "failure", if: (_, { hops }) => hops > 6, to: "given up" },
    { from: "wake", to: "try" },
  ],
  ends: ["done", "given up"],
  maxHops: 12,
});

/** What goes round. */
export const rounds = pipeline({ name: "rounds", input: z.string() })
  .loop(same("polish"), { name: "shine", maxIterations: 3 })
  .step(
    refine({
      name: "better",
      generate: same("write"),
      critique: step("judge", ({ artifact }: { readonly artifact: string }) => artifact.length > 9),
      maxIterations: 3,
    }),
  )
  .step("artifact", ({ artifact }: Refined<string, boolean>) => artifact)
  .step(
    search({
      name: "finds",
      propose: step("propose", ({ state }: Proposing<string>) => [state]),
      evaluate: step("evaluate", () => 1),
      isGoal: (text: string) => text.length > 9,
      maxExpansions: 4,
    }),
  )
  .step("found", ({ state }) => state);

/** What a planner has done. */
export const planned = agenticLoop({
  name: "research",
  planner: step("planner", ({ goal }: PlannerInput<string>): Command<string> => ({ do: "finish", output: goal })),
  agents: {
    find: { program: same("search"), description: "Finds." },
    write: { program: same("write"), description: "Writes." },
  },
  ask: z.string(),
  maxCommands: 9,
});

const leave = pipeline({ name: "leave" }).step("call off", () => null);

/** What is undone where it fails. */
export const trip = saga(
  pipeline({ name: "trip", input: z.string() })
    .step(same("flight"), { compensate: step("cancel", () => null) })
    .step(same("hotel"), { compensate: leave, fallback: same("tent") }),
);

/** What stands around something else, or waits. */
const around = pipeline({ name: "around", input: z.string() })
  .step(cached(same("rate"), { ttl: "1 hour" }))
  .step(cached(pipeline({ name: "rates" }).step(same("buy")).step(same("sell"))))
  .tap(same("log"), { name: "watch" })
  .step(pipeline({ name: "inner", context: context(z.object({ depth: z.number() })) }).step(same("dive")), {
    context: { in: () => ({ depth: 1 }) },
  })
  .sleep("nap", 300)
  .waitFor("paid", { schema: z.string(), timeoutMs: 5, onTimeout: same("remind") })
  .step("came", (value) => (typeof value === "string" ? value : value.signal))
  .human("sign", { answer: z.string() })
  .step("signed", ({ answer }) => answer);

const clerk = agent({
  name: "clerk",
  model: "offline:extract",
  instructions: "File it.",
  input: z.string(),
  tools: [
    asTool(
      pipeline({ name: "file it", input: z.object({ name: z.string() }) }).step("stamp", ({ name }) => name),
      {
        name: "file",
        description: "Files it.",
        input: z.object({ name: z.string() }),
      },
    ),
  ],
});

const mail = pipeline({ name: "mail", input: z.string() }).step(same("address")).step(same("send"));

/** Every kind of node there is, and whatever may stand below one. */
export const everyKind = pipeline({ name: "every", input: z.string() })
  .step(beside)
  .step(article)
  .step("state", ({ state }): string => state)
  .step(rounds)
  .step(planned)
  .step("said", ({ output }) => output)
  .step(trip)
  .step(around)
  .step(clerk)
  .step(background(mail))
  .step("id", ({ runId }) => runId)
  .step(withPolicy(same("hope"), { fallback: same("instead") }))
  .gather({ hope: "hope" })
  .step("last", (all) => Object.keys(all).length);
