import type { Mutant } from "../mutant.ts";

const file = "src/core/handlers/agentic-loop.ts";

export const AGENTIC_LOOP: readonly Mutant[] = [
  {
    id: "agentic-loop-runs-one-too-many",
    file,
    find: "index < maxCommands",
    replace: "index <= maxCommands",
    says: "it takes one command more than it may",
    prefixes: ["AGL"],
  },
  {
    id: "agentic-loop-forgets-what-was-refused",
    file,
    find: "      loop.log.push({ command: planned.output, outcome: refused(read.wrong) });\n",
    replace: "",
    says: "what was refused is not told to the planner",
    prefixes: ["AGL"],
  },
  {
    id: "agentic-loop-forgets-its-log",
    file,
    find: "    loop.log.push({ command: planned.output, outcome: came });\n",
    replace: "",
    says: "what came of a command is not told to the planner",
    prefixes: ["AGL"],
  },
  {
    id: "agentic-loop-catches-a-cancellation",
    file,
    find: "return isFinal(result.failure) ? { ends: result.failure } : failedBy(result.failure);",
    replace: "return failedBy(result.failure);",
    says: "the planner is told that the run was called off, and goes on",
    prefixes: ["AGL"],
  },
  {
    id: "agentic-loop-forgets-the-cost",
    file,
    find: "    this.#tally.include(result);\n",
    replace: "",
    says: "what its programs used does not count",
    prefixes: ["AGL"],
  },
  {
    id: "agentic-loop-hides-the-context",
    file,
    find: "    this.#context = this.#context.with(result.writes);\n",
    replace: "",
    says: "agents do not see what those before them wrote",
    prefixes: ["AGL"],
  },
  {
    id: "agentic-loop-gives-no-input",
    file,
    find: "loop.enter(agent.program, below, command.input)",
    replace: "loop.enter(agent.program, below, loop.frame.input)",
    says: "an agent is given the goal in place of its input",
    prefixes: ["AGL"],
  },
  {
    id: "agentic-loop-finishes-without-a-trace",
    file,
    find: '[...this.log, { command, outcome: { status: "finished" } }]',
    replace: "this.log",
    says: "the last command is not in the log",
    prefixes: ["AGL"],
  },
];
