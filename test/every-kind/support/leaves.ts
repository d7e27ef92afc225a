import { z } from "zod";
import { agent, step, tool } from "../../../src/index.ts";
import { scriptedModel } from "../../../src/testing/index.ts";
import type { Step } from "../../../src/index.ts";
import type { Site, Text } from "./ground.ts";
import { line, mixed, Shared, text } from "./ground.ts";

/** How long anything takes at most, in milliseconds of the simulated clock. */
const LONGEST_MS = 12;

const PRICED = { provider: "openai.chat", modelId: "gpt-5-mini" };
const SPENT = { inputTokens: 1_000, outputTokens: 100 };

/** What an agent is told of a time limit says when that was, which is another moment in every run. */
export function timeless(said: string): string {
  return said.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>");
}

type Leaf = (site: Site) => Step<string, string, never>;

/** A step that takes a while, adds to the context and does something outside. */
export function works({ sim, name }: Site): Text {
  const work = step({
    name,
    context: Shared,
    run: async (value: string, about) => {
      await sim.at(about).latency(LONGEST_MS, about.signal);
      sim.call("work", about.idempotencyKey);
      about.contribute("log", name);
      about.contribute("way", name);
      about.contribute("sum", 1);
      return mixed(name, value);
    },
  });
  return work as Step<string, string, never> as Text;
}

/** The programs that have no other in them. */
export const LEAVES = {
  step: works,
  once: ({ sim, name }) =>
    step({
      name,
      effect: "once",
      context: Shared,
      run: async (value: string, about) => {
        await sim.at(about).latency(LONGEST_MS, about.signal);
        sim.call("once", about.idempotencyKey);
        about.contribute("sum", 10);
        return mixed(name, value);
      },
    }),
  "fails first": ({ sim, name }) =>
    step({
      name,
      context: Shared,
      retry: { retries: 2, firstDelayMs: 3 },
      run: async (value: string, about) => {
        await sim.at(about).latency(LONGEST_MS, about.signal);
        about.contribute("sum", 100);
        if (about.attempt === 1) throw new RangeError("not the first time");
        sim.call("at last", about.idempotencyKey);
        return mixed(name, value);
      },
    }),
  agent: ({ name }) => {
    const model = scriptedModel((call) => ({ text: mixed(name, timeless(call.lastUserText)), usage: SPENT }), PRICED);
    return agent({ name, model, instructions: "Say it.", input: text });
  },
  tools: ({ sim, name }) => {
    const look = tool({
      name: "look",
      description: "Looks.",
      input: z.object({ at: text }),
      run: async ({ at }, about) => {
        await sim.at(about).latency(LONGEST_MS, about.signal);
        sim.call("look", about.idempotencyKey);
        return mixed(at);
      },
    });
    const model = scriptedModel(
      (call) =>
        call.options.prompt.at(-1)?.role !== "tool"
          ? {
              calls: [
                { tool: "look", input: { at: timeless(call.lastUserText) } },
                { tool: "look", input: { at: name } },
              ],
              usage: SPENT,
            }
          : { text: mixed(name, timeless(call.lastUserText)), usage: SPENT },
      PRICED,
    );
    return agent({ name, model, instructions: "Look.", input: text, tools: [look] });
  },
  human: (site) =>
    line(site.name)
      .human("ask", { answer: text })
      .step("told", ({ input, answer }) => mixed(input, answer)),
  signal: (site) =>
    line(site.name)
      .waitFor("hear", { schema: text })
      .step("told", ({ input, signal }) => mixed(input, signal)),
  sleep: (site) => line(site.name).sleep("rest", "3 days"),
} as const satisfies Readonly<Record<string, Leaf>>;

export type LeafKind = keyof typeof LEAVES;
