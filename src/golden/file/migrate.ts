import { FlujoError } from "../../base/errors.ts";
import { GOLDEN_FORMAT } from "../golden.ts";
import { placeIn, type Sheet, type Spot, spoken } from "./spot.ts";

/** Makes of a golden of one format what it is in the next; what it makes anew takes the place of what it was made of. */
export type Migration = (golden: Spot) => Spot;

/**
 * What leads from a format to the next, by its number. Format 1 is the first. A new format brings the way from the one
 * before it, and a sample of its own in `test/golden/file/versions/`.
 */
export const MIGRATIONS: ReadonlyMap<number, Migration> = new Map();

/** To which format migrations lead, and by which ways. */
export interface Road {
  readonly to: number;
  readonly ways: ReadonlyMap<number, Migration>;
}

const PRESENT: Road = { to: GOLDEN_FORMAT, ways: MIGRATIONS };

/** A golden in the present format. @throws {FlujoError} `golden_newer`; `golden_unreadable` where no format is said. */
export function migrated(sheet: Sheet, golden: Spot, { to, ways }: Road = PRESENT): Spot {
  const fields = sheet.mapAt(golden, "golden");
  const format = fields.get("format")?.spot;
  if (format === undefined) throw sheet.fault(0, `It does not say \`format: ${to}\`, so it is no golden.`);
  const is = format.is;
  if (typeof is !== "number" || !Number.isInteger(is) || is < 1)
    throw sheet.fault(format.offset, `\`format\` should be a whole number from 1 on, but is ${spoken(is)}.`);
  if (is > to) throw newer(sheet, format, { is, to });
  let now = golden;
  for (let from = is; from < to; from++) {
    const migrate = ways.get(from);
    if (migrate === undefined) throw sheet.fault(format.offset, `Nothing leads from format ${from} to the next.`);
    now = migrate(now);
  }
  return now;
}

function newer(sheet: Sheet, { offset }: Spot, { is, to }: { readonly is: number; readonly to: number }): FlujoError {
  const { line, column } = placeIn(sheet.text, offset);
  const what = `It is of format ${is}; this version of Flujo reads up to ${to}.`;
  return new FlujoError("golden_newer", `${sheet.file}:${line}:${column}: ${what}`, {
    details: { file: sheet.file, line, column, format: is },
  });
}
