import { z } from "zod";
import { agent, agenticLoop, commandSchema, context, machine, pipeline, step } from "../../../src/index.ts";
import { scriptedModel } from "../../../src/testing/scripted-model.ts";
import type { Shape } from "./shapes.ts";

// Programs in which something says which way it goes: routes, machines, agentic loops.

const text = z.string();
const line = (name: string) => pipeline({ name, input: text });
const says = (name: string) => step(name, (value: string) => `${value} ${name}`);
type Name = "left" | "middle" | "right";
const ways = { left: says("left"), middle: says("middle"), right: says("right") };

export const ROUTING_SHAPES = {
  "a route by a function": (): Shape => ({
    program: line("p").route((value): Name[] => (value === "in" ? ["right", "left"] : []), ways),
  }),
  "a route by an agent that writes to the context": (): Shape => {
    const Seen = context(z.object({ seen: z.array(text).default([]) }), { seen: "append" });
    const model = scriptedModel([{ json: { routes: ["right", "left", "right"] } }]);
    const router = agent({
      name: "router",
      model,
      instructions: "Say who is to look at it.",
      output: z.object({ routes: z.array(z.enum(["left", "right"])) }),
    });
    const sees = (name: string) =>
      step({
        name,
        context: Seen,
        run: (value: string, { contribute }) => {
          contribute("seen", name);
          return value;
        },
      });
    return {
      program: pipeline({ name: "p", input: text, context: Seen }).route(
        pipeline().step(sees("first")).step(router),
        { left: sees("left"), right: sees("right") },
        { name: "who" },
      ),
    };
  },
  "a machine with a guard and a failure": (): Shape => ({
    program: line("p").step(
      machine({
        name: "m",
        initial: "draft",
        states: {
          draft: says("draft"),
          review: step("review", (value: string): string => {
            if (!value.includes("mend")) throw new RangeError("not good enough");
            return value;
          }),
          mend: says("mend"),
        },
        on: [
          { from: "draft", to: "review" },
          { from: "review", if: (_, { hops }) => hops > 2, to: "done" },
          { from: "review", to: "review" },
          { from: "review", when: "step_failed", to: "mend" },
          { from: "mend", to: "review" },
        ],
        ends: ["done"],
        maxHops: 6,
      }),
    ),
  }),
  "a machine that goes too far": (): Shape => ({
    program: line("p").step(
      machine({
        name: "m",
        initial: "on",
        states: { on: says("on"), off: says("off") },
        on: [
          { from: "on", if: (value) => value.length > 40, to: "done" },
          { from: "on", to: "off" },
          { from: "off", to: "on" },
        ],
        ends: ["done"],
        maxHops: 3,
      }),
    ),
  }),
  "an agentic loop with an agent that fails and a person": (): Shape => {
    const model = scriptedModel([
      { json: { do: "run", agent: "left", input: "weigh it" } },
      { json: { do: "run", agent: "broken", input: "weigh it" } },
      { json: { do: "ask", question: "May I guess?" } },
      { json: { do: "finish", output: "three pounds" } },
    ]);
    const planner = agent({ name: "planner", model, instructions: "Say what is next.", output: commandSchema({ output: text }) });
    const broken = step("broken", (): string => {
      throw new RangeError("out of order");
    });
    const agents = {
      left: { program: says("left"), description: "Weighs with the left hand." },
      broken: { program: broken, description: "Weighs exactly." },
    };
    return { program: line("p").step(agenticLoop({ name: "l", planner, agents, ask: z.boolean(), maxCommands: 5 })) };
  },
  "a route to nowhere": (): Shape => ({ program: line("p").route((): string => "up", ways) }),
} satisfies Readonly<Record<string, () => Shape>>;
