import { FlujoError } from "../../../base/errors.ts";
import { readGolden } from "../../../golden/file/read-golden.ts";
import type { Golden } from "../../../golden/golden.ts";
import { goldensMeant, shortNameOf } from "../../../golden/project/find-goldens.ts";
import type { Desk } from "../../desk.ts";
import { DONE } from "../../desk.ts";
import { goldenCommand, noteNext, shellLine } from "../../hints.ts";
import { shown } from "../../shown-path.ts";
import { count, money, plural, tokensOf } from "../../terminal/numbers.ts";
import type { Paint } from "../../terminal/paint.ts";
import { printableLine } from "../../terminal/printable.ts";
import { drawRows } from "../../terminal/tree-rows.ts";
import { wrap } from "../../terminal/wrap.ts";
import { SHORT, valueLines } from "../../terminal/value-text.ts";
import { columnsOfResults, hanging } from "./hanging.ts";
import { goldenRows } from "./golden-rows.ts";
import { modelsOf } from "./list.ts";
import { resultText } from "./save-golden.ts";

/** Shows one golden. */
export async function show(desk: Desk, wanted: string): Promise<number> {
  const file = onlyOne(wanted);
  const golden = await readGolden(shown(file), { foreign: "keep" });
  const { output } = desk;
  output.document({ file, name: shortNameOf(file), ...golden });
  const { paint } = output;
  const width = columnsOfResults();
  output.printAll([
    ...head(golden, { file: shown(file), paint, width }),
    "",
    ...drawRows(goldenRows(golden, width), { paint, width }),
    "",
    ...outcome(golden, paint),
  ]);
  noteNext(desk, [
    [goldenCommand("check", shortNameOf(file)), "run the code against it"],
    [shellLine("less", shown(file)), "every word of it"],
  ]);
  return DONE;
}

/** So many are named of those that may have been meant. */
const MOST_NAMED = 8;

function onlyOne(wanted: string): string {
  const [file, ...others] = goldensMeant(process.cwd(), [wanted]);
  if (file !== undefined && others.length === 0) return file;
  const names = file === undefined ? [] : [file, ...others].map(shortNameOf);
  const more = names.length > MOST_NAMED ? ` and ${count(names.length - MOST_NAMED)} more` : "";
  throw new FlujoError(
    "usage_invalid",
    `"${wanted}" means ${count(names.length)} goldens: ${names.slice(0, MOST_NAMED).join(", ")}${more}.`,
    {
      details: { wanted, names },
      remedy: "Name one of them.",
    },
  );
}

interface Shown {
  /** As it is named. */
  readonly file: string;
  readonly paint: Paint;
  readonly width: number;
}

function head(golden: Golden, { file, paint, width }: Shown): readonly string[] {
  const { pipeline, version, source, operations, usage, cost, startsAtMs, model, thread } = golden;
  const models = modelsOf(golden);
  const spent = usage.modelCalls === 0 ? [] : [tokensOf(usage), money(cost)];
  const facts = [
    plural(operations.length, "operation", "operations"),
    ...(models.length === 0 ? [] : [models.join(", ")]),
    ...spent.filter((part) => part !== ""),
    `begins ${new Date(startsAtMs).toISOString().replace("T00:00:00.000Z", "")}`,
    ...(model === null ? [] : [`with ${model}`]),
    ...(thread === null ? [] : [`in thread ${thread}`]),
  ];
  return [
    `${paint.strong(printableLine(pipeline))}${version === null ? "" : ` ${printableLine(version)}`}`,
    ...[file, ...(source === null ? [] : [`of ${source}`]), facts.join(" · ")].flatMap((text) =>
      wrap(printableLine(text), width).map(paint.faint),
    ),
    "",
    paint.strong("Input"),
    ...indented(valueLines(golden.input, SHORT)),
  ];
}

function outcome(golden: Golden, paint: Paint): readonly string[] {
  const { result, events } = golden;
  const happened = events.map((event) =>
    event.type === "cancel-requested"
      ? `It was called off${event.reason === "" ? "" : `: ${printableLine(event.reason)}`}.`
      : `The signal ${printableLine(event.name)} was dropped at ${event.path}: ${printableLine(event.problem)}`,
  );
  if (result.status === "succeeded" && !result.continued)
    return [...happened, paint.strong("Output"), ...indented(valueLines(result.output, SHORT))];
  const tone = result.status === "failed" ? paint.bad : paint.asks;
  const text = resultText(golden);
  return [...happened, ...hanging("", `${text.charAt(0).toUpperCase()}${text.slice(1)}`).map(tone)];
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => hanging(`  ${/^ */.exec(line)?.[0] ?? ""}`, line.trimStart()));
}
