import { z } from "zod";
import { agent, context, pipeline, resource, step, tool, withPolicy } from "../../src/index.ts";
import { leave } from "./effects.ts";

// A program with every kind of node and every policy. Who wins a race, and which time runs out, is certain: the time of its
// processes stands still unless everything waits for it.

const DAY_MS = 86_400_000;

const Shared = context(z.object({ log: z.array(z.string()).default([]), pages: z.number().default(0) }), { log: "append", pages: "sum" });

/** A step that leaves its line, logs it, and gives back what it was given with its name behind it. */
function does<const Name extends string>(name: Name) {
  return step({
    name,
    context: Shared,
    run: (text: string, { path, idempotencyKey, contribute }) => {
      leave(path, idempotencyKey);
      contribute("log", path);
      return `${text} ${name}`;
    },
  });
}

/** A step that leaves its line and fails. */
function fails<const Name extends string>(name: Name) {
  return step(name, (_: string, { path, idempotencyKey }): string => {
    leave(path, idempotencyKey);
    throw new RangeError(`${name} cannot`);
  });
}

/** A step that leaves its line and goes on until it is told to stop. */
function hangs<const Name extends string>(name: Name) {
  return step(name, (_: string, { path, idempotencyKey, signal }): Promise<string> => {
    leave(path, idempotencyKey);
    return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("told to stop"))));
  });
}

/** Says that a function in a control position was asked. */
function asked<T>(key: string, answer: T): T {
  leave(`kinds/${key}`, null);
  return answer;
}

/** A resource that says when it is opened and closed, and refuses to be used when it is not open. */
function handle(name: string, per: "run" | "attempt") {
  return resource({
    open: async () => {
      await Promise.resolve();
      leave(`opens ${name}`, null);
      return { isOpen: true };
    },
    close: (opened) => {
      if (!opened.isOpen) throw new Error(`${name} is closed twice`);
      opened.isOpen = false;
      leave(`closes ${name}`, null);
    },
    per,
  });
}

const ledger = handle("ledger", "run");
const session = handle("session", "attempt");

const uses = <const Name extends string>(name: Name, failsFirst = false) =>
  step({
    name,
    resources: { ledger, session },
    run: (text: string, { path, idempotencyKey, resources, feedback }) => {
      leave(path, idempotencyKey);
      if (!resources.ledger.isOpen || !resources.session.isOpen) throw new Error("it is closed");
      if (failsFirst && feedback === null) throw new Error("not the first time");
      return `${text} ${name}`;
    },
  });

const lookUp = tool({
  name: "lookUp",
  description: "Looks it up.",
  input: z.object({ name: z.string() }),
  run: (_args, { path, idempotencyKey }): string => {
    leave(path, idempotencyKey);
    throw new Error("the catalogue is closed");
  },
});

const file = tool({
  name: "file",
  description: "Files it.",
  input: z.object({ name: z.string() }),
  needsApproval: ({ name }) => asked("clerk/turn[1]/tool[0]/?approval", name === "gear"),
  effect: "once",
  run: ({ name }, { path, idempotencyKey }) => {
    leave(path, idempotencyKey);
    return { filed: name };
  },
});

const clerk = agent({
  name: "clerk",
  model: "openai-compatible:kill-test",
  instructions: "File the order.",
  output: z.object({ title: z.string() }),
  tools: [lookUp, file],
});

const research = pipeline({
  name: "research",
  input: z.string(),
  context: context(z.object({ depth: z.number(), read: z.array(z.string()).default([]) }), { read: "append" }),
})
  .step("read", (text, { path, idempotencyKey, context: { depth }, contribute, initialPrompt }) => {
    leave(path, idempotencyKey);
    contribute("read", initialPrompt);
    return `${text} at ${depth}`;
  })
  .step("sum", (text, { path, idempotencyKey, context: { read } }) => {
    leave(path, idempotencyKey);
    return `${text} (${read.length} read)`;
  });

const answer = withPolicy(does("draft"), {
  retry: { retries: 2, firstDelayMs: 500 },
  validate: [
    { name: "length", check: (text) => asked("answer/draft/?validate length", { score: text.length }), minScore: 1 },
    ({ length }) => length > 0,
  ],
});

const improve = step("improve", (text: string, { path, idempotencyKey, feedback }) => {
  leave(path, idempotencyKey);
  return feedback === null ? text : `${text} better`;
});

/** Half of the program: what goes round, what waits, what races. */
const first = pipeline({ name: "kinds", version: "1.0.0", input: z.string(), context: Shared })
  .step(clerk)
  .step("title", ({ title }) => title)
  .loop(pipeline().step(does("cut")).step(does("sand")), {
    name: "polish",
    until: (_, { iteration, context: { log } }) => asked(`polish[${iteration}]/?until`, log.length >= 6),
    next: (text, { iteration }) => asked(`polish[${iteration}]/?next`, `${text}, again`),
    output: (text, { iteration }) => asked(`polish[${iteration}]/?output`, `${text} ${iteration + 1} times`),
    maxIterations: 5,
  })
  .sleep("nap", 300)
  .sleepUntil("tomorrow", (_, { nowMs }) => asked("tomorrow/?wake", new Date(nowMs + DAY_MS)))
  .sleepUntil("past", new Date(0))
  .waitFor("paid", { schema: z.object({ cents: z.number() }) })
  .step("note", ({ input, signal }, { path, idempotencyKey }) => {
    leave(path, idempotencyKey);
    return `${input} for ${signal.cents}`;
  })
  .human("sign", {
    show: ({ output }) => asked("sign/?show", output),
    answer: z.string(),
    timeoutMs: 3 * DAY_MS,
    default: "unsigned",
  })
  .step("signed", ({ input, answer: by }) => `${input}, ${by}`)
  .waitFor("shipped", { schema: z.string(), timeout: "1 hour", onTimeout: pipeline().step(does("remind")).step(does("escalate")) })
  .step("sent", (came) => (typeof came === "string" ? came.slice(0, 20) : came.signal))
  .parallel(
    {
      quick: pipeline().step(does("run")).step(does("jump")),
      hangs: hangs("hangs"),
      nap: pipeline({ input: z.string() }).sleep("nap", "2 days").step(does("never")),
      waits: pipeline()
        .waitFor("nobody", { schema: z.string() })
        .step("never", () => "never"),
      no: fails("no"),
    },
    { name: "first", join: "any" },
  )
  .step("winner", ({ branch, output }) => `${output.length} letters by ${branch}`)
  .parallel(
    {
      broken: fails("broken"),
      one: pipeline().step(does("a")).step(does("b")),
      two: pipeline().step(does("c")).step(does("d")),
      stuck: hangs("stuck"),
    },
    { name: "most", join: 2 },
  )
  .step("voices", ({ one, two }) => `${String(one)} and ${String(two)}`);

/** Every kind, every policy. */
export const allKinds = first
  .tap(pipeline().step(does("audit")).step(does("archive")), { name: "watch" })
  .tap(fails("grumble"), { name: "deaf", onError: "ignore" })
  .step(research, {
    context: {
      in: ({ log }, input) => asked("research/?enter", { depth: log.length + (input.length > 0 ? 1 : 0) }),
      out: ({ read }, { pages }) => asked("research/?leave", { pages: pages + read.length }),
    },
  })
  .step(pipeline({ name: "group" }).step(uses("grip")).step(uses("lift", true)), {
    retry: { retries: 2, firstDelayMs: 250 },
    resources: { session },
  })
  .step(pipeline({ name: "alone" }).step(uses("once")))
  .step(
    pipeline({ name: "answer" })
      .step(answer)
      .step(
        withPolicy(improve, {
          retry: { retries: 1, firstDelayMs: 0 },
          validate: (text) => asked(`answer/improve${text.endsWith("better") ? "#2" : ""}/?validate validate`, text.endsWith("better")),
        }),
      ),
  )
  .step(
    step("slow", (text: string, { path, idempotencyKey, signal, feedback }): string | Promise<string> => {
      leave(path, idempotencyKey);
      if (feedback !== null) return `${text} after all`;
      return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("told"))));
    }),
    { timeoutMs: 400, retry: { retries: 1, firstDelayMs: 100 } },
  )
  .step(pipeline({ name: "deep" }).step(does("begin")).step(hangs("stalls")), {
    timeoutMs: 2_000,
    totalTimeoutMs: 5_000,
    retry: { retries: 5, firstDelayMs: 1_000 },
    onError: { default: "gave up" },
  })
  .step(fails("primary"), { fallback: [pipeline({ name: "second" }).step(does("try")).step(fails("fail")), does("third")] })
  .step(fails("hopeless"), {
    retry: { retries: 3, firstDelayMs: 0 },
    retryOn: (_, { attempt }) => asked(`hopeless${attempt > 1 ? `#${attempt}` : ""}/?retryOn`, attempt < 2),
    onFailure: () => asked("hopeless/?failed", undefined),
    onError: { default: ({ code }, { input }) => asked("hopeless/?default", `${input}, ${code}`) },
  })
  .step("close", (text, { path, idempotencyKey, context: { log, pages } }) => {
    leave(path, idempotencyKey);
    return { text, lines: log.length, pages };
  });
