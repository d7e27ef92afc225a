import { z } from "zod";
import { agent, context, pipeline, step, tool } from "../../src/index.ts";
import { leave } from "./effects.ts";

// What the kill tests run: an agent with tools, a branch, a map and a parallel, with context writes, a retry, an answer
// that does not fit at first, and steps of every effect. Every piece of work leaves a line in a file outside the store.

const Shared = context(
  z.object({
    log: z.array(z.string()).default([]),
    total: z.number().default(0),
    owner: z.string().default(""),
    rush: z.boolean().default(false),
  }),
  {
    log: "append",
    total: "sum",
  },
);

const search = tool({
  name: "search",
  description: "Finds parts by name.",
  input: z.object({ name: z.string() }),
  run: ({ name }, { path, idempotencyKey }) => {
    leave(path, idempotencyKey);
    return { name, stock: name.length };
  },
});

const reserve = tool({
  name: "reserve",
  description: "Reserves a part.",
  input: z.object({ name: z.string() }),
  effect: "once",
  retry: { retries: 1, firstDelayMs: 0 },
  run: async ({ name }, { path, idempotencyKey, attempt }) => {
    await Promise.resolve();
    leave(path, idempotencyKey);
    if (attempt === 1 && name === "bolt") throw new Error("the shelf is locked");
    return { reserved: name };
  },
});

const MODEL = "openai-compatible:kill-test";

const buyer = agent({
  name: "buyer",
  model: MODEL,
  instructions: "Reserve what the order needs.",
  output: z.object({ parts: z.array(z.string()), urgent: z.boolean() }),
  tools: [search, reserve],
});

const grader = agent({ name: "grader", model: MODEL, instructions: "Grade the part.", output: z.object({ grade: z.number().int() }) });

const check = step({
  name: "check",
  context: Shared,
  retry: { retries: 2, firstDelayMs: 0 },
  run: async (part: string, { path, idempotencyKey, attempt, contribute }) => {
    await Promise.resolve();
    leave(path, idempotencyKey);
    contribute("log", `check ${part}, attempt ${attempt}`);
    if (attempt === 1 && part === "gear") throw new Error("the scale is busy");
    return part;
  },
});

const weigh = step({
  name: "weigh",
  context: Shared,
  effect: "idempotent",
  run: ({ grade }: { readonly grade: number }, { path, idempotencyKey, contribute }) => {
    leave(path, idempotencyKey);
    contribute("total", grade);
    return grade;
  },
});

const assess = pipeline().step(check).step(grader).step(weigh);

const express = pipeline()
  .step("plane", ({ parts }: { readonly parts: readonly string[] }, { path, idempotencyKey }) => {
    leave(path, idempotencyKey);
    return parts;
  })
  .step(
    step({
      name: "book",
      context: Shared,
      effect: "once",
      run: (parts: readonly string[], { path, idempotencyKey, update }) => {
        leave(path, idempotencyKey);
        update((draft) => {
          draft.rush = true;
        });
        return [...parts, "seal"];
      },
    }),
  );

const truck = step("truck", ({ parts }: { readonly parts: readonly string[] }) => parts);

const sign = step({
  name: "sign",
  context: Shared,
  run: async (grades: readonly number[], { path, idempotencyKey, update }) => {
    await Promise.resolve();
    leave(path, idempotencyKey);
    update((draft) => {
      draft.owner = `signed for ${grades.length}`;
    });
    return grades.length;
  },
});

const sum = step("sum", (grades: readonly number[], { path, idempotencyKey }) => {
  leave(path, idempotencyKey);
  return grades.reduce((a, b) => a + b, 0);
});

const size = pipeline().branch(
  (grades: readonly number[]) => {
    leave("journey/papers/size/branch/?key", null);
    return grades.length > 2;
  },
  { true: step("many", (grades: readonly number[]) => `${grades.length} parts`), false: step("few", () => "a few parts") },
);

/** The pipeline whose process is killed. */
export const journey = pipeline({ name: "journey", version: "1.0.0", input: z.string(), context: Shared })
  .step(buyer)
  .branch(
    ({ urgent }) => {
      leave("journey/way/?key", null);
      return urgent ? "express" : "truck";
    },
    { express, truck },
    { name: "way" },
  )
  .map(assess, { name: "parts", concurrency: 2 })
  .parallel({ sign, sum, size }, { name: "papers" })
  .step("close", (papers: { readonly sum: number; readonly size: string }, { path, idempotencyKey, context: seen }) => {
    leave(path, idempotencyKey);
    return { graded: papers.sum, size: papers.size, total: seen.total, lines: seen.log.length };
  });

const slow = (name: string) =>
  tool({
    name,
    description: `Does ${name}.`,
    input: z.object({}),
    run: async (_args, { path, idempotencyKey }) => {
      const turns = Number(name.slice(1));
      for (let turn = 0; turn < turns * 20; turn++) await new Promise(setImmediate); // t1 ends before t2, t2 before t3
      leave(path, idempotencyKey);
      return name;
    },
  });

/** One agent whose model calls three tools in one turn. */
export const threeTools = agent({
  name: "worker",
  model: MODEL,
  instructions: "Call all three.",
  tools: [slow("t1"), slow("t2"), slow("t3")],
});
