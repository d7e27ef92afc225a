import { LONGEST_TIMER_MS } from "../base/clock.ts";
import { FlujoError } from "../base/errors.ts";
import { didYouMean } from "../base/near-names.ts";
import { shown } from "../plan/invalid.ts";
import type { FlujoOptions, ResumeOptions, RunOptions } from "./options.ts";
import type { WorkOptions } from "./work-options.ts";

type Known<O> = Readonly<Record<keyof O, true>>;

const FLUJO_OPTIONS: Known<FlujoOptions> = {
  state: true,
  durability: true,
  models: true,
  providers: true,
  env: true,
  strict: true,
  resources: true,
  graceMs: true,
  holdMs: true,
  maxLiveRuns: true,
  onCodeChange: true,
  hooks: true,
  clock: true,
};

const RUN_OPTIONS: Known<RunOptions & ResumeOptions> = {
  context: true,
  runId: true,
  model: true,
  thread: true,
  signal: true,
  onEvent: true,
  onProgress: true,
  live: true,
  hooks: true,
  source: true,
  onCodeChange: true,
};

const WORK_OPTIONS: Known<WorkOptions> = { signal: true, pollMs: true, once: true, onRun: true };

/**
 * Refuses what nobody knows: with `stat` for `state`, runs would be gone with the process.
 *
 * @throws {FlujoError} `usage_invalid`, naming the option.
 */
export function checkFlujoOptions(options: unknown): void {
  if (typeof options !== "object" || options === null)
    throw new FlujoError("usage_invalid", `The options of a Flujo are ${shown(options)}.`, {
      remedy: "Give an object, or leave them out.",
    });
  refuseUnknown("a Flujo", options, FLUJO_OPTIONS);
  refuseMisfits("a Flujo", options, CHECKED_OF_FLUJO);
}

function refuseMisfits(of: string, options: object, checked: readonly CheckedOption[]): void {
  for (const [name, fits, remedy] of checked) {
    const value = (options as Readonly<Record<string, unknown>>)[name];
    if (value === undefined || fits(value)) continue;
    throw new FlujoError("usage_invalid", `The option \`${name}\` of ${of} is ${shown(value)}.`, { remedy });
  }
}

function refuseUnknown(of: string, options: object, known: Readonly<Record<string, true>>): void {
  const stranger = Object.keys(options).find((name) => !Object.hasOwn(known, name));
  if (stranger === undefined) return;
  const names = Object.keys(known);
  throw new FlujoError("usage_invalid", `There is no option ${shown(stranger)} of ${of}.${didYouMean(stranger, names)}`, {
    remedy: `Those there are: ${names.join(", ")}.`,
    details: { option: stranger },
  });
}

/**
 * Refuses options that would only break the run once it has begun.
 *
 * @throws {FlujoError} `usage_invalid`, naming the option.
 */
export function checkOptions(options: unknown): void {
  if (typeof options !== "object" || options === null)
    throw new FlujoError("usage_invalid", `The options of a run are ${shown(options)}.`, { remedy: "Give an object, or leave them out." });
  refuseUnknown("a run", options, RUN_OPTIONS);
  refuseMisfits("a run", options, CHECKED_OF_RUN);
}

/**
 * Refuses options of `flujo.work` that would only show in what it does not do.
 *
 * @throws {FlujoError} `usage_invalid`, naming the option.
 */
export function checkWorkOptions(options: unknown): void {
  if (typeof options !== "object" || options === null)
    throw new FlujoError("usage_invalid", `The options of work are ${shown(options)}.`, { remedy: "Give an object, or leave them out." });
  refuseUnknown("work", options, WORK_OPTIONS);
  refuseMisfits("work", options, CHECKED_OF_WORK);
}

const isFunction = (value: unknown): boolean => typeof value === "function";
const isName = (value: unknown): boolean => typeof value === "string" && value !== "";

const isTime = (value: unknown): boolean => typeof value === "number" && value >= 0 && value <= LONGEST_TIMER_MS;

type CheckedOption<O = FlujoOptions & RunOptions & ResumeOptions & WorkOptions> = readonly [
  name: keyof O,
  fits: (value: unknown) => boolean,
  remedy: string,
];

const ON_CODE_CHANGE: CheckedOption<Pick<ResumeOptions, "onCodeChange">> = [
  "onCodeChange",
  (value) => value === "refuse" || value === "continue" || value === "fork",
  'Choose "refuse", "continue" or "fork".',
];

const CHECKED_OF_FLUJO: readonly CheckedOption<FlujoOptions>[] = [
  ON_CODE_CHANGE,
  ["graceMs", isTime, `Give milliseconds, at least 0 and at most ${LONGEST_TIMER_MS} (24 days).`],
  ["holdMs", (value) => typeof value === "number" && value >= 0, "Give milliseconds, at least 0; Infinity for always."],
  ["maxLiveRuns", (value) => Number.isSafeInteger(value) && Number(value) > 0, "Give a whole number of at least 1, or leave it out."],
];

const CHECKED_OF_WORK: readonly CheckedOption<WorkOptions>[] = [
  ["signal", isSignal, "Give the signal of an AbortController, or leave it out."],
  ["pollMs", (value) => isTime(value) && Number(value) >= 1, `Give milliseconds, at least 1 and at most ${LONGEST_TIMER_MS} (24 days).`],
  ["once", (value) => typeof value === "boolean", "Give true or false, or leave it out."],
  ["onRun", isFunction, "Give a function, or leave it out."],
];

const CHECKED_OF_RUN: readonly CheckedOption<RunOptions & ResumeOptions>[] = [
  ON_CODE_CHANGE,
  ["signal", isSignal, "Give the signal of an AbortController, or leave it out."],
  ["onEvent", isFunction, "Give a function, or leave it out."],
  ["onProgress", isFunction, "Give a function, or leave it out."],
  ["model", isName, 'Write it as "provider:model", or leave it out.'],
];

/** Whoever made it: there are several AbortSignals about. */
function isSignal(value: unknown): boolean {
  return typeof value === "object" && value !== null && "aborted" in value && "addEventListener" in value;
}
