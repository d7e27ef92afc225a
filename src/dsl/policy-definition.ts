import { isPlainObject } from "../base/json.ts";
import type { DecisionFunction, Definition, PolicyDefinition, ValidatorDefinition } from "../plan/definition.ts";
import { invalid, refuseUnknown, shown } from "../plan/invalid.ts";
import type { PolicyOptions, Validate, Validator } from "./policy-options.ts";
import { pluginsOf, redirectsOf } from "./plugin.ts";
import type { AnyStep } from "./program.ts";
import { definitionOf } from "./program.ts";
import { resourceDefinitionsOf } from "./resource.ts";
import type { AllOf } from "./retry-options.ts";
import { ATTEMPT_OPTIONS, retryingOf } from "./retry-options.ts";

/** The options of a policy, of whichever program. */
export interface LoosePolicy
  extends Omit<PolicyOptions<never, never, never, AnyStep | readonly AnyStep[]>, "plugins" | "redirects" | "sinkTo"> {
  readonly sinkTo?: unknown;
  readonly plugins?: unknown;
  readonly redirects?: unknown;
}

export const POLICY_OPTIONS = {
  ...ATTEMPT_OPTIONS,
  totalTimeoutMs: true,
  plugins: true,
  redirects: true,
  validate: true,
  fallback: true,
  onFailure: true,
  onError: true,
  compensate: true,
  sinkTo: true,
  resources: true,
} as const satisfies AllOf<PolicyOptions>;

/** A program with what is to be done around it. `compile` refuses numbers that make no sense, naming the place. */
export function policyDefinitionOf(at: string, program: Definition, options: LoosePolicy): PolicyDefinition {
  refuseUnknown(at, options, POLICY_OPTIONS);
  return Object.freeze({
    kind: "policy",
    name: program.name,
    input: "input" in program ? program.input : null,
    program,
    ...retryingOf(at, options),
    timeoutMs: options.timeoutMs ?? null,
    totalTimeoutMs: options.totalTimeoutMs ?? null,
    ...pluggedOf(at, program, options),
    validators: validatorsOf(at, options.validate),
    fallbacks: fallbacksOf(at, program, options.fallback),
    onFailure: handlerOf(at, options.onFailure),
    onError: onErrorOf(at, options.onError),
    resources: resourceDefinitionsOf(options.resources ?? {}),
    ...(options.sinkTo === undefined ? {} : { sinkTo: options.sinkTo as string }), // looked at when it is compiled
    ...(options.compensate === undefined ? {} : { compensation: definitionOf(options.compensate) }),
  });
}

/** Plugins and what they redirect to: neither alone without sense, and none of it the program itself. */
function pluggedOf(at: string, program: Definition, options: LoosePolicy): Pick<PolicyDefinition, "plugins" | "redirects"> {
  const { plugins } = pluginsOf(at, options.plugins);
  const { redirects } = redirectsOf(at, options.redirects);
  if (plugins === undefined && redirects !== undefined)
    throw invalid(at, "it has redirects, and no plugin that could redirect to them", "Give `plugins`, or leave `redirects` out.");
  for (const [name, redirect] of Object.entries(redirects ?? {}))
    if (innermost(redirect) === innermost(program))
      throw invalid(
        at,
        `the redirect ${shown(name)} is the program itself`,
        "Give another program, or `retries` if it is to be tried again.",
      );
  return { ...(plugins === undefined ? {} : { plugins }), ...(redirects === undefined ? {} : { redirects }) };
}

function validatorsOf(at: string, validate: Validate<never, never> | undefined): readonly ValidatorDefinition[] {
  if (validate === undefined) return [];
  const names = new Set<string>();
  return Object.freeze((Array.isArray(validate) ? validate : [validate]).map((each: unknown) => validatorOf(at, each, names)));
}

function validatorOf(at: string, given: unknown, names: Set<string>): ValidatorDefinition {
  const { name, check, minScore = null } = looseValidator(at, given, names);
  if (names.has(name)) throw invalid(at, `two validators are called ${shown(name)}`, "Give one of them another name.");
  names.add(name);
  if (minScore !== null && !Number.isFinite(minScore))
    throw invalid(at, `minScore of the validator ${shown(name)} is ${shown(minScore)}`, "Give a number.");
  return Object.freeze({ name, check: check as DecisionFunction, minScore });
}

function looseValidator(at: string, given: unknown, names: ReadonlySet<string>): Validator<never, never> {
  if (typeof given === "function") return { name: freeName(names), check: given as Validator<never, never>["check"] };
  if (isPlainObject(given) && typeof given["check"] === "function" && typeof given["name"] === "string") {
    refuseUnknown(at, given, { name: true, check: true, minScore: true });
    return given as unknown as Validator<never, never>;
  }
  throw invalid(at, `validate holds ${shown(given)}`, "Give a function of the output, { name, check, minScore }, or a list of these.");
}

/** `validate`, then `validate-2` and so on. */
function freeName(names: ReadonlySet<string>): string {
  let name = "validate";
  for (let n = 2; names.has(name); n++) name = `validate-${n}`;
  return name;
}

function fallbacksOf(at: string, program: Definition, fallback: AnyStep | readonly AnyStep[] | undefined): readonly Definition[] {
  if (fallback === undefined) return [];
  const given: unknown = fallback;
  const fallbacks = ((Array.isArray(given) ? given : [given]) as readonly AnyStep[]).map(definitionOf);
  if (fallbacks.some((each) => innermost(each) === innermost(program)))
    throw invalid(at, "its fallback is itself", "Give another program, or `retries` if it is to be tried again.");
  return Object.freeze(fallbacks);
}

/** What a program is without all that is done around it. */
function innermost(definition: Definition): Definition {
  let inner = definition;
  while (inner.kind === "policy") inner = inner.program;
  return inner;
}

function handlerOf(at: string, given: unknown): DecisionFunction | null {
  if (given === undefined) return null;
  if (typeof given !== "function") throw invalid(at, `onFailure is ${shown(given)}`, "Give a function of the failure.");
  return given as DecisionFunction;
}

function onErrorOf(at: string, given: unknown): PolicyDefinition["onError"] {
  if (given === undefined || given === "fail") return "fail";
  if (isPlainObject(given) && "default" in given && Object.keys(given).length === 1) return Object.freeze({ default: given["default"] });
  throw invalid(at, `onError is ${shown(given)}`, 'Choose "fail", or give { default: value } to go on with.');
}
