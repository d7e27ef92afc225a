import { FlujoError } from "../../base/errors.ts";
import { didYouMean } from "../../base/near-names.ts";
import { GOLDEN_FORMAT } from "../golden.ts";
import { placeIn, type Sheet, type Spot, spoken } from "./spot.ts";

/** Makes of a golden of one format what it is in the next; what it makes anew takes the place of what it was made of. */
export type Migration = (golden: Spot) => Spot;

/**
 * What leads from a format to the next, by its number. Format 1 is the first. A new format brings the way from the one
 * before it, and a sample of its own in `test/golden/file/versions/`.
 */
export const MIGRATIONS: ReadonlyMap<number, Migration> = new Map();

/** A golden in the present format. @throws {FlujoError} `golden_newer`; `golden_unreadable` where no format is said. */
export function migrated(sheet: Sheet, golden: Spot, migrations = MIGRATIONS): Spot {
  const fields = sheet.mapAt(golden, "golden");
  const format = fields.get("format")?.spot;
  if (format === undefined)
    throw sheet.fault(0, `It does not say \`format: ${GOLDEN_FORMAT}\`, so it is no golden.${didYouMean("format", fields.keys())}`);
  const is = format.is;
  if (typeof is !== "number" || !Number.isInteger(is) || is < 1)
    throw sheet.fault(format.offset, `\`format\` should be a whole number from 1 on, but is ${spoken(is)}.`);
  if (is > GOLDEN_FORMAT) throw newer(sheet, format, is);
  let now = golden;
  for (let from = is; from < GOLDEN_FORMAT; from++) {
    const migrate = migrations.get(from);
    if (migrate === undefined) throw sheet.fault(format.offset, `Nothing leads from format ${from} to the next.`);
    now = migrate(now);
  }
  return now;
}

function newer(sheet: Sheet, { offset }: Spot, format: number): FlujoError {
  const { line, column } = placeIn(sheet.text, offset);
  const what = `It is of format ${format}; this version of Flujo reads up to ${GOLDEN_FORMAT}.`;
  return new FlujoError("golden_newer", `${sheet.file}:${line}:${column}: ${what}`, {
    details: { file: sheet.file, line, column, format },
  });
}
