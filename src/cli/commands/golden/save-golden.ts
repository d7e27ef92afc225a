import { existsSync } from "node:fs";
import { FlujoError } from "../../../base/errors.ts";
import { writeGolden } from "../../../golden/file/write-golden.ts";
import type { Golden, GoldenOperation } from "../../../golden/golden.ts";
import { goldenFile, goldenName, goldensFolder } from "../../../golden/project/golden-place.ts";
import { shortNameOf } from "../../../golden/project/find-goldens.ts";
import { isInCi } from "../../../golden/update.ts";
import { redactedIn, redactedText } from "../../../golden/report/redacted.ts";
import type { Redaction } from "../../../golden/redact/redaction.ts";
import type { Desk } from "../../desk.ts";
import { DONE } from "../../desk.ts";
import { goldenCommand, noteNext, shellLine } from "../../hints.ts";
import { shown } from "../../shown-path.ts";
import { plural } from "../../terminal/numbers.ts";
import { printableLine } from "../../terminal/printable.ts";
import { hanging } from "./hanging.ts";
import { NOBODY_ANSWERED, waitsOf } from "./waiting.ts";

/** The options that say where a golden goes. */
export interface PlaceFlags {
  readonly name?: string;
  readonly force?: boolean;
}

/**
 * The file that a new golden goes to.
 *
 * @throws {FlujoError} `usage_invalid` for a name that is none, and where there is one already; in CI also with `--force`.
 */
export function placeFor(about: { readonly pipeline: string; readonly name: string }, flags: PlaceFlags): string {
  const name = flags.name ?? about.name;
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,99}$/u.test(name))
    throw new FlujoError("usage_invalid", `"${name}" cannot be the name of a golden, which is that of its file.`, {
      remedy: "Use up to 100 letters, digits, dashes, dots and underscores: --name charged-twice.",
    });
  const file = goldenFile(goldensFolder(process.cwd()), about.pipeline, name);
  if (!existsSync(file)) return file;
  if (flags.force === true && isInCi(process.env))
    throw new FlujoError(
      "usage_invalid",
      `There is a golden ${shown(file)} already, and in CI none is written over: the variable CI is set.`,
      {
        details: { file },
        remedy: "Record it on your machine, look at what has changed, and commit it.",
      },
    );
  if (flags.force === true) return file;
  throw new FlujoError("usage_invalid", `There is a golden ${shown(file)} already.`, {
    details: { file },
    remedy: `Take its changes over with \`${goldenCommand("update", shortNameOf(file))}\`, write over it with --force, or give another --name.`,
  });
}

/** What is to be written, and how it was made. */
export interface Made {
  readonly golden: Golden;
  readonly file: string;
  readonly redact: Redaction | false;
  /** How a golden comes to be that does not end where this one waits. */
  readonly goesOn: (waits: readonly GoldenOperation[]) => GoingOn;
}

/** A sentence that ends with a colon, and what is to be copied, line by line. */
export interface GoingOn {
  readonly how: string;
  readonly commands: readonly string[];
}

/** Writes a golden, and says where it is, what is in it and what to do next. Gives the exit code. */
export async function saveGolden(desk: Desk, { golden, file, redact, goesOn }: Made): Promise<number> {
  await writeGolden(file, golden);
  const { output } = desk;
  const redacted = redactedIn(golden, redact);
  const name = shortNameOf(file);
  const waitsFor = waitsOf(golden);
  const { status } = golden.result;
  output.document({
    file,
    name: goldenName(file),
    pipeline: golden.pipeline,
    status,
    operations: golden.operations.length,
    redacted,
    ...(waitsFor.length === 0 ? {} : { waitsFor: waitsFor.map(({ path, name: waits, kind }) => ({ path, name: waits, kind })) }),
  });
  const { paint } = output;
  output.print(`${paint.good("✔")} Recorded ${paint.strong(shown(file))}`);
  const hidden = redactedText(redacted);
  const facts = [
    plural(golden.operations.length, "operation", "operations"),
    hidden === "" ? "nothing had to be redacted" : `redacted: ${hidden}`,
  ];
  output.printAll(hanging("  ", [...facts, resultText(golden)].join("; ")));
  output.printAll(shortcomings(desk, { golden, waitsFor, goesOn }));
  noteNext(desk, [
    [goldenCommand("check", name), "run the code against it, offline"],
    [goldenCommand("show", name), "all that is in it"],
    [shellLine("git", "add", shown(goldensFolder(process.cwd()))), "keep it: it is a test from now on"],
  ]);
  return DONE;
}

/** How the run of a golden ended, in a few words. */
export function resultText({ result }: Golden): string {
  switch (result.status) {
    case "succeeded":
      return result.continued ? "the run went on as another one" : "the run succeeded";
    case "failed":
      return `the run failed: ${printableLine(result.failure.message).slice(0, 200)} [${result.failure.code}]`;
    case "cancelled":
      return "the run was cancelled";
    case "paused":
      return `the run waits at ${result.waitsAt.map(printableLine).join(", ")}`;
    case "stopped":
      return "the run was stopped";
  }
}

/** What a check of it will not see, and how it would. */
function shortcomings({ output }: Desk, { golden, waitsFor, goesOn }: Told): readonly string[] {
  const lead = `  ${output.paint.asks("!")} `;
  const { status } = golden.result;
  if (status === "failed") return hanging(lead, HOLDS_FAILURE);
  if (waitsFor.length === 0) return [];
  const { how, commands } = goesOn(waitsFor);
  return [...hanging(lead, `${NOBODY_ANSWERED} ${how}`), ...commands.map((command) => `      ${command}`)];
}

interface Told extends Pick<Made, "golden" | "goesOn"> {
  readonly waitsFor: readonly GoldenOperation[];
}

const HOLDS_FAILURE =
  "The golden holds this failure, and a check expects just that. If it is not what you meant, mend it and record again with --force.";
