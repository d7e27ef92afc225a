import { FlujoError } from "../base/errors.ts";
import type { AnyStep } from "../dsl/program.ts";
import { definitionOf } from "../dsl/program.ts";
import type { InputOf } from "../dsl/program.ts";
import { FREE } from "../model/cost.ts";
import type { Pause } from "../model/run-result.ts";
import { NO_USAGE } from "../model/usage.ts";
import type { Compiled } from "../plan/compile.ts";
import { compile } from "../plan/compile.ts";
import type { FlujoOptions } from "../runner/options.ts";
import { Runs } from "../runner/runs.ts";
import { checkStart, checkThread } from "../runner/start-run.ts";
import { compareGoldens } from "./drift/compare.ts";
import type { DriftClass } from "./drift/drift.ts";
import type { Golden } from "./golden.ts";
import { withKnownSecrets } from "./redact/known-secrets.ts";
import { redactGolden } from "./redact/redact-golden.ts";
import type { Redaction } from "./redact/redaction.ts";
import type { Beginning } from "./replay/run-in-standing-time.ts";
import { runInStandingTime } from "./replay/run-in-standing-time.ts";
import { traceRun } from "./trace/trace-run.ts";

/** What code of a golden run works with. Everything has a default. */
export interface GoldenOptions extends Pick<FlujoOptions, "models" | "providers" | "env" | "resources"> {
  /** What is redacted beside known secrets, keys, e-mail addresses and card numbers; `false` redacts nothing. @defaultValue `{}` */
  readonly redact?: Redaction | false;
}

/** What a golden is recorded with. Everything has a default. */
export interface RecordOptions extends GoldenOptions {
  /** The context the run begins with. Default: what the context's schema makes of `{}`. */
  readonly context?: unknown;
  /** The model every agent uses instead of its own: `provider:model`. Default: their own. */
  readonly model?: string;
  /** The conversation the run is part of. Default: none. */
  readonly thread?: string;
  /**
   * What people answer and signals bring, by the name or the id of what waits. What is not here is not answered: the golden
   * ends as `paused` there, or its time runs out. Default: none.
   */
  readonly answers?: Readonly<Record<string, unknown>>;
  /** Where the program is, so that the command line can check it: `FILE#EXPORT` from the folder that `goldens/` is in. Default: only code knows. */
  readonly source?: string;
  /** When its time begins, in milliseconds since 1970. @defaultValue the beginning of 2030 */
  readonly startsAtMs?: number;
  /** What random numbers are drawn from in it. @defaultValue `"golden"` */
  readonly seed?: string;
}

const STARTS_AT_MS = Date.UTC(2030, 0, 1);
const SEED = "golden";
const DAY_MS = 86_400_000;

/**
 * Runs a program and keeps all it asked and was answered, so that the same can be checked again without a model, a key or a
 * network. Models, tools and steps with an `effect` are asked for real, once; time stands still except where the run waits for
 * it; what is secret is redacted before anybody sees it. Then the recording checks itself: functions without an `effect`,
 * compensations among them, run a second time, and a third where they gave something else by what was redacted.
 *
 * Recording twice gives the same golden, as far as models and tools answer the same.
 *
 * @throws {FlujoError} `input_invalid`, `context_invalid`, `pipeline_invalid`, `answer_invalid`; `golden_unsettled` where the
 * program does something else with what was redacted, or something else each time.
 *
 * @example
 * ```ts
 * import { pipeline, step } from "flujo";
 * import { checkGolden, recordGolden } from "flujo/testing";
 *
 * const greet = pipeline({ name: "greet" }).step(step("say", (who: string) => `Hello, ${who}!`));
 * const golden = await recordGolden(greet, "Ada");
 * console.log((await checkGolden(greet, golden)).level);
 * ```
 */
export async function recordGolden<P extends AnyStep>(program: P, input: InputOf<P>, options: RecordOptions = {}): Promise<Golden> {
  const compiled = compile(definitionOf(program));
  const { context, model = null, thread, source = null, startsAtMs = STARTS_AT_MS, seed = SEED, answers = {} } = options;
  const checked = await checkStart(compiled, input, context);
  const begins: Beginning = { ...checked, model, thread: checkThread(compiled, thread), source, startsAtMs, seed };
  const recorded = await runInStandingTime({
    compiled,
    begins,
    answers: nothingOf(compiled, begins),
    isReal: true,
    isAskedForReal: () => true,
    answer: answerFrom(answers),
    options: portsOf(options),
  });
  return settled(recorded, { compiled, options });
}

/** Answers what waits by what is given for its id or its name. */
export function answerFrom(answers: Readonly<Record<string, unknown>>): (pause: Pick<Pause, "id" | "name">) => unknown {
  return ({ id, name }) => {
    const given = [id, name].find((each) => Object.hasOwn(answers, each));
    return given === undefined ? undefined : answers[given];
  };
}

/** Which run a golden is made of. */
export interface PastRun extends GoldenOptions, Pick<FlujoOptions, "state" | "durability"> {
  readonly runId: string;
  /** As in {@link RecordOptions.source}. */
  readonly source?: string;
}

/**
 * Makes a golden of a run of the past, whatever became of it: nothing is asked again. Its time begins with the day that it
 * was started on. Where the program is still the one that it was started with, what functions gave that went by the clock
 * or by chance becomes what they give by those of the golden.
 *
 * @throws {FlujoError} `run_not_found`, `state_unreadable`, `golden_unsettled`
 *
 * @example
 * ```ts
 * import { Flujo, pipeline, step } from "flujo";
 * import { goldenFromRun } from "flujo/testing";
 *
 * const greet = pipeline({ name: "greet" }).step(step("say", (who: string) => `Hello, ${who}!`));
 * const state = "sqlite:.flujo/state.db";
 * await using flujo = new Flujo({ state });
 * const { runId } = await flujo.run(greet, "Ada");
 * const golden = await goldenFromRun(greet, { runId, state });
 * console.log(golden.operations.length);
 * ```
 */
export async function goldenFromRun(program: AnyStep, past: PastRun): Promise<Golden> {
  const { runId, source = null } = past;
  const { state, durability } = past;
  const runs = new Runs({
    ...portsOf(past),
    ...(state === undefined ? {} : { state }),
    ...(durability === undefined ? {} : { durability }),
  });
  try {
    const store = await runs.open();
    const record = await runs.recordOf(runId);
    if (record.status === "running")
      throw new FlujoError("usage_invalid", `Run ${runId} is still running.`, {
        remedy: "Wait until it has ended, or waits for somebody.",
      });
    const { context } = await runs.read(record);
    const [plan, entries] = [await store.planOf(runId), await store.entries({ runId })];
    const startsAtMs = Math.floor(record.createdAtMs / DAY_MS) * DAY_MS;
    const compiled = compile(definitionOf(program));
    const bindings = compiled.plan.hash === plan.hash ? compiled.bindings : null;
    const golden = await traceRun({ runId, plan, bindings, entries, record, context, clock: runs.clock, source, startsAtMs, seed: SEED });
    return await settled(golden, { compiled, options: past });
  } finally {
    await runs.close();
  }
}

/** What of the options the run itself is made with. */
export function portsOf({
  models,
  providers,
  env,
  resources,
}: GoldenOptions): Pick<FlujoOptions, "models" | "providers" | "env" | "resources"> {
  return {
    ...(models === undefined ? {} : { models }),
    ...(providers === undefined ? {} : { providers }),
    ...(env === undefined ? {} : { env }),
    ...(resources === undefined ? {} : { resources }),
  };
}

/**
 * Redacts a golden, and keeps what the program makes of the answers that are left: functions without an effect run again for
 * that, and once more where they make something else of them. One of another version of it is kept as it is.
 */
export async function settled(
  golden: Golden,
  { compiled, options }: { readonly compiled: Compiled; readonly options: GoldenOptions },
): Promise<Golden> {
  const redacted = redactedBy(options)(golden);
  if (compiled.plan.hash !== golden.plan) return redacted;
  const now = await again(redacted, compiled, options);
  if (compareGoldens(redacted, now).length === 0) return now; // done twice, it does the same
  refuseUnsettled(redacted, now);
  const once = await again(now, compiled, options); // what differs now differs every time
  refuseUnsettled(now, once, []);
  return now;
}

/** What the code now loaded makes of a golden's answers, redacted. */
async function again(golden: Golden, compiled: Compiled, options: GoldenOptions): Promise<Golden> {
  return redactedBy(options)(await replay(golden, compiled, options));
}

/** What the code now loaded makes of a golden's answers. */
export function replay(golden: Golden, compiled: Compiled, options: GoldenOptions): Promise<Golden> {
  const asItIs = { isReal: false, isAskedForReal: () => false, answer: null };
  return runInStandingTime({ ...asItIs, compiled, begins: golden, answers: golden, options: portsOf(options) });
}

/** Redacts as these options say. */
export function redactedBy({ redact = {}, env = process.env, providers = {} }: GoldenOptions): (golden: Golden) => Golden {
  if (redact === false) return (golden) => golden;
  const keys = Object.values(providers).flatMap((provider) =>
    "apiKey" in provider && typeof provider.apiKey === "string" ? [provider.apiKey] : [],
  );
  const rules = withKnownSecrets(redact, { env, keys });
  return (golden) => redactGolden(golden, rules);
}

/** One value, redacted as in a golden that it is the input of. */
export function redactedValue(input: unknown, options: GoldenOptions): unknown {
  return redactedBy(options)({
    ...NOTHING,
    input,
    pipeline: "",
    version: null,
    plan: "",
    context: {},
    model: null,
    thread: null,
    seed: "",
    source: null,
    startsAtMs: 0,
  }).input;
}

/** What functions give of what was redacted may differ from what they gave before. */
const MAY_DIFFER: readonly DriftClass[] = ["output", "context", "request", "result"];

function refuseUnsettled(recorded: Golden, now: Golden, mayDiffer: readonly DriftClass[] = MAY_DIFFER): void {
  const drift = compareGoldens(recorded, now).find((each) => !mayDiffer.includes(each.class));
  if (drift === undefined) return;
  throw new FlujoError(
    "golden_unsettled",
    `Done again with the same answers, "${now.pipeline}" does something else at ${drift.path} (${drift.class}).`,
    {
      details: { path: drift.path, class: drift.class },
    },
  );
}

/** Nothing has been asked or answered yet. */
const NOTHING = {
  agents: {},
  operations: [],
  events: [],
  usage: NO_USAGE,
  cost: FREE,
  result: { status: "succeeded", output: null, context: null, continued: false },
} as const;

function nothingOf({ plan }: Compiled, begins: Beginning): Golden {
  return { ...begins, ...NOTHING, pipeline: plan.name, version: plan.version, plan: plan.hash };
}
