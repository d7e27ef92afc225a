import type { HumanNode, StepNode } from "../model/node.ts";
import { checkEffect, checkFunction, checkInDoubt, checkSchema, checkText, checkedRetry, checkedTimeout, isSchema } from "./checks.ts";
import type { Compilation, Place } from "./compilation.ts";
import { noteCode, noteSchema } from "./compilation.ts";
import type { HumanDefinition, StepDefinition } from "./definition.ts";
import { describedSchema, fingerprintOfConfig, schemaMark, versionOfCode } from "./fingerprint.ts";
import { invalid, shown } from "./invalid.ts";
import { checkName } from "./names.ts";
import { compileAccess } from "./context-access.ts";
import { checkedResources, noteRetryWhen } from "./compile-policy.ts";
import { compileLimit } from "./compile-wait.ts";

/** A function step. An input that was checked on the way to it is not checked again: a schema may transform what it takes. */
export function compileStep(definition: StepDefinition, place: Place, into: Compilation): StepNode {
  const { path, segment, checkedWith } = place;
  const { name, effect, inDoubt, run, input, output } = definition;
  checkName(path, "a step", name);
  checkFunction(path, "run", run);
  checkEffect(path, effect);
  checkInDoubt(path, inDoubt);
  checkSchema(path, "input", input);
  checkSchema(path, "output", output);
  const retry = checkedRetry(path, definition.retry);
  const timeoutMs = checkedTimeout(path, definition.timeoutMs);
  const resources = checkedResources(path, definition.resources ?? {});
  const bound = input === checkedWith ? null : input;
  into.steps.set(path, Object.freeze({ run, input: bound, output, resources }));
  noteSchema(into, `${path}:?input`, bound);
  noteSchema(into, `${path}:?output`, output);
  noteRetryWhen(path, definition, into);
  noteCode(into, path, checkedVersion(path, definition.version) ?? versionOfCode(run));
  const access = compileAccess(definition, path, into);
  const schemas = { input: schemaMark(input, path), output: schemaMark(output, path) };
  const fingerprint = fingerprintOfConfig({ kind: "step", name, effect, ...schemas, ...access });
  return Object.freeze({ kind: "step", name, segment, path, fingerprint, effect, retry, timeoutMs, inDoubt, ...access });
}

/** A person's answer. */
export function compileHuman(definition: HumanDefinition, place: Place, into: Compilation): HumanNode {
  const { path, segment } = place;
  const { name, show, answer } = definition;
  checkName(path, "a human step", name);
  if (!isSchema(answer)) throw invalid(path, `answer is ${shown(answer)}, not a schema`, "Give a schema of the answer.");
  const answerSchema = describedSchema(answer, `${path}, answer`);
  into.answers.set(path, answer);
  noteSchema(into, `${path}:?answer`, answer);
  if (show !== null) {
    checkFunction(path, "show", show);
    into.decisions.set(`${path}:show`, (output, about) => show({ ...about, output }));
    noteCode(into, `${path}:show`, versionOfCode(show));
  }
  const limit = compileLimit(definition.limit ?? null, place, into);
  const fingerprint = fingerprintOfConfig({ kind: "human", name, answerSchema });
  const node = { kind: "human", name, segment, path, fingerprint, answerSchema } as const;
  return Object.freeze(limit === null ? node : { ...node, limit });
}

export function checkedVersion(at: string, version: unknown): string | null {
  if (version === null) return null;
  checkText(at, "version", version);
  return version as string;
}
