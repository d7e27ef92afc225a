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
import { goldenCommand, noteNext } from "../../hints.ts";
import { shown } from "../../shown-path.ts";
import { count } from "../../terminal/numbers.ts";
import { printableLine } from "../../terminal/printable.ts";
import { CauseTeller } from "./cause-lines.ts";
import { GoldenChecker } from "./golden-checker.ts";
import { answersOf } from "./record.ts";
import { beside, hanging } from "./hanging.ts";
import { warnOfMisnamed } from "./misnamed.ts";
import { errorLines } from "./report-lines.ts";
import { leftToCode, summaryLine } from "./summary-line.ts";
import { warnOfUnmet } from "./unmet.ts";
import { answerOptions, NOBODY_ANSWERED, waitsOf } from "./waiting.ts";

/** What `flujo golden update` can be told. */
export interface UpdateFlags {
  readonly step?: readonly string[];
  readonly answer?: readonly string[];
  readonly acceptFailures?: boolean;
}

/** What came of one golden. */
type Updated = { readonly file: string } & (GoldenUpdate | Failed);

interface Failed {
  readonly error: FlujoError;
  readonly exit: number;
}

/** Takes over into goldens what the code does otherwise now, and shows it. */
export async function update(desk: Desk, wanted: readonly string[], flags: UpdateFlags): Promise<number> {
  refuseInCi(process.env);
  const from = process.cwd();
  const files = wanted.length === 0 ? goldensOfProject(from) : goldensMeant(from, wanted);
  const answers = await answersOf(desk, flags.answer ?? []);
  const { step: steps, acceptFailures = false } = flags;
  const options = { answers, acceptFailures, ...(steps === undefined ? {} : { steps }) };
  const checker = new GoldenChecker(desk, wanted);
  const teller = new CauseTeller({ paint: desk.output.paint, withRemedy: false });
  const all: Updated[] = [];
  let skipped = 0;
  if (wanted.length === 0) warnOfMisnamed(desk, from);
  for (const file of files) {
    const updated = await updateOne(desk, { file, checker, options });
    if (updated === null) {
      skipped++;
      continue;
    }
    all.push(updated);
    desk.output.printAll(await linesOf(desk, updated, teller));
  }
  warnOfUnmet(
    desk,
    { steps: steps ?? [], answers: Object.keys(answers) },
    all.filter((each) => "updated" in each),
  );
  desk.output.document({ goldens: await Promise.all(all.map(documentOf)) });
  return sumUp(desk, all, skipped);
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
    if (!checker.isOurs(file, golden)) return null;
    const program = await checker.programOf(file, golden);
    desk.busyWith = `a function of ${shown(file)} that waits for something which can never happen`;
    const updated = await updateGolden(program, golden, { ...options, ...rules });
    if (updated.isChanged) await writeGolden(file, updated.updated);
    return { file, ...updated };
  } catch (error) {
    if (!FlujoError.is(error)) throw error;
    return { file, error, exit: (await checker.check(file)).status === "broken" ? BROKEN : ERRORS[error.code].exit };
  } finally {
    desk.busyWith = null;
  }
}

/** As for `check`: a golden that cannot be checked cannot be updated either. */
const BROKEN = 4;

async function linesOf(desk: Desk, updated: Updated, teller: CauseTeller): Promise<readonly string[]> {
  const { paint, isQuiet } = desk.output;
  const name = printableLine(shortNameOf(updated.file));
  if ("error" in updated) return [`${paint.bad("✖")} ${paint.strong(name)}`, ...errorLines(desk, updated.error), ""];
  if (!updated.isChanged) return isQuiet ? [] : [`${paint.good("✔")} ${paint.strong(name)}  ${paint.faint("as it was")}`];
  const told = await toldCauses(updated.causes, shown(updated.file));
  return [
    ...beside(`${paint.asks("↻")} ${paint.strong(name)}`, askedText(updated)),
    ...told.flatMap((each) => teller.linesOf(each, name)),
    ...waiting(desk, updated, name),
    "",
  ];
}

/** Where it ends paused now, at what it did not end at before. */
function waiting({ output }: Desk, { recorded, updated }: GoldenUpdate, name: string): readonly string[] {
  const before = new Set(waitsOf(recorded).map(({ path }) => path));
  const waits = waitsOf(updated).filter(({ path }) => !before.has(path));
  if (waits.length === 0) return [];
  return [
    ...hanging(`  ${output.paint.asks("!")} `, `${NOBODY_ANSWERED} To go on from there:`),
    `      ${goldenCommand("update", name, ...answerOptions(waits))}`,
  ];
}

function askedText({ asked }: GoldenUpdate): string {
  if (asked.length === 0) return "nothing was asked for real";
  const places = asked.length > MOST_ASKED ? together(asked) : asked;
  const more = places.length > MOST_ASKED ? ` and ${count(places.length - MOST_ASKED)} more` : "";
  return `asked for real: ${places.slice(0, MOST_ASKED).map(printableLine).join(", ")}${more}`;
}

/** So many places are named. */
const MOST_ASKED = 5;

/** Where many were asked: what differs in nothing but which item, turn or attempt it was, counted. */
function together(paths: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const place = path.replaceAll(/\[\d+\]/g, "[]").replaceAll(/#\d+/g, "");
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return [...counts].map(([place, times]) => (times === 1 ? place : `${place} (${count(times)} times)`));
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
    waitsFor: waitsOf(updated.updated).map(({ path, name, kind }) => ({ path, name, kind })),
    headlines: told.map(({ description }) => description.headline),
  };
}

function sumUp(desk: Desk, all: readonly Updated[], skipped: number): number {
  const failed = all.filter((each) => "error" in each);
  const changed = all.filter((each) => "isChanged" in each && each.isChanged);
  const { paint } = desk.output;
  const line = summaryLine({
    checked: [
      { count: changed.length, words: "updated", tone: paint.asks },
      { count: all.length - changed.length - failed.length, words: "unchanged", tone: paint.good },
    ],
    others: [{ count: failed.length, words: "could not be updated", tone: paint.bad }, leftToCode(skipped, paint)],
  });
  desk.output.print(all.length + skipped === 0 ? "There are no goldens to update." : line);
  if (changed.length > 0)
    noteNext(desk, [
      ["git diff", "read what was changed before you commit it"],
      [goldenCommand("check"), failed.length === 0 ? "all of them are clean now" : "what is left"],
    ]);
  for (const each of failed) if ("exit" in each) return each.exit;
  return DONE;
}
