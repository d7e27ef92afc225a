import type { AgenticLoopNode } from "../model/node.ts";
import { eachNodePath } from "../model/path.ts";
import { loopHistory } from "./check-history.ts";
import { checkText } from "./checks.ts";
import type { Compilation, Place } from "./compilation.ts";
import type { AgenticLoopDefinition, HumanDefinition } from "./definition.ts";
import { fingerprintOfConfig } from "./fingerprint.ts";
import { invalid, shown } from "./invalid.ts";
import { checkKey, checkName } from "./names.ts";
import { slotPlace } from "./slots.ts";

/** What stands below it beside its agents. */
const OWN_SLOTS = ["planner", "ask"];

/** An agentic loop: all its programs stand below `path[]`, where at run time the brackets hold which command it is, from 0. */
export function compileAgenticLoop(definition: AgenticLoopDefinition, place: Place, into: Compilation): AgenticLoopNode {
  const { path, segment } = place;
  const { name, maxCommands } = definition;
  checkName(path, "an agentic loop", name);
  if (!Number.isSafeInteger(maxCommands) || maxCommands < 1)
    throw invalid(path, `maxCommands is ${shown(maxCommands)}`, "Give a whole number of at least 1.");
  const below = { ...place, path: eachNodePath(path), level: place.level + 1 };
  const given = Object.entries(definition.agents);
  if (given.length === 0 && definition.ask === null)
    throw invalid(path, "it has no agents and nobody to ask", "Give it at least one of them.");
  for (const [key, { description }] of given) {
    checkKey(path, key);
    if (OWN_SLOTS.includes(key))
      throw invalid(path, `one of its agents is called "${key}"`, "Give it another name: that is a place of the loop's own.");
    checkText(path, `the description of ${shown(key)}`, description);
  }
  const planner = into.nodeOf(definition.planner, slotPlace(below, "planner"), into);
  const agents = Object.freeze(
    given.map(([key, { program, description }]) =>
      Object.freeze({ description, program: into.nodeOf(program, slotPlace(below, key), into) }),
    ),
  );
  const question: HumanDefinition | null =
    definition.ask === null ? null : { kind: "human", name: "ask", show: asItIs, answer: definition.ask };
  const ask = question === null ? null : into.nodeOf(question, slotPlace(below, "ask"), into);
  const told = agents.map(({ program, description }) => [program.segment, description]);
  const history = loopHistory(path, definition.history, [planner, ...agents.map(({ program }) => program)]);
  const fingerprint = fingerprintOfConfig({ kind: "agenticLoop", name, agents: told, asks: ask !== null, ...history });
  return Object.freeze({ kind: "agenticLoop", name, segment, path, fingerprint, planner, agents, ask, maxCommands, ...history });
}

/** A person is shown the question as it is. */
function asItIs({ output }: { readonly output: unknown }): unknown {
  return output;
}
