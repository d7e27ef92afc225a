import type { ProcessorCounts } from "../model/node-parts.ts";
import type { NodePath } from "../model/path.ts";
import { checkFunction } from "./checks.ts";
import type { Compilation } from "./compilation.ts";
import { noteCode } from "./compilation.ts";
import type { AgentDefinition, DecisionFunction } from "./definition.ts";
import { versionOfCode } from "./fingerprint.ts";
import { invalid, shown } from "./invalid.ts";

/** How many processors of both kinds an agent has; nothing is said of none, so that plans of before are what they were. */
export function processorCounts({ promptProcessors, outputProcessors }: AgentDefinition, path: NodePath): ProcessorCounts {
  const ofPrompt = countOf(path, "promptProcessors", promptProcessors);
  const ofOutput = countOf(path, "outputProcessors", outputProcessors);
  return {
    ...(ofPrompt === 0 ? {} : { promptProcessors: ofPrompt }),
    ...(ofOutput === 0 ? {} : { outputProcessors: ofOutput }),
  };
}

function countOf(path: NodePath, option: string, given: unknown): number {
  if (given === undefined) return 0;
  if (!Array.isArray(given)) throw invalid(path, `${option} is ${shown(given)}`, "Give a list of functions.");
  for (const [index, each] of given.entries()) checkFunction(path, `${option}[${index}]`, each);
  return given.length;
}

/** The functions, each with the version of its code noted. */
export function boundProcessors(
  into: Compilation,
  key: string,
  processors: readonly DecisionFunction[] | undefined,
): readonly DecisionFunction[] {
  if (processors === undefined) return NONE;
  for (const [index, process] of processors.entries()) noteCode(into, `${key} ${index + 1}`, versionOfCode(process));
  return Object.freeze([...processors]);
}

const NONE: readonly DecisionFunction[] = Object.freeze([]);
