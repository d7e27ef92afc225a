import { existsSync } from "node:fs";
import { FlujoError } from "../../../base/errors.ts";
import { writeGolden } from "../../../golden/file/write-golden.ts";
import type { Golden } from "../../../golden/golden.ts";
import { goldenFile, goldenName, goldensFolder } from "../../../golden/project/golden-place.ts";
import { shortNameOf } from "../../../golden/project/find-goldens.ts";
import { redactedIn, redactedText } from "../../../golden/report/redacted.ts";
import type { Redaction } from "../../../golden/redact/redaction.ts";
import type { Desk } from "../../desk.ts";
import { DONE } from "../../desk.ts";
import { goldenCommand, noteNext, shellLine } from "../../hints.ts";
import { shown } from "../../shown-path.ts";
import { plural } from "../../terminal/numbers.ts";
import { printableLine } from "../../terminal/printable.ts";
import { hanging } from "./hanging.ts";

/** The options that say where a golden goes. */
export interface PlaceFlags {
  readonly name?: string;
  readonly force?: boolean;
}

/**
 * The file that a new golden goes to.
 *
 * @throws {FlujoError} `usage_invalid` for a name that is none, and where there is one already.
 */
export function placeFor(about: { readonly pipeline: string; readonly name: string }, flags: PlaceFlags): string {
  const name = flags.name ?? about.name;
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,99}$/u.test(name))
    throw new FlujoError("usage_invalid", `"${name}" cannot be the name of a golden, which is that of its file.`, {
      remedy: "Use up to 100 letters, digits, dashes, dots and underscores: --name charged-twice.",
    });
  const file = goldenFile(goldensFolder(process.cwd()), about.pipeline, name);
  if (!existsSync(file) || flags.force === true) return file;
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
}

/** Writes a golden, and says where it is, what is in it and what to do next. Gives the exit code. */
export async function saveGolden(desk: Desk, { golden, file, redact }: Made): Promise<number> {
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
  output.printAll(missing(desk, golden, waitsFor));
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

type Waiting = Golden["operations"][number];

/** What the run waits for, of what people or signals bring. */
function waitsOf({ operations, result }: Golden): readonly Waiting[] {
  if (result.status !== "paused") return [];
  return operations.filter(({ path, kind }) => (kind === "human" || kind === "signal") && result.waitsAt.includes(path));
}

function missing({ output }: Desk, { result }: Golden, waitsFor: readonly Waiting[]): readonly string[] {
  if (result.status !== "paused" || waitsFor.length === 0) return [];
  const asks = [...new Map(waitsFor.map((wait) => [wait.name, wait])).values()];
  return [
    ...hanging(`  ${output.paint.asks("!")} `, NOBODY_ANSWERED),
    `      --force ${asks.map((wait) => `--answer ${exampleOf(wait)}`).join(" ")}`,
  ];
}

const NOBODY_ANSWERED =
  "Nobody answered there, so it ends paused, and a check expects just that. To record what comes after it, say as well:";

function exampleOf({ name, waitsFor }: Waiting): string {
  const word = printableLine(name);
  return waitsFor === "approval" ? `'${word}={"decision": "approve"}'` : `'${word}=…'`;
}
