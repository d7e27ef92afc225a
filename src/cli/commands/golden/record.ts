import { ERRORS, FlujoError } from "../../../base/errors.ts";
import { shellWord } from "../../../base/shell-word.ts";
import type { Golden, GoldenOperation } from "../../../golden/golden.ts";
import { goldenRules } from "../../../golden/project/golden-rules.ts";
import { goldensFolder, nameOfInput, sourceFrom } from "../../../golden/project/golden-place.ts";
import { recordGolden, redactedValue } from "../../../golden/record.ts";
import type { RecordOptions } from "../../../golden/record.ts";
import { UNREACHED } from "../../../golden/unreached.ts";
import { Flujo } from "../../../index.ts";
import type { Desk } from "../../desk.ts";
import type { LoadedProgram } from "../../load-program.ts";
import { loadProgram } from "../../load-program.ts";
import { type Given, NOTHING_GIVEN, readJson, readValue, withGiven } from "../../read-value.ts";
import { shellLine } from "../../hints.ts";
import { printableLine } from "../../terminal/printable.ts";
import type { GoingOn, PlaceFlags } from "./save-golden.ts";
import { placeFor, saveGolden } from "./save-golden.ts";
import { unaskedOf, warnOfUnasked } from "./unmet.ts";
import { answerOptions, waitsOf } from "./waiting.ts";

/** What `flujo golden record` can be told. */
export interface RecordFlags extends PlaceFlags {
  readonly input?: string;
  readonly context?: string;
  readonly model?: string;
  readonly thread?: string;
  readonly answer?: readonly string[];
  readonly at?: string;
  readonly seed?: string;
}

/** Runs a program for real and writes a golden of it. What can be known to be wrong before is said before anybody is asked. */
export async function record(desk: Desk, where: string, flags: RecordFlags): Promise<number> {
  desk.busyWith = `the file ${where}, whose top-level await never comes to an end`;
  const loaded = await loadProgram(where);
  desk.busyWith = null;
  const { redact } = goldenRules();
  const given = flags.input === undefined ? NOTHING_GIVEN : await readValue(desk, flags.input);
  const options: RecordOptions = { ...(await optionsOf(desk, loaded, flags)), redact };
  const { input, pipeline } = await checked(loaded, { given, options, flags });
  const file = placeFor({ pipeline, name: nameOfInput(redactedValue(input, options)) }, flags);
  desk.busyWith = "a step that waits for something which can never happen: nothing was written";
  if (desk.output.showsProgress && process.stderr.isTTY) desk.output.note(`Running ${loaded.label} …`);
  const golden = await recorded(loaded, input, options);
  desk.busyWith = null;
  refuseUnreached(golden);
  refuseMisanswered(golden, Object.keys(options.answers ?? {}));
  warnOfUnasked(desk, Object.keys(options.answers ?? {}), [golden]);
  return saveGolden(desk, { golden, file, redact, goesOn: answeredNextTime });
}

/** @throws {FlujoError} `answer_invalid` in words for who has given the answer beforehand; what `recordGolden` throws. */
async function recorded({ program }: LoadedProgram, input: unknown, options: RecordOptions): Promise<Golden> {
  try {
    return await recordGolden(program, input as never, options);
  } catch (error) {
    if (!FlujoError.is(error, "answer_invalid")) throw error;
    const remedy = "Give with --answer NAME=VALUE what that asks for: JSON, or text. Nothing was written.";
    throw new FlujoError("answer_invalid", error.summary, { cause: error, details: error.details, remedy });
  }
}

function answeredNextTime(waits: readonly GoldenOperation[]): GoingOn {
  return { how: "To record what comes after it, say as well:", commands: [shellLine("--force", ...answerOptions(waits))] };
}

async function optionsOf(desk: Desk, { source }: LoadedProgram, flags: RecordFlags): Promise<RecordOptions> {
  const { context, model, thread, seed, at } = flags;
  const answers = await answersOf(desk, flags.answer ?? []);
  return {
    answers,
    source: sourceFrom(goldensFolder(process.cwd()), source),
    ...(context === undefined ? {} : { context: await readJson(desk, "--context", context) }),
    ...(model === undefined ? {} : { model }),
    ...(thread === undefined ? {} : { thread }),
    ...(seed === undefined ? {} : { seed }),
    ...(at === undefined ? {} : { startsAtMs: momentOf(at) }),
  };
}

function momentOf(at: string): number {
  const ms = Date.parse(at);
  if (!Number.isNaN(ms)) return ms;
  throw new FlujoError("usage_invalid", `--at is to be a date, and "${at}" is none.`, {
    remedy: "Write --at 2026-01-31, or --at 2026-01-31T12:00:00Z.",
  });
}

/** The answers by what asks. @throws {FlujoError} `usage_invalid` for what is not `NAME=VALUE`, and what is answered twice. */
export async function answersOf(desk: Desk, given: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const answers = new Map<string, unknown>();
  for (const each of given) {
    const at = each.indexOf("=");
    const name = each.slice(0, Math.max(0, at));
    if (name === "" || answers.has(name))
      throw new FlujoError("usage_invalid", name === "" ? `"${each}" answers nothing.` : `"${name}" is answered twice.`, {
        remedy: "Write --answer NAME=VALUE, once for each name; the name is that of what asks.",
      });
    answers.set(name, (await readValue(desk, each.slice(at + 1))).value);
  }
  return Object.fromEntries(answers);
}

interface Start {
  readonly given: Given;
  readonly options: RecordOptions;
  readonly flags: RecordFlags;
}

/** The input as it fits, and the pipeline's name. @throws {FlujoError} Whatever would keep the run from beginning. */
async function checked({ program }: LoadedProgram, { given, options, flags }: Start) {
  const { context, model } = options;
  await using flujo = new Flujo();
  try {
    return await withGiven(given, "input_invalid", async (input) => {
      const start = { input, ...(context === undefined ? {} : { context }) };
      const plan = await flujo.check(program, { start, ...(model === undefined ? {} : { model }) });
      return { input, pipeline: plan.name };
    });
  } catch (error) {
    if (!FlujoError.is(error, "input_invalid") || flags.input !== undefined) throw error;
    const remedy = "Give an input: --input VALUE, --input @FILE, or --input - for stdin.";
    throw new FlujoError("input_invalid", error.summary, { cause: error, details: error.details, remedy });
  }
}

/** A run that failed because its provider could not be asked says nothing about the pipeline. */
function refuseUnreached({ result }: Golden): void {
  if (result.status !== "failed" || !UNREACHED.has(result.failure.code)) return;
  const { code, message, remedy = ERRORS[code].remedy } = result.failure;
  throw new FlujoError(code, `${message} Nothing was written.`, { remedy });
}

/** @throws {FlujoError} `usage_invalid` where it waits for an answer although one was given that nothing has asked for: it may be misspelt. */
function refuseMisanswered(golden: Golden, answers: readonly string[]): void {
  const waits = waitsOf(golden);
  const [unasked] = unaskedOf(answers, [golden]);
  if (waits.length === 0 || unasked === undefined) return;
  const places = waits.map(({ path }) => printableLine(path)).join(", ");
  const message = `${unasked} The run waits at ${places}, and nobody has answered there. Nothing was written.`;
  const remedy = `Answer it: ${answerOptions(waits).map(shellWord).join(" ")}; or leave out the answer that nothing asks for, and the golden ends paused there.`;
  throw new FlujoError("usage_invalid", message, { details: { waitsAt: waits.map(({ path }) => path) }, remedy });
}
