import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { FlujoError } from "../base/errors.ts";
import type { AnyStep } from "../dsl/program.ts";
import { isProgram } from "../dsl/program.ts";
import type { CheckOptions } from "../golden/check.ts";
import { checkGolden } from "../golden/check.ts";
import { plainText } from "../golden/drift/description.ts";
import { writeGolden } from "../golden/file/write-golden.ts";
import type { Golden } from "../golden/golden.ts";
import { goldenRules } from "../golden/project/golden-rules.ts";
import type { RecordOptions } from "../golden/record.ts";
import { recordGolden } from "../golden/record.ts";
import { toldCauses } from "../golden/report/golden-report.ts";
import { isInCi } from "../golden/update.ts";
import type { MatcherVerdict } from "./matchers/verdict.ts";

/** What {@link toMatchGolden} can be told. Everything has a default. */
export interface MatchGoldenOptions extends CheckOptions, RecordOptions {
  /**
   * What the golden is recorded with where there is no file yet: models and tools are then asked for real, once. Never in CI.
   * Default: a file that is missing fails.
   */
  readonly input?: unknown;
}

/** What `expect` can do with {@link toMatchGolden}, for the types of vitest. */
export interface GoldenMatchers {
  /** Of a pipeline, agent or step: it does what the golden in this file says. To be awaited. */
  toMatchGolden(file: string | URL, options?: MatchGoldenOptions): Promise<void>;
}

/**
 * A matcher for vitest, or whatever has an `expect.extend` like it: `await expect(program).toMatchGolden(file)` checks a program
 * against a golden, as `flujo golden check` does and by the same rules of `package.json`; what differs is the message. Where the
 * file is not there and an `input` is given, it records one, except in CI. It is one of {@link flujoMatchers}.
 *
 * @param file - The golden, from the folder that the process is in; a URL is taken as it is: `new URL("a.golden.yaml", import.meta.url)`.
 * @throws {FlujoError} `golden_unreadable`, `golden_newer`; `usage_invalid` for what is no program, for a golden of another
 * pipeline, and for rules that are none; when it records, what `recordGolden` throws.
 *
 * @example
 * ```ts
 * import { mkdtempSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { pipeline, step } from "flujo";
 * import { recordGolden, toMatchGolden, writeGolden } from "flujo/testing";
 *
 * const greet = pipeline({ name: "greet" }).step(step("say", (who: string) => `Hello, ${who}!`));
 * const file = join(mkdtempSync(join(tmpdir(), "goldens-")), "ada.golden.yaml");
 * await writeGolden(file, await recordGolden(greet, "Ada"));
 *
 * // In vitest: await expect(greet).toMatchGolden(file);
 * const verdict = await toMatchGolden(greet, file);
 * console.log(verdict.pass); // true
 * ```
 */
export async function toMatchGolden(received: unknown, file: string | URL, options: MatchGoldenOptions = {}): Promise<MatcherVerdict> {
  if (!isProgram(received))
    throw new FlujoError("usage_invalid", "What is to match a golden is no program.", {
      remedy: "Give `expect` what pipeline(), agent() or step() made: await expect(triage).toMatchGolden(file).",
    });
  const place = typeof file === "string" ? resolve(file) : fileURLToPath(file);
  const withRules = { ...goldenRules(dirname(place)), ...options };
  if (!existsSync(place)) return recordMissing(received, place, withRules);
  const { level, causes, recorded } = await checkGolden(received, place, withRules);
  if (level !== "fail") return { pass: true, message: () => `It does what the golden ${place} says, and should not.` };
  const told = (await toldCauses(causes, place)).map(({ description }) => plainText(ofCode(description, recorded)));
  return { pass: false, message: () => told.join("\n\n") };
}

type Description = Parameters<typeof plainText>[0];

/** The command line cannot update a golden that does not say where its program is. */
function ofCode({ headline, lines }: Description, { source }: Golden): Description {
  if (source !== null) return { headline, lines };
  const text = "If you did not mean this, mend the code. If you did, call updateGolden(), or delete the file and record it again.";
  return { headline, lines: [...lines.filter(({ kind }) => kind !== "remedy"), { kind: "remedy", text }] };
}

async function recordMissing(program: AnyStep, file: string, options: MatchGoldenOptions): Promise<MatcherVerdict> {
  const because = (why: string): MatcherVerdict => ({ pass: false, message: () => `There is no golden ${file}. ${why}` });
  if (!Object.hasOwn(options, "input")) return because("Record one: `flujo golden record`, `recordGolden()`, or give an `input` here.");
  if (isInCi(options.env ?? process.env)) return because("In CI none is recorded: run the test on your machine, and commit the file.");
  await writeGolden(file, await recordGolden(program, options.input as never, options));
  return { pass: true, message: () => `The golden ${file} was recorded just now, so it matches.` };
}
