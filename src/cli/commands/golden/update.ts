import { ERRORS, FlujoError } from "../../../base/errors.ts";
import { compareGoldens } from "../../../golden/drift/compare.ts";
import { readGolden } from "../../../golden/file/read-golden.ts";
import { writeGolden } from "../../../golden/file/write-golden.ts";
import { goldensMeant, goldensOfProject, shortNameOf } from "../../../golden/project/find-goldens.ts";
import { toldCauses } from "../../../golden/report/golden-report.ts";
import type { GoldenUpdate } from "../../../golden/update.ts";
import { refuseInCi, updateGolden } from "../../../golden/update.ts";
import type { Desk } from "../../desk.ts";
import { DONE } from "../../desk.ts";
import { command, noteNext } from "../../hints.ts";
import { shown } from "../../shown-path.ts";
import { count, plural } from "../../terminal/numbers.ts";
import { printableLine } from "../../terminal/printable.ts";
import { GoldenChecker } from "./golden-checker.ts";
import { answersOf } from "./record.ts";
import { causeLines, errorLines } from "./report-lines.ts";

/** What `flujo golden update` can be told. */
export interface UpdateFlags {
  readonly step?: readonly string[];
  readonly answer?: readonly string[];
}

/** What came of one golden. */
type Updated = { readonly file: string } & (GoldenUpdate | { readonly error: FlujoError });

/** Takes over into goldens what the code does otherwise now, and shows it. */
export async function update(desk: Desk, wanted: readonly string[], flags: UpdateFlags): Promise<number> {
  refuseInCi(process.env);
  const from = process.cwd();
  const files = wanted.length === 0 ? goldensOfProject(from) : goldensMeant(from, wanted);
  const answers = await answersOf(desk, flags.answer ?? []);
  const options = { answers, ...(flags.step === undefined ? {} : { steps: flags.step }) };
  const checker = new GoldenChecker(desk, { isAsked: wanted.length > 0 });
  const all: Updated[] = [];
  for (const file of files) {
    const updated = await updateOne(desk, { file, checker, options });
    if (updated === null) continue;
    all.push(updated);
    desk.output.printAll(await linesOf(desk, updated));
  }
  desk.output.document({ goldens: await Promise.all(all.map(documentOf)) });
  return sumUp(desk, all);
}

interface One {
  readonly file: string;
  readonly checker: GoldenChecker;
  readonly options: Parameters<typeof updateGolden>[2];
}

/** Null for a golden that is left to the code that recorded it. */
async function updateOne(desk: Desk, { file, checker, options }: One): Promise<Updated | null> {
  const rules = checker.rulesFor(file);
  try {
    const golden = await readGolden(shown(file));
    if (!checker.isOurs(golden)) return null;
    const program = await checker.programOf(file, golden);
    desk.busyWith = `a function of ${shown(file)} that waits for something which can never happen`;
    const updated = await updateGolden(program, golden, { ...options, ...rules });
    if (updated.isChanged) await writeGolden(file, updated.updated);
    return { file, ...updated };
  } catch (error) {
    if (!FlujoError.is(error)) throw error;
    return { file, error };
  } finally {
    desk.busyWith = null;
  }
}

async function linesOf({ output }: Desk, updated: Updated): Promise<readonly string[]> {
  const { paint, isQuiet } = output;
  const name = paint.strong(printableLine(shortNameOf(updated.file)));
  if ("error" in updated) return [`${paint.bad("✖")} ${name}`, ...errorLines(updated.error, paint), ""];
  if (!updated.isChanged) return isQuiet ? [] : [`${paint.good("✔")} ${name}  ${paint.faint("as it was")}`];
  const told = await toldCauses(updated.causes, shown(updated.file));
  return [
    `${paint.asks("↻")} ${name}  ${askedText(updated)}`,
    ...told.flatMap((each) => causeLines(each, { paint, withRemedy: false })),
    "",
  ];
}

function askedText({ asked }: GoldenUpdate): string {
  if (asked.length === 0) return "nothing was asked for real";
  const shownPaths = asked.slice(0, 5).map(printableLine).join(", ");
  const more = asked.length > 5 ? ` and ${count(asked.length - 5)} more` : "";
  return `asked for real: ${shownPaths}${more}`;
}

async function documentOf(updated: Updated): Promise<object> {
  const about = { file: shown(updated.file), name: shortNameOf(updated.file) };
  if ("error" in updated) {
    const { code, summary: message, remedy } = updated.error;
    return { ...about, error: { code, message, remedy } };
  }
  const told = await toldCauses(updated.causes, about.file);
  return {
    ...about,
    isChanged: updated.isChanged,
    asked: updated.asked,
    changes: compareGoldens(updated.recorded, updated.updated).length,
    headlines: told.map(({ description }) => description.headline),
  };
}

function sumUp(desk: Desk, all: readonly Updated[]): number {
  const failed = all.filter((each) => "error" in each);
  const changed = all.filter((each) => "isChanged" in each && each.isChanged);
  const { paint } = desk.output;
  const parts = [
    ...(changed.length === 0 ? [] : [paint.asks(`${count(changed.length)} updated`)]),
    ...(failed.length === 0 ? [] : [paint.bad(`${count(failed.length)} could not be`)]),
    ...(all.length === changed.length + failed.length
      ? []
      : [paint.good(`${count(all.length - changed.length - failed.length)} as before`)]),
  ];
  desk.output.print(
    all.length === 0 ? "There are no goldens to update." : `${plural(all.length, "golden", "goldens")}: ${parts.join(", ")}`,
  );
  if (changed.length > 0)
    noteNext(desk, [
      ["git diff", "read what was changed before you commit it"],
      [command(desk, "golden", "check"), "all of them are clean now"],
    ]);
  return failed.length === 0 ? DONE : exitOf(failed);
}

/** What was wrong with the first that could not be updated. */
function exitOf(failed: readonly Updated[]): number {
  for (const each of failed) if ("error" in each) return ERRORS[each.error.code].exit;
  return DONE;
}
