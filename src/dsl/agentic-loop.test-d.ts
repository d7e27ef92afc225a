import { expectTypeOf } from "vitest";
import { z } from "zod";
import type { AgenticResult, Command, PlannerInput } from "../model/command.ts";
import type { InputOf, OutputOf } from "./index.ts";
import { agent, agenticLoop, commandSchema, step } from "./index.ts";

// Checked by the compiler; nothing here runs.

const search = step("search", ({ about }: { about: string }) => about.length);
const agents = { search: { program: search, description: "Searches." } };

// A planner that is a function says what the goal is, and what it finishes with.
const planner = step(
  "planner",
  ({ goal }: PlannerInput<{ question: string }>): Command<number> => ({ do: "finish", output: goal.question.length }),
);
const byFunction = agenticLoop({ name: "loop", planner, agents, maxCommands: 3 });
expectTypeOf<InputOf<typeof byFunction>>().toEqualTypeOf<{ question: string }>();
expectTypeOf<OutputOf<typeof byFunction>>().toEqualTypeOf<AgenticResult<number>>();

// One that is an agent takes any goal, and finishes with what its schema says.
const asked = agent({
  name: "planner",
  model: "offline:extract",
  instructions: "",
  output: commandSchema({ output: z.object({ n: z.number() }) }),
});
const byAgent = agenticLoop({ name: "loop", planner: asked, agents, ask: z.boolean(), maxCommands: 3 });
expectTypeOf<InputOf<typeof byAgent>>().toEqualTypeOf<unknown>();
expectTypeOf<OutputOf<typeof byAgent>>().toEqualTypeOf<AgenticResult<{ n: number }>>();
