import { FlujoError } from "../base/errors.ts";
import { didYouMean } from "../base/near-names.ts";
import { shown } from "../plan/invalid.ts";
import type { FlujoOptions, RunOptions } from "./options.ts";

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
  hooks: true,
  clock: true,
};

const RUN_OPTIONS: Known<RunOptions> = {
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
};

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
  for (const [name, fits, remedy] of CHECKED) {
    const value = (options as Readonly<Record<string, unknown>>)[name];
    if (value === undefined || fits(value)) continue;
    throw new FlujoError("usage_invalid", `The option \`${name}\` of a run is ${shown(value)}.`, { remedy });
  }
}

const isFunction = (value: unknown): boolean => typeof value === "function";
const isName = (value: unknown): boolean => typeof value === "string" && value !== "";

const CHECKED: readonly (readonly [name: keyof RunOptions, fits: (value: unknown) => boolean, remedy: string])[] = [
  ["signal", isSignal, "Give the signal of an AbortController, or leave it out."],
  ["onEvent", isFunction, "Give a function, or leave it out."],
  ["onProgress", isFunction, "Give a function, or leave it out."],
  ["model", isName, 'Write it as "provider:model", or leave it out.'],
];

/** Whoever made it: there are several AbortSignals about. */
function isSignal(value: unknown): boolean {
  return typeof value === "object" && value !== null && "aborted" in value && "addEventListener" in value;
}
